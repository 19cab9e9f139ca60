/** A count given on the command line. @throws Error where it is no whole number or less than `least` */
export function count(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`--${option}: expected a whole number of at least ${least}, got ${text}`);
}

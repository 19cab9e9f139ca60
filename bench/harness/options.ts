/** Something on the command line is wrong: the message alone is shown, without a stack. */
export class OptionError extends Error {}

/** A count given on the command line. @throws OptionError where it is no whole number or less than `least` */
export function count(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new OptionError(`--${option}: expected a whole number of at least ${least}, got ${text}`);
}

/** The names of a comma-separated list. @throws OptionError naming the known ones where one is not among them */
export function namesOf<Name extends string>(option: string, text: string, known: readonly Name[]): Name[] {
  return text.split(',').map((name) => {
    const found = known.find((one) => one === name);
    if (found !== undefined) return found;
    throw new OptionError(`--${option}: expected some of ${known.join(', ')}, got ${name || 'an empty name'}`);
  });
}

/** Removes `--name` from the arguments and says whether it was there. */
export function takeFlag(args: string[], name: string): boolean {
  const at = args.indexOf(name);
  if (at >= 0) args.splice(at, 1);
  return at >= 0;
}

/** Removes `--name VALUE` from the arguments and gives the value. @throws OptionError where the value is missing */
export function takeOption(args: string[], name: string): string | null {
  const at = args.indexOf(name);
  if (at < 0) return null;
  const [, value] = args.splice(at, 2);
  if (value === undefined) throw new OptionError(`${name} needs a value`);
  return value;
}

/** The value of a sample of the Prometheus text; null where it is not there. @param labels as they stand between its braces */
export function sampleOf(metrics: string, name: string, labels: string): number | null {
  const line = metrics.split('\n').find((one) => one.startsWith(`${name}{${labels}}`));
  if (line === undefined) return null;
  const value = Number(line.slice(line.lastIndexOf(' ') + 1));
  return Number.isNaN(value) ? null : value;
}

/** What a configuration is judged by. */
export interface Candidate {
  readonly variant: string;
  /** Share of the fp32 parent's accuracy kept; null: nobody measured it. */
  readonly accuracy: number | null;
  readonly p50Ms: number;
  readonly imagesPerSecond: number;
}

/**
 * The candidates that no other beats: none is at least as good in accuracy, latency and throughput and better in one.
 * An accuracy that nobody measured is compared with nothing but itself: such a variant can neither beat another nor be
 * beaten by one. Sorted by latency.
 */
export function paretoFront<T extends Candidate>(candidates: readonly T[]): T[] {
  return candidates
    .filter((one) => !candidates.some((other) => other !== one && beats(other, one)))
    .sort((a, b) => a.p50Ms - b.p50Ms);
}

function beats(a: Candidate, b: Candidate): boolean {
  const accuracy = a.variant === b.variant ? 0 : difference(a.accuracy, b.accuracy);
  if (accuracy === null || accuracy < 0 || a.p50Ms > b.p50Ms || a.imagesPerSecond < b.imagesPerSecond) return false;
  return accuracy > 0 || a.p50Ms < b.p50Ms || a.imagesPerSecond > b.imagesPerSecond;
}

const difference = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a - b);

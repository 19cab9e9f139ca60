/** Pauses between two tries, in ms. */
export interface Backoff {
  readonly initialMs: number;
  readonly maxMs: number;
}

/**
 * How long to wait before try `attempt` (0 is the first one after a loss): doubles each time up to `maxMs`, and lies
 * between half of that and all of it, so that the cameras behind one failed switch do not come back in step.
 *
 * @param random 0 ≤ random < 1
 */
export function backoffDelay(attempt: number, { initialMs, maxMs }: Backoff, random: number): number {
  const step = Math.min(maxMs, initialMs * 2 ** Math.min(attempt, 30));
  return step / 2 + (random * step) / 2;
}

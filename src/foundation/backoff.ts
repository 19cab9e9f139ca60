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

/** What held this long was no false start: its loss begins with the shortest pause again. */
const HELD_MS = 10_000;

/** The pauses between the tries of something that is tried for ever: a camera's reader, a connection. */
export class Retries {
  readonly #backoff: Backoff;
  readonly #random: () => number;
  #attempt = 0;

  /** @param random 0 ≤ x < 1 */
  constructor(backoff: Backoff, random: () => number = Math.random) {
    this.#backoff = backoff;
    this.#random = random;
  }

  /**
   * @param heldMs how long what was just lost had worked, null where it never came about
   * @returns whole ms to wait before the next try
   */
  next(heldMs: number | null): number {
    if (heldMs !== null && heldMs >= HELD_MS) this.#attempt = 0;
    return Math.round(backoffDelay(this.#attempt++, this.#backoff, this.#random()));
  }
}

/** A backlog that got no turn for so long goes before live traffic once. */
const STARVED_MS = 1000;

/** How fast a backlog leaves: so many messages a second, without bursts that a receiver would feel. */
export class DrainPace {
  readonly #intervalMs: number;
  /** When the next one is due, on the clock that only goes forward. */
  #dueAt = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number) {
    this.#intervalMs = 1000 / perSecond;
  }

  /** ms until the next message may go; 0 where it may now. */
  waitMs(now: number): number {
    return Math.max(0, this.#dueAt - now);
  }

  /** Live traffic kept it waiting for too long. */
  isStarved(now: number): boolean {
    return now - this.#dueAt > STARVED_MS;
  }

  /** One goes. What was late by less than 100 ms is made up for: timers are late. */
  took(now: number): void {
    this.#dueAt = Math.max(this.#dueAt, now - 100) + this.#intervalMs;
  }

  /** A new connection: the backlog has waited for nobody yet. */
  reset(now: number): void {
    this.#dueAt = now;
  }
}

/** Points that another interval must bring. */
const GAIN = 0.15;
/** ms between two moves that nothing forces. */
const REST_MS = 20_000;
/** ms after the interval had to be made longer, before it is made shorter again; doubled where that was too soon. */
const FIRST_CALM_MS = 30_000;
const LONGEST_CALM_MS = 900_000;
/** Having stayed shorter for so long was no failure. */
const PROVEN_MS = 300_000;

/** When the inference interval may move: longer at once where a budget asks for it, shorter with care. */
export class IntervalMoves {
  #easedAt = Number.NEGATIVE_INFINITY;
  #raisedAt = Number.NEGATIVE_INFINITY;
  #movedAt = Number.NEGATIVE_INFINITY;
  #calmMs = FIRST_CALM_MS;

  /** Whether it may go where it is worth `gain` points more. */
  mayMove(isShorter: boolean, gain: number, now: number): boolean {
    if (gain < GAIN || now - this.#movedAt < REST_MS) return false;
    return !isShorter || now - this.#easedAt >= this.#calmMs;
  }

  /** It was made shorter, because there is room. */
  raised(now: number): void {
    if (now - this.#easedAt > 2 * LONGEST_CALM_MS) this.#calmMs = FIRST_CALM_MS;
    this.#raisedAt = this.#movedAt = now;
  }

  /** It was made longer, because of a budget: if it had just been made shorter, that was a failure. */
  forced(now: number): void {
    if (now - this.#raisedAt < PROVEN_MS) this.#calmMs = Math.min(LONGEST_CALM_MS, this.#calmMs * 2);
    else this.#calmMs = Math.max(FIRST_CALM_MS, this.#calmMs / 2);
    this.#raisedAt = Number.NEGATIVE_INFINITY;
    this.#easedAt = this.#movedAt = now;
  }

  /** It was made longer, because that is cheaper. */
  eased(now: number): void {
    this.#easedAt = this.#movedAt = now;
  }

  /** Another point stands: what held the interval back was the one before. */
  swapped(): void {
    this.#easedAt = this.#raisedAt = this.#movedAt = Number.NEGATIVE_INFINITY;
  }
}

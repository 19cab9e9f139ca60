/** When a number is out of bounds. */
export interface ThresholdRule {
  readonly limit: number;
  /** Which side of the limit is bad. The limit itself is good. */
  readonly bad: 'above' | 'below';
  /** It is good again once it is better than the limit by this share of it, 0..1. */
  readonly hysteresis: number;
  /** ms that it must be bad without a break until it counts, and good until that is over. */
  readonly holdMs: number;
}

/** A number that cannot be read any more is not known to be bad for longer than this, in ms. */
const BLIND_MS = 600_000;

/**
 * Whether one number is out of bounds, with hysteresis and hold time, so that one that wavers about its limit does not flap.
 * Pure. A missing reading neither raises nor ends anything, until there was none for 10 minutes.
 */
export class ThresholdWatch {
  #holds = false;
  /** Since when it is on the other side of what `holds` says; null while it is not. */
  #otherSince: number | null = null;
  #seenAt: number | null = null;

  get holds(): boolean {
    return this.#holds;
  }

  /** It held when the program was stopped: whatever comes next has to end it as if that had not been. */
  resume(now: number): void {
    this.#holds = true;
    this.#seenAt = now;
  }

  /**
   * @param now ms on a clock that only goes forward
   * @param rule null: nothing is watched, and nothing holds
   * @returns whether it holds
   */
  update(now: number, value: number | null, rule: ThresholdRule | null): boolean {
    if (rule === null) return this.#forget();
    if (value === null || !Number.isFinite(value)) {
      this.#otherSince = null;
      const isBlind = this.#seenAt !== null && now - this.#seenAt >= BLIND_MS;
      return isBlind ? this.#forget() : this.#holds;
    }
    this.#seenAt = now;
    if (this.#isOther(value, rule)) {
      this.#otherSince ??= now;
      if (now - this.#otherSince >= rule.holdMs) {
        this.#holds = !this.#holds;
        this.#otherSince = null;
      }
    } else this.#otherSince = null;
    return this.#holds;
  }

  /** Bad while nothing holds, good while it does; between the two bounds it is neither. */
  #isOther(value: number, { limit, bad, hysteresis }: ThresholdRule): boolean {
    const excess = excessOf(value, { limit, bad });
    return this.#holds ? excess <= -hysteresis * Math.abs(limit) : excess > 0;
  }

  #forget(): false {
    this.#holds = false;
    this.#otherSince = null;
    this.#seenAt = null;
    return false;
  }
}

/** By how much the value is beyond the limit; 0 or less: it is not. */
export const excessOf = (value: number, { limit, bad }: Pick<ThresholdRule, 'limit' | 'bad'>): number =>
  bad === 'above' ? value - limit : limit - value;

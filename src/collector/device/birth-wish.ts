import { isRebirthDue, NO_REBIRTH, type RebirthPlan, rebirthAsked } from './rebirth-plan.js';

/** ms that a message which overtook another may be ahead of it, before its birth is asked for. */
const OVERTAKING_MS = 5000;

/** Whether a device is to be asked for its birth: where that was not heard, or something was lost since. */
export class BirthWish {
  #plan: RebirthPlan = NO_REBIRTH;
  #isNeeded = false;
  /** Numbers missing of the latest birth that were there when it was asked for again, and since when there are more. */
  #forgivenMissing = 0;
  #gapSince: number | null = null;

  /** A message came whose birth was not heard. */
  need(): void {
    this.#isNeeded = true;
  }

  /** What was lost may have been values of metrics: a birth brings all of them. @param missing of the latest birth */
  watch(missing: number, receivedAt: number): void {
    if (missing <= this.#forgivenMissing) {
      this.#forgivenMissing = missing;
      this.#gapSince = null;
      return;
    }
    this.#gapSince ??= receivedAt;
    if (receivedAt - this.#gapSince < OVERTAKING_MS) return;
    this.#isNeeded = true;
    this.#forgivenMissing = missing;
    this.#gapSince = null;
  }

  /** It was born. */
  fulfil(): void {
    this.#isNeeded = false;
    this.#plan = NO_REBIRTH;
    this.#forgivenMissing = 0;
    this.#gapSince = null;
  }

  /** Whether it is to be asked now. */
  isDue(now: number): boolean {
    return this.#isNeeded && isRebirthDue(this.#plan, now);
  }

  /** It is asked. */
  asked(now: number): void {
    this.#plan = rebirthAsked(this.#plan, now);
  }
}

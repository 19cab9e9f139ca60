import { BASELINE_MS, type DriftRule, type DriftVerdict, RECENT_MS, slowDrift } from './slow-drift.js';
import type { LoadedHour } from './usual-at-load.js';

const DAY_MS = 86_400_000;
/** What has been worse for so long is what is usual from then on. */
const ACCEPTED_MS = 14 * DAY_MS;
/** At the first look the past is judged too, in such steps, so that a restart forgets nothing. */
const REPLAY_STEP_MS = 2 * DAY_MS;
/** It is over when it is worse by less than this share of `least`. */
const OVER_SHARE = 0.5;

/** What reads the hours of a series, from a time up to another, Unix ms. */
export type HoursReader = (from: number, to: number) => readonly LoadedHour[];

/** Whether one series drifts: from when it is found on, it is compared with the weeks before it began, for two weeks. */
export class DriftWatch {
  readonly #rule: DriftRule;
  /** While it drifts: Unix ms at which the weeks end that it is compared with, and what it was when it was found. */
  #found: { readonly baselineEnd: number; readonly since: number } | null = null;
  #lastAt: number | null = null;

  constructor(rule: DriftRule) {
    this.#rule = rule;
  }

  /**
   * To be called once an hour or so.
   *
   * @param now Unix ms
   * @returns what it is while it is worse, `since` as when it was found; null where it is not, or too little is known
   */
  look(now: number, read: HoursReader): DriftVerdict | null {
    const isFirst = this.#lastAt === null || now < this.#lastAt;
    this.#lastAt = now;
    const from = now - BASELINE_MS - RECENT_MS - ACCEPTED_MS;
    const hours = read(from, now);
    if (isFirst) {
      this.#found = null;
      for (let at = now - ACCEPTED_MS; at < now; at += REPLAY_STEP_MS) this.#judge(hours, at);
    }
    return this.#judge(hours, now);
  }

  #judge(hours: readonly LoadedHour[], now: number): DriftVerdict | null {
    if (this.#found !== null && now - this.#found.baselineEnd > ACCEPTED_MS + RECENT_MS) this.#found = null;
    const verdict = slowDrift(hours, now, this.#rule, this.#found?.baselineEnd);
    if (verdict === null) return null;
    if (this.#found === null) {
      if (!verdict.isWorse) return null;
      this.#found = { baselineEnd: now - RECENT_MS, since: verdict.since };
    } else if (verdict.shift < OVER_SHARE * this.#rule.least) {
      this.#found = null;
      return null;
    }
    return { ...verdict, since: this.#found.since };
  }
}

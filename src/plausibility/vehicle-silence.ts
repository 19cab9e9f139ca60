import type { QuietHour } from '../store/quiet-hours.js';
import type { Implausible } from './states.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A silence is told from this length on, and once it is so many times longer than any at this hour. */
const LEAST_SILENCE = 20 * MINUTE;
const BEYOND_EXPERIENCE = 3;
/** Days on which the hour was watched before anything is said of it, and those that are remembered. */
const LEAST_DAYS = 5;
const KEPT_DAYS = 30;
const MOST_HOURS = 2 * KEPT_DAYS * 24;
/** An hour counts as watched from here on. */
const WATCHED = HOUR / 2;
/** ms; longer between two frames, and nobody knows what passed. */
const LONGEST_STEP = MINUTE;
/** Younger hours are of the same day. */
const OTHER_DAY_HOURS = 12;

/**
 * How long a camera is without any vehicle, against what it knows of this hour of the day and those beside it: the night is
 * another road than the day. Silence while a camera was not well is no experience.
 */
export class VehicleSilence {
  readonly #localHour: (at: number) => number;
  /** Longest silence in ms by Unix hour, oldest first. */
  readonly #hours = new Map<number, number>();
  readonly #changed = new Set<number>();
  #hour = Number.NaN;
  #watchedMs = 0;
  #longestMs = 0;
  /** Longest silence in ms that this hour of the day had on other days; null where too little is known. */
  #usualMs: number | null = null;
  #silentMs = 0;
  #lastAt: number | null = null;
  #isTold = false;

  /** @param localHour 0..23 of a time in Unix ms */
  constructor(localHour: (at: number) => number) {
    this.#localHour = localHour;
  }

  /** Takes what earlier runs kept, oldest first. */
  seed(hours: Iterable<QuietHour>): void {
    for (const { hour, longestMs } of hours) this.#hours.set(hour, longestMs);
    this.#hour = Number.NaN;
  }

  /**
   * A frame was answered.
   *
   * @param vehicles in it
   * @param isTrusted whether its answer says anything of the road
   * @param now ms that only go forward
   * @param at the same moment in Unix ms
   */
  see(vehicles: number, isTrusted: boolean, now: number, at: number): void {
    const step = this.#lastAt === null ? 0 : Math.min(LONGEST_STEP, Math.max(0, now - this.#lastAt));
    this.#lastAt = now;
    this.#enter(Math.floor(at / HOUR));
    if (!isTrusted) {
      this.#silentMs = 0;
      this.#isTold = false;
      return;
    }
    this.#watchedMs += step;
    this.#silentMs += step;
    if (vehicles === 0) this.#isTold ||= this.#isUnusual();
    // a silence that is told may be a fault: it is experience once a vehicle has ended it
    if (!this.#isTold || vehicles > 0) this.#longestMs = Math.max(this.#longestMs, this.#silentMs);
    if (vehicles === 0) return;
    this.#silentMs = 0;
    this.#isTold = false;
  }

  fault(): Implausible<'no-vehicles'> | null {
    if (!this.#isTold) return null;
    const usual = this.#usualMs === null ? '' : `, ${duration(this.#usualMs)} at most at this hour before`;
    return { fault: 'no-vehicles', seen: `no vehicle for ${duration(this.#silentMs)}${usual}` };
  }

  /** The hours that have changed since the last call, to be kept. */
  take(): QuietHour[] {
    this.#keep();
    const hours = [...this.#changed].map((hour) => ({ hour, longestMs: this.#hours.get(hour)! }));
    this.#changed.clear();
    return hours;
  }

  #enter(hour: number): void {
    if (hour === this.#hour) return;
    this.#keep();
    this.#hour = hour;
    this.#watchedMs = 0;
    this.#longestMs = 0;
    for (const known of this.#hours.keys()) {
      // hours to come are those of a clock that is wrong for now
      if (known > hour - KEPT_DAYS * 24 && this.#hours.size <= MOST_HOURS) continue;
      this.#hours.delete(known);
      this.#changed.delete(known);
    }
    this.#usualMs = this.#usualIn(hour);
  }

  #keep(): void {
    if (this.#watchedMs < WATCHED || (this.#hours.get(this.#hour) ?? -1) >= this.#longestMs) return;
    this.#hours.set(this.#hour, this.#longestMs);
    this.#changed.add(this.#hour);
  }

  #isUnusual(): boolean {
    if (this.#usualMs === null) return false;
    return this.#silentMs >= Math.max(LEAST_SILENCE, BEYOND_EXPERIENCE * this.#usualMs);
  }

  #usualIn(hour: number): number | null {
    // its middle: in some time zones local hours begin at half past
    const ofDay = (of: number): number => this.#localHour((of + 0.5) * HOUR);
    const now = ofDay(hour);
    let days = 0;
    let longest = 0;
    for (const [known, longestMs] of this.#hours) {
      if (hour - known < OTHER_DAY_HOURS) continue;
      const apart = (ofDay(known) - now + 24) % 24;
      if (apart === 0) days++;
      if (apart <= 1 || apart === 23) longest = Math.max(longest, longestMs);
    }
    return days < LEAST_DAYS ? null : longest;
  }
}

const duration = (ms: number): string =>
  ms < 2 * HOUR ? `${Math.round(ms / MINUTE)} min` : `${Math.round(ms / HOUR)} h`;

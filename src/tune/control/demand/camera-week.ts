import { isWeekend, WEEK_HOURS } from './week.js';

/** Weeks remembered: of five, two may be holidays or broken without moving the middle. */
export const WEEKS = 5;

/** What one camera asked for in each hour of the week, over the last weeks in which it was there. */
export class CameraWeek {
  /** Inferences per second, hour by hour, the latest week of each hour first; NaN: none. */
  readonly #hours = new Float32Array(WEEK_HOURS * WEEKS).fill(Number.NaN);
  #mean: number | null | undefined = null;
  readonly #sorted = new Float64Array(WEEKS * 7);

  /** Adds the mean of an hour that is over. */
  add(hour: number, wantedPerS: number): void {
    const from = hour * WEEKS;
    this.#hours.copyWithin(from + 1, from, from + WEEKS - 1);
    this.#hours[from] = wantedPerS;
    this.#mean = undefined;
  }

  /**
   * What is usual in an hour of the week: the median of the weeks; where there is none yet, of the same hour on the other
   * days of its kind, then on any. null: that hour was never seen.
   */
  usual(hour: number): number | null {
    return this.#median(hour, (day) => day === Math.floor(hour / 24)) ?? this.#likewise(hour);
  }

  /** Mean of what is usual over all hours known; null: none is. */
  get mean(): number | null {
    this.#mean = this.#mean === undefined ? this.#meanOfUsual() : this.#mean;
    return this.#mean;
  }

  #meanOfUsual(): number | null {
    let sum = 0;
    let known = 0;
    for (let hour = 0; hour < WEEK_HOURS; hour++) {
      const usual = this.#median(hour, (day) => day === Math.floor(hour / 24));
      if (usual === null) continue;
      sum += usual;
      known++;
    }
    return known === 0 ? null : sum / known;
  }

  /** Plain JSON: weeks of hours, null where there is none. */
  save(): (number | null)[][] {
    const weeks: (number | null)[][] = [];
    for (let week = 0; week < WEEKS; week++) {
      weeks.push(Array.from({ length: WEEK_HOURS }, (_, hour) => rounded(this.#hours[hour * WEEKS + week]!)));
    }
    return weeks;
  }

  restore(weeks: readonly (readonly (number | null)[])[]): void {
    for (const [week, hours] of weeks.entries()) {
      for (const [hour, wanted] of hours.entries()) this.#hours[hour * WEEKS + week] = wanted ?? Number.NaN;
    }
    this.#mean = undefined;
  }

  #likewise(hour: number): number | null {
    const sameKind = (day: number) => isWeekend(day * 24) === isWeekend(hour);
    return this.#median(hour, sameKind) ?? this.#median(hour, () => true);
  }

  /** Over the same hour of the days that count. */
  #median(hour: number, counts: (day: number) => boolean): number | null {
    let known = 0;
    for (let day = 0; day < 7; day++) {
      if (!counts(day)) continue;
      const from = (day * 24 + (hour % 24)) * WEEKS;
      for (let week = 0; week < WEEKS; week++) {
        const wanted = this.#hours[from + week]!;
        if (!Number.isNaN(wanted)) this.#sorted[known++] = wanted;
      }
    }
    if (known === 0) return null;
    const sorted = this.#sorted.subarray(0, known).sort();
    return (sorted[(known - 1) >> 1]! + sorted[known >> 1]!) / 2;
  }
}

const rounded = (wanted: number): number | null => (Number.isNaN(wanted) ? null : Math.round(wanted * 1000) / 1000);

/** What audits of one stored hour found. */
export interface PastHour {
  /** Unix hour: Unix ms / 3,600,000. */
  readonly hour: number;
  readonly audits: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly misses: number;
}

/** What is known of one hour of the day. */
export interface HourExperience {
  /** 0..23, local. */
  readonly hour: number;
  /** Older ones count less. */
  readonly audits: number;
  /** Of the audited answers together; null where none of them had a vehicle. */
  readonly f1: number | null;
}

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
/** After so many days an audit counts half. */
const HALF_LIFE_DAYS = 7;
/** 2TP + FP + FN below which an hour's experience is no use. */
const MIN_SIZE = 100;
/** A usual loss of none would leave no room for learning otherwise. */
const LEAST_LOSS = 0.002;

/** What random audits found per hour of the day, over about two weeks: the night is another road than the day. */
export class HoursOfDay {
  readonly #localHour: (at: number) => number;
  readonly #audits = new Float64Array(DAY_HOURS);
  readonly #errors = new Float64Array(DAY_HOURS);
  /** 2TP + FP + FN. */
  readonly #size = new Float64Array(DAY_HOURS);
  #current: number | null = null;

  /** @param localHour 0..23 of a time in Unix ms */
  constructor(localHour: (at: number) => number) {
    this.#localHour = localHour;
  }

  /** An audit with so many errors of such a size. */
  record(errors: number, size: number, now: number): void {
    const hour = this.#enter(now);
    this.#audits[hour]!++;
    this.#errors[hour]! += errors;
    this.#size[hour]! += size;
  }

  /** Adds an hour of the past, which counts less the older it is. */
  seed(past: PastHour, now: number): void {
    const ageDays = (now / HOUR_MS - past.hour) / DAY_HOURS;
    if (ageDays < 0) return;
    const weight = 0.5 ** (ageDays / HALF_LIFE_DAYS);
    // its middle: in some time zones local hours begin at half past
    const hour = this.#localHour((past.hour + 0.5) * HOUR_MS);
    const errors = past.falsePositives + past.misses;
    this.#audits[hour]! += past.audits * weight;
    this.#errors[hour]! += errors * weight;
    this.#size[hour]! += (2 * past.truePositives + errors) * weight;
  }

  /** Loss that answers without inference usually have at this time of day; null where too little is known. */
  usualLoss(now: number): number | null {
    const hour = this.#enter(now);
    return this.#size[hour]! < MIN_SIZE ? null : Math.max(LEAST_LOSS, this.#errors[hour]! / this.#size[hour]!);
  }

  table(): HourExperience[] {
    return Array.from(this.#audits, (audits, hour) => {
      const size = this.#size[hour]!;
      return { hour, audits, f1: size > 0 ? 1 - this.#errors[hour]! / size : null };
    });
  }

  clear(): void {
    for (const sums of [this.#audits, this.#errors, this.#size]) sums.fill(0);
  }

  /** The hour of day now. On entering it, what it holds is a day older than when it was last left. */
  #enter(now: number): number {
    const hour = this.#localHour(now);
    if (this.#current !== null && hour !== this.#current) {
      const kept = 0.5 ** (1 / HALF_LIFE_DAYS);
      for (const sums of [this.#audits, this.#errors, this.#size]) sums[hour]! *= kept;
    }
    this.#current = hour;
    return hour;
  }
}

import type { AuditHour } from '../../store/audit-counts.js';

/** One audit. */
export interface AuditOutcome {
  readonly propagated: boolean;
  readonly errors: number;
  /** 2TP + FP + FN. */
  readonly size: number;
  /** Of a reused answer: whether it was wrong. */
  readonly wrong: boolean;
}

/** What is known of one hour of the day. */
export interface HourExperience {
  /** 0..23, local. */
  readonly hour: number;
  /** Older ones count less. */
  readonly audits: number;
  /** Of the audited answers together; null where none of them had a vehicle. */
  readonly f1: number | null;
  /** Of the propagated ones alone. */
  readonly propagationF1: number | null;
  /** Share of the audited reused answers that were wrong; null where none was audited. */
  readonly wrongReuseRatio: number | null;
}

/** Sums of one hour of the day. */
const SUMS = ['audits', 'errors', 'size', 'propagatedErrors', 'propagatedSize', 'reuseAudits', 'wrongReuses'] as const;
type Sums = Record<(typeof SUMS)[number], Float64Array>;

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
  readonly #sums = Object.fromEntries(SUMS.map((name) => [name, new Float64Array(DAY_HOURS)])) as Sums;
  #current: number | null = null;

  /** @param localHour 0..23 of a time in Unix ms */
  constructor(localHour: (at: number) => number) {
    this.#localHour = localHour;
  }

  record({ propagated, errors, size, wrong }: AuditOutcome, now: number): void {
    this.#add(this.#enter(now), 1, {
      audits: 1,
      errors,
      size,
      propagatedErrors: propagated ? errors : 0,
      propagatedSize: propagated ? size : 0,
      reuseAudits: propagated ? 0 : 1,
      wrongReuses: wrong ? 1 : 0,
    });
  }

  /** Adds an hour of the past, which counts less the older it is. */
  seed(past: AuditHour, now: number): void {
    const ageDays = (now / HOUR_MS - past.hour) / DAY_HOURS;
    if (ageDays < 0) return;
    const weight = 0.5 ** (ageDays / HALF_LIFE_DAYS);
    // its middle: in some time zones local hours begin at half past
    const hour = this.#localHour((past.hour + 0.5) * HOUR_MS);
    const errors = past.falsePositives + past.misses;
    this.#add(hour, weight, { ...past, errors, size: 2 * past.truePositives + errors });
  }

  /** Loss that answers without inference usually have at this time of day; null where too little is known. */
  usualLoss(now: number): number | null {
    const hour = this.#enter(now);
    const size = this.#sums.size[hour]!;
    return size < MIN_SIZE ? null : Math.max(LEAST_LOSS, this.#sums.errors[hour]! / size);
  }

  table(): HourExperience[] {
    const { errors, size, propagatedErrors, propagatedSize, reuseAudits, wrongReuses } = this.#sums;
    return Array.from(this.#sums.audits, (audits, hour) => ({
      hour,
      audits,
      f1: complement(share(errors[hour]!, size[hour]!)),
      propagationF1: complement(share(propagatedErrors[hour]!, propagatedSize[hour]!)),
      wrongReuseRatio: share(wrongReuses[hour]!, reuseAudits[hour]!),
    }));
  }

  clear(): void {
    for (const name of SUMS) this.#sums[name].fill(0);
  }

  #add(hour: number, weight: number, counts: Record<keyof Sums, number>): void {
    for (const name of SUMS) this.#sums[name][hour]! += counts[name] * weight;
  }

  /** The hour of day now. On entering it, what it holds is a day older than when it was last left. */
  #enter(now: number): number {
    const hour = this.#localHour(now);
    if (this.#current !== null && hour !== this.#current) {
      const kept = 0.5 ** (1 / HALF_LIFE_DAYS);
      for (const name of SUMS) this.#sums[name][hour]! *= kept;
    }
    this.#current = hour;
    return hour;
  }
}

const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
const complement = (value: number | null): number | null => (value === null ? null : 1 - value);

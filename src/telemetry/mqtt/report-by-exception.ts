import type { MetricValue, MetricValues } from './messages/metrics.js';

export interface ExceptionReport {
  readonly values: MetricValues;
  /** All values are in it. */
  readonly full: boolean;
}

/** Whether a number is to be told where another one was told last. */
export type NewsTest = (name: string, value: number, told: number) => boolean;

/** Leaves out of each report what did not change, or too little, since it was told; every `fullEvery`-th holds everything. */
export class ReportByException {
  /** Every so many reports hold everything; 0: only the first and those after a reset. */
  fullEvery: number;
  readonly #isNews: NewsTest;
  readonly #told = new Map<string, MetricValue>();
  #untilFull = 0;

  constructor(fullEvery: number, isNews: NewsTest = (_name, value, told) => value !== told) {
    this.fullEvery = fullEvery;
    this.#isNews = isNews;
  }

  /** Whether the next report is a full one. */
  get isFullDue(): boolean {
    return this.#untilFull <= 0;
  }

  /** The next report will be a full one: its receiver may know nothing. */
  reset(): void {
    this.#untilFull = 0;
  }

  /** @returns null where nothing changed. A name that is gone from `values` is reported as null, once. */
  next(values: MetricValues): ExceptionReport | null {
    const full = this.#untilFull <= 0;
    const every = this.fullEvery === 0 ? Number.POSITIVE_INFINITY : this.fullEvery;
    this.#untilFull = full ? every - 1 : Math.min(this.#untilFull, every) - 1;
    const changed: MetricValues = {};
    for (const name of this.#told.keys()) if (!(name in values)) changed[name] = null;
    for (const [name, value] of Object.entries(values)) if (full || this.#differs(name, value)) changed[name] = value;
    this.told(changed);
    for (const name of this.#told.keys()) if (!(name in values)) this.#told.delete(name);
    return full || Object.keys(changed).length > 0 ? { values: changed, full } : null;
  }

  /** These values were told otherwise. */
  told(values: MetricValues): void {
    for (const [name, value] of Object.entries(values)) this.#told.set(name, value);
  }

  #differs(name: string, value: MetricValue): boolean {
    const told = this.#told.get(name);
    if (typeof value === 'number' && typeof told === 'number') return this.#isNews(name, value, told);
    return value !== told;
  }
}

/** What a metrics message has besides its values, at most. */
const ENVELOPE_BYTES = 90;
/** Below this a message is not worth its envelope: what does not fit is dropped and counted instead. */
const SMALLEST_PART_BYTES = 200;

/**
 * The values in as many parts as are needed for messages of at most `maxBytes`; one where there is no such need. Receivers add
 * up what they hear, so parts need no number.
 */
export function splitReport(values: MetricValues, maxBytes: number): readonly MetricValues[] {
  const whole = Buffer.byteLength(JSON.stringify(values)) + ENVELOPE_BYTES;
  if (whole <= maxBytes || maxBytes < SMALLEST_PART_BYTES) return [values];
  const parts: MetricValues[] = [];
  let room = 0;
  for (const [name, value] of Object.entries(values)) {
    const bytes = Buffer.byteLength(JSON.stringify({ [name]: value }));
    if (parts.length === 0 || bytes > room) {
      parts.push({});
      room = maxBytes - ENVELOPE_BYTES;
    }
    parts.at(-1)![name] = value;
    room -= bytes;
  }
  return parts;
}

import type { MetricValue, MetricValues } from './messages.js';

export interface ExceptionReport {
  readonly values: MetricValues;
  /** All values are in it. */
  readonly full: boolean;
}

/** Leaves out of each report what did not change since the one before; every `fullEvery`-th holds everything. */
export class ReportByException {
  readonly #fullEvery: number;
  #last = new Map<string, MetricValue>();
  #untilFull = 0;

  constructor(fullEvery: number) {
    this.#fullEvery = fullEvery;
  }

  /** The next report will be a full one: its receiver may know nothing. */
  reset(): void {
    this.#untilFull = 0;
  }

  /** @returns null where nothing changed. A name that is gone from `values` is reported as null, once. */
  next(values: MetricValues): ExceptionReport | null {
    const full = this.#untilFull <= 0;
    this.#untilFull = full ? this.#fullEvery - 1 : this.#untilFull - 1;
    const changed: MetricValues = {};
    for (const name of this.#last.keys()) if (!(name in values)) changed[name] = null;
    for (const [name, value] of Object.entries(values)) {
      if (full || this.#last.get(name) !== value || !this.#last.has(name)) changed[name] = value;
    }
    this.#last = new Map(Object.entries(values));
    return full || Object.keys(changed).length > 0 ? { values: changed, full } : null;
  }
}

/** Bins on either side of 0. */
const HALF = 4096;
const MIN_EXPONENT = -100;

/**
 * How often which numbers occur, gathered in one pass: the bins cover -2^k to 2^k, and k grows as larger numbers come, by
 * joining bins in pairs. Histograms of different values can therefore be added exactly.
 */
export class ValueHistogram {
  /** Exact. 0 and 0 before anything was added. */
  low = 0;
  high = 0;
  /** Exact zeros are counted here and in no bin: every quantizer represents them. */
  zeros = 0;
  /** Numbers that are none, or infinite. */
  notFinite = 0;
  /** Bin HALF + n holds n × width to (n + 1) × width. */
  readonly counts = new Float64Array(2 * HALF);
  #exponent = MIN_EXPONENT;

  /** Bin of the first number above 0. */
  get middle(): number {
    return HALF;
  }

  /** Of a bin. */
  get width(): number {
    return 2 ** this.#exponent / HALF;
  }

  add(values: Float32Array): void {
    let low = this.low;
    let high = this.high;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (!(Number.isFinite(low) && Number.isFinite(high))) {
      this.#addFinite(values);
      return;
    }
    this.#cover(low, high);
    const { counts } = this;
    const perUnit = 1 / this.width;
    let zeros = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value === 0) zeros++;
      else if (Number.isNaN(value)) this.notFinite++;
      else counts[Math.floor(value * perUnit) + HALF]!++;
    }
    this.zeros += zeros;
  }

  /** Adds what another one has counted. */
  merge(other: ValueHistogram): void {
    this.#cover(other.low, other.high);
    const exponent = Math.max(this.#exponent, other.#exponent);
    this.#widen(exponent);
    const shift = exponent - other.#exponent;
    for (let bin = 0; bin < 2 * HALF; bin++) {
      const count = other.counts[bin]!;
      if (count > 0) this.counts[coarser(bin, shift)]! += count;
    }
    this.zeros += other.zeros;
    this.notFinite += other.notFinite;
  }

  #addFinite(values: Float32Array): void {
    const finite = values.filter(Number.isFinite);
    this.notFinite += values.length - finite.length;
    this.add(finite);
  }

  #cover(low: number, high: number): void {
    this.low = Math.min(this.low, low);
    this.high = Math.max(this.high, high);
    const most = Math.max(-this.low, this.high);
    let exponent = this.#exponent;
    while (2 ** exponent <= most) exponent++;
    this.#widen(exponent);
  }

  #widen(exponent: number): void {
    const shift = exponent - this.#exponent;
    if (shift <= 0) return;
    this.#exponent = exponent;
    const before = this.counts.slice();
    this.counts.fill(0);
    for (let bin = 0; bin < 2 * HALF; bin++) {
      const count = before[bin]!;
      if (count > 0) this.counts[coarser(bin, shift)]! += count;
    }
  }
}

/** Where a bin's content goes when bins become 2^shift times as wide. */
function coarser(bin: number, shift: number): number {
  const from = bin - HALF;
  return HALF + (shift > 30 ? Math.sign(from) >> 1 : from >> shift);
}

/** Two neighbouring buckets differ by this factor; what stands for one is off by at most half of it, 1 %. */
const GAMMA = 1.02;
const LOG_GAMMA = Math.log(GAMMA);
/** Smaller than this is 0. */
const SMALLEST = 1e-9;
/** Makes the bucket of the smallest number 1, so that those of negative numbers are the same ones below 0. */
const SHIFT = 1 - Math.ceil(Math.log(SMALLEST) / LOG_GAMMA);

/**
 * How numbers are distributed, in little room: a count per bucket of a logarithmic scale (a DDSketch). A quantile is within
 * 1 % of one of the numbers at that rank, and two sketches are merged by adding their counts, with the same error.
 */
export class QuantileSketch {
  /** Weight by bucket: 0 of zeros, negative of negative numbers. */
  readonly #weights = new Map<number, number>();
  #total = 0;

  /** @param weight how often it was seen, above 0 */
  add(value: number, weight = 1): void {
    this.#put(bucketOf(value), weight);
  }

  merge(other: QuantileSketch): void {
    for (const [bucket, weight] of other.#weights) this.#put(bucket, weight);
  }

  /** The number that a share `q` (0..1) of all do not exceed, by nearest rank; null of none. */
  quantile(q: number): number | null {
    if (this.#total === 0) return null;
    const rank = q * this.#total;
    let below = 0;
    let last = 0;
    for (const bucket of [...this.#weights.keys()].sort((a, b) => a - b)) {
      last = bucket;
      below += this.#weights.get(bucket)!;
      // weights may be fractions, whose sums are off by a little
      if (below >= rank - 1e-9 * this.#total) break;
    }
    return middleOf(last);
  }

  #put(bucket: number, weight: number): void {
    this.#weights.set(bucket, (this.#weights.get(bucket) ?? 0) + weight);
    this.#total += weight;
  }
}

function bucketOf(value: number): number {
  const size = Math.abs(value);
  if (size < SMALLEST) return 0;
  const bucket = Math.ceil(Math.log(size) / LOG_GAMMA) + SHIFT;
  return value < 0 ? -bucket : bucket;
}

/** The middle of a bucket, as far from its one end as from the other in proportion. */
function middleOf(bucket: number): number {
  if (bucket === 0) return 0;
  const upper = Math.exp((Math.abs(bucket) - SHIFT) * LOG_GAMMA);
  return (Math.sign(bucket) * 2 * upper) / (1 + GAMMA);
}

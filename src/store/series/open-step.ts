import { QuantileSketch } from './quantile-sketch.js';
import { type SeriesPoint, spreadOf } from './series-point.js';

/** Of fewer readings than this, 95 % are all of them. */
const ALL_BUT_ONE = 20;

/** A step of one series that still goes on. */
export class OpenStep {
  readonly #sketch = new QuantileSketch();
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** @param count how often it was read, above 0 */
  add(value: number, count = 1): void {
    this.#sketch.add(value, count);
    this.#tell(value * count, value, value, count);
  }

  /** What a histogram observed. @param sum of the observations; buckets know it only roughly */
  addBuckets(buckets: Iterable<readonly [value: number, count: number]>, sum: number): void {
    let [count, min, max] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const [value, observations] of buckets) {
      this.#sketch.add(value, observations);
      count += observations;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    if (count > 0) this.#tell(sum, min, max, count);
  }

  /** All of a finer step, whose p95 then is as exact here as there. */
  addStep(finer: OpenStep): void {
    this.#sketch.merge(finer.#sketch);
    this.#tell(finer.#sum, finer.#min, finer.#max, finer.#count);
  }

  /** A finer step of which only the point is left. */
  addPoint(point: SeriesPoint): void {
    for (const [value, weight] of spreadOf(point)) this.#sketch.add(value, weight);
    this.#tell(point.mean * point.count, point.min, point.max, point.count);
  }

  /** null where nothing was read. */
  pointAt(t: number): SeriesPoint | null {
    if (this.#count === 0) return null;
    const [count, min, max] = [this.#count, this.#min, this.#max];
    const within = (value: number) => Math.min(max, Math.max(min, value));
    const p95 = count < ALL_BUT_ONE ? max : within(this.#sketch.quantile(0.95)!);
    return { t, min, mean: within(this.#sum / count), max, p95, count };
  }

  #tell(sum: number, min: number, max: number, count: number): void {
    this.#sum += sum;
    this.#count += count;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
  }
}

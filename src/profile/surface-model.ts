import type { Configuration, VariantTraits } from './configuration.js';

/** A configuration as numbers that can be compared. */
interface Point {
  readonly variant: number;
  readonly precision: string;
  readonly provider: string;
  /** ln of the input's pixels, around 0. */
  readonly pixels: number;
  /** log2 of the three. */
  readonly threads: number;
  readonly batch: number;
  readonly workers: number;
}

/*
 * What is believed before anything ran, as variances of the logarithm of a reading. Effects multiply: a variant's cost, a
 * provider's speed, and what threads, batch and workers do under one provider; what is left of their interplay is small
 * and smooth, and alike for variants of one model.
 */
const PROVIDER = 1;
const VARIANT = 0.3;
const PRECISION = 0.2;
const PIXELS = 0.8;
/** How far a variant's cost on one provider tells its cost on another. */
const ELSEWHERE = 0.4;
const SLOPE = 0.3;
const CURVE = 0.15;
const INTERPLAY = 0.1;
const INTERPLAY_ALIKE = 0.75;
/** Distance, in doublings, over which a curve stays alike. */
const REACH = 1.3;
/** Spread of a repeated reading: 2 %. */
const NOISE = 0.0004;

/** Places configurations so that a `Surface` can predict one from others. */
export class Places {
  readonly #variants = new Map<
    string,
    { readonly index: number; readonly precision: string; readonly pixels: number }
  >();

  constructor(variants: readonly VariantTraits[]) {
    const logs = variants.map(({ width, height }) => Math.log(width * height));
    const middle = logs.reduce((sum, log) => sum + log, 0) / Math.max(1, logs.length);
    for (const [index, { id, precision }] of variants.entries()) {
      this.#variants.set(id, { index, precision, pixels: logs[index]! - middle });
    }
  }

  /** @throws RangeError for a variant that was not given to the constructor */
  of({ variant, provider, threads, batch, workers }: Configuration): Point {
    const known = this.#variants.get(variant);
    if (!known) throw new RangeError(`variant ${variant} is not among those to be measured`);
    const { index, precision, pixels } = known;
    return {
      variant: index,
      precision,
      provider,
      pixels,
      threads: Math.log2(threads),
      batch: Math.log2(batch),
      workers: Math.log2(workers),
    };
  }
}

/**
 * A Gaussian process over the logarithm of a reading: predicts every configuration from the few that were measured,
 * with how sure it is. Pure; the cost is cubic in the number of readings, which are at most a few hundred.
 */
export class PerformanceSurface {
  readonly #points: readonly Point[];
  readonly #mean: number;
  /** Lower triangle of the Cholesky factor of the readings' covariance, row after row. */
  readonly #factor: readonly Float64Array[];
  /** Covariance⁻¹ × (readings − mean). */
  readonly #weights: Float64Array;

  /**
   * @param logs natural logarithms of the readings, one per point; at least one
   * @param spreads how far off each may be, relative; what is not given counts as a quiet device's
   */
  constructor(points: readonly Point[], logs: readonly number[], spreads: readonly number[] = []) {
    this.#points = points;
    this.#mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    this.#factor = cholesky(points, spreads);
    const half = forward(
      this.#factor,
      Float64Array.from(logs, (log) => log - this.#mean),
    );
    this.#weights = backward(this.#factor, half);
  }

  /** The expected logarithm at a point and its standard deviation. */
  predict(point: Point): { mean: number; deviation: number } {
    const shared = Float64Array.from(this.#points, (other) => covariance(point, other));
    let mean = this.#mean;
    for (let i = 0; i < shared.length; i++) mean += shared[i]! * this.#weights[i]!;
    const half = forward(this.#factor, shared);
    let variance = covariance(point, point);
    for (const part of half) variance -= part * part;
    return { mean, deviation: Math.sqrt(Math.max(variance, 1e-12)) };
  }
}

/** How much, on average, a normally distributed gain exceeds `best`; 0 or more. */
export function expectedGain(mean: number, deviation: number, best: number): number {
  const z = (mean - best) / deviation;
  return (mean - best) * normalShare(z) + (deviation * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
}

/** Share of the normal distribution below z, after Abramowitz and Stegun 26.2.17; off by less than 1e-7. */
function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (series * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
  return z >= 0 ? 1 - tail : tail;
}

function covariance(a: Point, b: Point): number {
  const sameVariant = a.variant === b.variant;
  let sum = PIXELS * a.pixels * b.pixels;
  if (sameVariant) sum += VARIANT;
  if (a.precision === b.precision) sum += PRECISION;
  if (a.provider !== b.provider) return ELSEWHERE * sum;
  const threads = near(a.threads - b.threads);
  const batch = near(a.batch - b.batch);
  const workers = near(a.workers - b.workers);
  sum += PROVIDER + SLOPE * (a.threads * b.threads + a.batch * b.batch + a.workers * b.workers);
  sum += CURVE * (threads + batch + workers);
  return sum + INTERPLAY * (INTERPLAY_ALIKE + (sameVariant ? 1 - INTERPLAY_ALIKE : 0)) * threads * batch * workers;
}

const near = (doublings: number): number => Math.exp((-0.5 * doublings * doublings) / (REACH * REACH));

function cholesky(points: readonly Point[], spreads: readonly number[]): Float64Array[] {
  const rows: Float64Array[] = [];
  for (const [i, point] of points.entries()) {
    const row = new Float64Array(i + 1);
    for (let j = 0; j <= i; j++) {
      let sum = covariance(point, points[j]!) + (i === j ? Math.max(NOISE, (spreads[i] ?? 0) ** 2) : 0);
      for (let k = 0; k < j; k++) sum -= row[k]! * (j === i ? row[k]! : rows[j]![k]!);
      row[j] = i === j ? Math.sqrt(Math.max(sum, NOISE)) : sum / rows[j]![j]!;
    }
    rows.push(row);
  }
  return rows;
}

/** x with factor × x = values. */
function forward(factor: readonly Float64Array[], values: Float64Array): Float64Array {
  const x = new Float64Array(factor.length);
  for (const [i, row] of factor.entries()) {
    let sum = values[i]!;
    for (let k = 0; k < i; k++) sum -= row[k]! * x[k]!;
    x[i] = sum / row[i]!;
  }
  return x;
}

/** x with transposed factor × x = values. */
function backward(factor: readonly Float64Array[], values: Float64Array): Float64Array {
  const x = new Float64Array(factor.length);
  for (let i = factor.length - 1; i >= 0; i--) {
    let sum = values[i]!;
    for (let k = i + 1; k < factor.length; k++) sum -= factor[k]![i]! * x[k]!;
    x[i] = sum / factor[i]![i]!;
  }
  return x;
}

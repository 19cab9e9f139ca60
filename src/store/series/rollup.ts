import type { HistogramReading, MetricReading } from '../../foundation/metric-row.js';
import { CounterRates } from './counter-rates.js';
import { newObservations, type ObservationsBefore } from './histogram-growth.js';
import { OpenStep } from './open-step.js';
import { RESOLUTIONS, type Resolution, stepStart } from './resolutions.js';
import type { SeriesPoint } from './series-point.js';

/** What a series is of. */
export interface SeriesKey {
  /** `frames_answered.north.inferred`. */
  readonly name: string;
  /** `frames_answered`. */
  readonly metric: string;
  /** `{ camera: 'north', origin: 'inferred' }`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of the points: a counter's is per second. */
  readonly unit: string;
  /** What the points are of: a gauge's readings, a counter's growth per second, a histogram's observations. */
  readonly kind: 'gauge' | 'rate' | 'histogram';
}

/** One series over a step that has ended. */
export interface SeriesRow extends SeriesKey {
  readonly point: SeriesPoint;
}

/** All that is measured at one moment. */
export interface MetricsNow {
  readonly readings: readonly MetricReading[];
  readonly histograms: readonly HistogramReading[];
}

/** Hears of each step that ended, all series of it together; a finer one before the coarser one that ends with it. */
export type StepListener = (stepMs: Resolution, t: number, rows: readonly SeriesRow[]) => void;

interface OpenSeries {
  readonly key: SeriesKey;
  /** By resolution. */
  readonly steps: OpenStep[];
  /** Of a histogram. */
  observed: ObservationsBefore | null;
}

/**
 * Makes points of 10 s, 1 min and 1 h out of what is measured once a second. A coarser step is the sum of the finer ones,
 * sketches included, so its p95 is as exact. Steps begin at multiples of their length in Unix time. When the clock jumps, the open steps
 * end where they are: the caller may then be told of a step of one time twice, and adds the two together.
 */
export class Rollup {
  readonly #onStep: StepListener;
  readonly #rates = new CounterRates();
  readonly #series = new Map<string, OpenSeries>();
  /** Where the open step of each resolution begins; null before the first sample. */
  #at: number[] | null = null;

  constructor(onStep: StepListener) {
    this.#onStep = onStep;
  }

  /**
   * Takes what is measured now, once a second.
   *
   * @param now ms on a clock that only goes forward
   * @param unixNow ms
   */
  sample({ readings, histograms }: MetricsNow, now: number, unixNow: number): void {
    this.advance(unixNow);
    for (const reading of readings) {
      const { name, value, row } = reading;
      const sample = row.type === 'counter' ? this.#rates.rate(name, value, now) : value;
      if (sample !== null) this.#openSeries(name, () => keyOf(reading)).steps[0]!.add(sample);
    }
    for (const reading of histograms) this.#observe(reading);
  }

  /** Ends the steps that are over at `unixNow` (ms), before `sample` or without one. */
  advance(unixNow: number): void {
    this.#at ??= RESOLUTIONS.map((stepMs) => stepStart(unixNow, stepMs));
    for (const [level, stepMs] of RESOLUTIONS.entries()) {
      const start = stepStart(unixNow, stepMs);
      // a coarser step cannot be over while a finer one goes on
      if (start === this.#at[level]) return;
      this.#end(level);
      this.#at[level] = start;
    }
  }

  /**
   * Before the first sample: goes on with an open step of which an earlier run left finer points.
   *
   * @param stepMs of the open step, coarser than that of `point`, which lies in it
   */
  resume(key: SeriesKey, stepMs: Resolution, point: SeriesPoint): void {
    this.#openSeries(key.name, () => key).steps[RESOLUTIONS.indexOf(stepMs)]!.addPoint(point);
  }

  /** Ends the open steps of 10 s as they are, before a stop: what is told then is enough to `resume` the coarser ones from. */
  end(): void {
    if (this.#at !== null) this.#end(0);
  }

  #end(level: number): void {
    const t = this.#at![level]!;
    const rows: SeriesRow[] = [];
    for (const { key, steps } of this.#series.values()) {
      const step = steps[level]!;
      const point = step.pointAt(t);
      if (point === null) continue;
      rows.push({ ...key, point });
      steps[level + 1]?.addStep(step);
      steps[level] = new OpenStep();
    }
    if (rows.length > 0) this.#onStep(RESOLUTIONS[level]!, t, rows);
  }

  #observe(reading: HistogramReading): void {
    const { name, buckets } = reading;
    if (buckets === null) return;
    const series = this.#openSeries(name, () => keyOf(reading));
    const { observations, sum, after } = newObservations(buckets, series.observed);
    series.observed = after;
    series.steps[0]!.addBuckets(observations, sum);
  }

  #openSeries(name: string, key: () => SeriesKey): OpenSeries {
    let series = this.#series.get(name);
    if (series === undefined) {
      series = { key: key(), steps: RESOLUTIONS.map(() => new OpenStep()), observed: null };
      this.#series.set(name, series);
    }
    return series;
  }
}

function keyOf({ name, row, labels }: MetricReading | HistogramReading): SeriesKey {
  const unit = row.type !== 'counter' ? row.unit : row.unit === '' ? '/s' : `${row.unit}/s`;
  const kind = row.type === 'counter' ? 'rate' : row.type;
  const named = Object.fromEntries(row.labels.map((label, i) => [label, labels[i]!]));
  return { name, metric: row.name, labels: named, unit, kind };
}

/** One reading: label values in the order of the metric's `labels`, and the value; null: no reading now. */
export type Reading<T> = readonly [labels: readonly string[], value: T | null];

interface Described {
  /** Name in MQTT; readings with labels add them: `fps_inferred.north`. Unique in the program. */
  readonly name: string;
  /** Unit in MQTT. Prometheus gets seconds for ms. Empty for plain counts and words. */
  readonly unit: string;
  readonly labels: readonly string[];
  readonly help: string;
  /** Whether every tenant may see it though it is of no camera and no tenant: it tells nothing of the others. Default no. */
  readonly isForTenants?: boolean;
}

interface Published extends Described {
  /**
   * Every list of label values that there will be, whether or not there is a reading of it yet: a birth message lists
   * them, so that no new one is needed when a reading comes. Absent: those of `read`, which is then to name each from the
   * start, with null while there is no reading.
   */
  readonly series?: () => Iterable<readonly string[]>;
}

/** A number that is published to MQTT and Prometheus. */
export interface NumberMetric extends Published {
  readonly type: 'counter' | 'gauge';
  /** MQTT values are multiples of this, so that noise is not news; three significant digits where it is THREE_DIGITS. */
  readonly step: number;
  /** false: Prometheus only. */
  readonly mqtt?: boolean;
  readonly read: () => Iterable<Reading<number>>;
}

/** One word out of a list; Prometheus gets a 1 for the word that holds, as a label. */
export interface WordMetric extends Published {
  readonly type: 'word';
  readonly words: readonly string[];
  readonly read: () => Iterable<Reading<string>>;
}

/** Durations in ms, counted in buckets. */
export interface Buckets {
  readonly count: number;
  /** ms of all together. */
  readonly sum: number;
  /** Upper bounds in ms, ascending. */
  readonly bounds: readonly number[];
  /** Observations below each of the bounds. */
  cumulative(): readonly number[];
  /** What quantiles are made of: for each fine bucket the ms that stand for it, ascending. */
  readonly bucketValues: ArrayLike<number>;
  /** Observations in each fine bucket; they go on being counted here. */
  readonly bucketCounts: ArrayLike<number>;
}

/** Durations; Prometheus only. */
export interface HistogramMetric extends Described {
  readonly type: 'histogram';
  readonly read: () => Iterable<Reading<Buckets>>;
}

/** Names with their labels' values as Prometheus likes them; Prometheus only. */
export interface InfoMetric extends Described {
  readonly type: 'info';
  readonly read: () => Iterable<Reading<number>>;
}

/** One metric: what it is called, and where it is read. It belongs to whoever has the number, and holds none itself. */
export type MetricRow = NumberMetric | WordMetric | HistogramMetric | InfoMetric;

/** One number of a counter or gauge as it is now, unrounded. */
export interface MetricReading {
  /** As MQTT calls it, whether or not MQTT carries it: `frames_answered.north.inferred`. Unique. */
  readonly name: string;
  readonly row: NumberMetric;
  /** Values of the row's labels, in their order. */
  readonly labels: readonly string[];
  /** null: no reading now. */
  readonly value: number | null;
}

/** The buckets of a histogram as they are now. */
export interface HistogramReading {
  /** `stage_latency.north.total`. Unique. */
  readonly name: string;
  readonly row: HistogramMetric;
  readonly labels: readonly string[];
  readonly buckets: Buckets | null;
}

/** The `step` that rounds to three significant digits. */
export const THREE_DIGITS = 0;

/** The readings of a metric without labels: `read: () => single(queue.length)`. */
export function single<T>(value: T | null): readonly [Reading<T>] {
  return [[[], value]];
}

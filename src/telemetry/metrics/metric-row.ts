import type { Histogram } from './histogram.js';
import type { Measurements } from './measurements.js';

/** One reading: label values in the order of the metric's `labels`, and the value; null: no reading now. */
export type Reading<T> = readonly [labels: readonly string[], value: T | null];

interface Described {
  /** Name in MQTT; readings with labels add them: `fps_inferred.north`. */
  readonly name: string;
  /** Unit in MQTT. Prometheus gets seconds for ms. Empty for plain counts and words. */
  readonly unit: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** A number that is published to MQTT and Prometheus. */
export interface NumberMetric extends Described {
  readonly type: 'counter' | 'gauge';
  /** MQTT values are multiples of this, so that noise is not news; `digits` significant digits where 0. */
  readonly step: number;
  readonly mqtt: boolean;
  readonly read: (m: Measurements) => Iterable<Reading<number>>;
}

/** One word out of a list; Prometheus gets a 1 for the word that holds, as a label. */
export interface WordMetric extends Described {
  readonly type: 'word';
  readonly words: readonly string[];
  readonly read: (m: Measurements) => Iterable<Reading<string>>;
}

/** Durations; Prometheus only. */
export interface HistogramMetric extends Described {
  readonly type: 'histogram';
  readonly read: (m: Measurements) => Iterable<Reading<Histogram>>;
}

/** Names with their labels' values as Prometheus likes them; Prometheus only. */
export interface InfoMetric extends Described {
  readonly type: 'info';
  readonly read: (m: Measurements) => Iterable<Reading<number>>;
}

export type MetricRow = NumberMetric | WordMetric | HistogramMetric | InfoMetric;

/** A step that rounds to three significant digits in MQTT. */
export const DIGITS = 0;

/** Reads a metric without labels. */
export const single = (read: (m: Measurements) => number | null) =>
  function* (m: Measurements): Iterable<Reading<number>> {
    yield [[], read(m)];
  };

/** A row that holds numbers. */
export const number = (
  type: NumberMetric['type'],
  name: string,
  unit: string,
  labels: readonly string[],
  step: number,
  help: string,
  read: NumberMetric['read'],
  mqtt = true,
): NumberMetric => ({ type, name, unit, labels, step, help, read, mqtt });

/** `edge_fps_inferred`, `edge_latency_p95_seconds`, `edge_frames_captured_total`: the name that Prometheus knows it by. */
export function prometheusName(metric: MetricRow): string {
  const unit = metric.unit === 'ms' || metric.unit === 's' ? '_seconds' : metric.unit === 'bytes' ? '_bytes' : '';
  return `edge_${metric.name}${unit}${metric.type === 'counter' ? '_total' : ''}`;
}

/** Whether MQTT carries it. */
export function inMqtt(metric: MetricRow): metric is NumberMetric | WordMetric {
  return metric.type === 'word' || ((metric.type === 'counter' || metric.type === 'gauge') && metric.mqtt);
}

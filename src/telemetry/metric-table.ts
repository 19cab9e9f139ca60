import { type CameraMetrics, DROP_CAUSES, QUALITIES, STAGES } from './camera-metrics.js';
import { type Histogram, recentQuantile } from './histogram.js';
import { type Measurements, RESTART_CAUSES } from './measurements.js';

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

/** Rounds to three significant digits in MQTT. */
const DIGITS = 0;
const MEBIBYTE = 2 ** 20;

const perCamera = (read: (camera: CameraMetrics) => number | null) =>
  function* (m: Measurements): Iterable<Reading<number>> {
    for (const camera of m.cameras) yield [[camera.camera], read(camera)];
  };

const single = (read: (m: Measurements) => number | null) =>
  function* (m: Measurements): Iterable<Reading<number>> {
    yield [[], read(m)];
  };

const stagesTogether = (q: number) =>
  function* (m: Measurements): Iterable<Reading<number>> {
    const cameras = [...m.cameras];
    for (const stage of STAGES) {
      yield [
        [stage],
        recentQuantile(
          cameras.map((camera) => camera.stage(stage)),
          q,
        ),
      ];
    }
  };

const number = (
  type: NumberMetric['type'],
  name: string,
  unit: string,
  labels: readonly string[],
  step: number,
  help: string,
  read: NumberMetric['read'],
  mqtt = true,
): NumberMetric => ({ type, name, unit, labels, step, help, read, mqtt });

/** The one list of all metrics: MQTT names and units, Prometheus names and help, and docs/metrics.md come from it. */
export const METRICS: readonly MetricRow[] = [
  number(
    'counter',
    'frames_captured',
    'frames',
    ['camera'],
    1,
    'Frames that arrived from the camera.',
    perCamera((c) => c.capturedCount),
  ),
  number(
    'counter',
    'frames_inferred',
    'frames',
    ['camera'],
    1,
    'Frames answered by an inference.',
    perCamera((c) => c.inferredCount),
  ),
  number(
    'counter',
    'frames_dropped',
    'frames',
    ['camera', 'cause'],
    1,
    `Frames that got no answer, by cause: ${DROP_CAUSES.join(', ')}.`,
    function* (m) {
      for (const camera of m.cameras) {
        for (const cause of DROP_CAUSES) yield [[camera.camera, cause], camera.droppedCount(cause)];
      }
    },
  ),
  number(
    'gauge',
    'fps_captured',
    'frames/s',
    ['camera'],
    0.1,
    'Frames captured per second, over the last 10 s.',
    perCamera((c) => c.capturedFps()),
  ),
  number(
    'gauge',
    'fps_inferred',
    'frames/s',
    ['camera'],
    0.1,
    'Frames inferred per second, over the last 10 s.',
    perCamera((c) => c.inferredFps()),
  ),
  number(
    'gauge',
    'vehicles',
    'vehicles',
    ['camera'],
    1,
    'Vehicles in the latest answer.',
    perCamera((c) => c.vehiclesNow),
  ),
  number(
    'gauge',
    'latency_p50',
    'ms',
    ['camera'],
    DIGITS,
    'Median time from capture to the answer, over the last 10 to 20 s.',
    perCamera((c) => c.stage('total').recentQuantile(0.5)),
  ),
  number(
    'gauge',
    'latency_p95',
    'ms',
    ['camera'],
    DIGITS,
    'Time from capture to the answer that 95 % of the frames stay under, over the last 10 to 20 s.',
    perCamera((c) => c.stage('total').recentQuantile(0.95)),
  ),
  number(
    'gauge',
    'stage_p50',
    'ms',
    ['stage'],
    DIGITS,
    `Median time in each stage, all cameras together, over the last 10 to 20 s: ${STAGES.join(', ')}.`,
    stagesTogether(0.5),
  ),
  number(
    'gauge',
    'stage_p95',
    'ms',
    ['stage'],
    DIGITS,
    'Time in each stage that 95 % of the frames stay under, all cameras together, over the last 10 to 20 s.',
    stagesTogether(0.95),
  ),
  {
    type: 'histogram',
    name: 'stage_latency',
    unit: 'ms',
    labels: ['camera', 'stage'],
    help: 'Time of frames in each stage.',
    *read(m) {
      for (const camera of m.cameras) {
        for (const stage of STAGES) yield [[camera.camera, stage], camera.stage(stage)];
      }
    },
  },
  {
    type: 'word',
    name: 'connection_quality',
    unit: '',
    labels: ['camera'],
    words: QUALITIES,
    help: 'How well the camera delivers, from its reconnects, stalls and frame rate.',
    *read(m) {
      for (const camera of m.cameras) yield [[camera.camera], camera.source?.connectionQuality ?? null];
    },
  },
  number(
    'counter',
    'source_reconnects',
    '',
    ['camera'],
    1,
    "Times that the camera's reader was started again.",
    perCamera((c) => c.source?.counters.reconnects ?? null),
  ),
  number(
    'counter',
    'source_stalls',
    '',
    ['camera'],
    1,
    'Times that no frame came for the stall timeout.',
    perCamera((c) => c.source?.counters.stalls ?? null),
  ),
  number(
    'counter',
    'source_malformed',
    '',
    ['camera'],
    1,
    'Pictures or stretches of bytes that could not be understood.',
    perCamera((c) => c.source?.counters.malformed ?? null),
  ),
  number(
    'counter',
    'worker_restarts',
    '',
    ['cause'],
    1,
    `Detector processes that ended unasked and were started again, by cause: ${RESTART_CAUSES.join(', ')}.`,
    function* (m) {
      for (const cause of RESTART_CAUSES) yield [[cause], m.workerRestarts(cause)];
    },
  ),
  {
    type: 'info',
    name: 'model_info',
    unit: '',
    labels: ['model', 'variant', 'provider'],
    help: 'Always 1; the labels say which model, variant and execution provider are really in use.',
    *read({ modelInUse }) {
      if (modelInUse) yield [[modelInUse.model, modelInUse.variant, modelInUse.provider], 1];
    },
  },
  number(
    'gauge',
    'resident_memory',
    'bytes',
    ['process'],
    MEBIBYTE,
    'Resident memory of each process: main, worker-<index>, ffmpeg-<camera>.',
    function* (m) {
      for (const [name, bytes] of m.processes.residentBytes) yield [[name], bytes];
    },
  ),
  number(
    'gauge',
    'event_loop_delay_p50',
    'ms',
    [],
    DIGITS,
    'Median lateness of timers in the main process, over the last 5 s.',
    single((m) => m.processes.eventLoopDelayP50),
  ),
  number(
    'gauge',
    'event_loop_delay_p99',
    'ms',
    [],
    DIGITS,
    'Lateness of timers in the main process that 99 % stay under, over the last 5 s.',
    single((m) => m.processes.eventLoopDelayP99),
  ),
  number(
    'gauge',
    'uptime',
    's',
    [],
    60,
    'Time since the program started.',
    single((m) => m.uptimeS),
  ),
  number(
    'gauge',
    'mqtt_connected',
    '',
    [],
    1,
    '1 while there is a connection to the broker, else 0.',
    single((m) => (m.publisher ? Number(m.publisher.phase === 'connected') : null)),
    false,
  ),
  number(
    'gauge',
    'mqtt_queued',
    'messages',
    [],
    1,
    'Messages waiting in memory for the broker.',
    single((m) => m.publisher?.queued ?? null),
  ),
  number(
    'gauge',
    'mqtt_in_flight',
    'messages',
    [],
    1,
    'Messages sent that the broker has not acknowledged.',
    single((m) => m.publisher?.inFlight ?? null),
    false,
  ),
  number(
    'counter',
    'mqtt_sent',
    'messages',
    [],
    1,
    'Messages delivered to the broker.',
    single((m) => m.publisher?.sent ?? null),
    false,
  ),
  number(
    'counter',
    'mqtt_dropped',
    'messages',
    ['cause'],
    1,
    'Messages that never reached the broker, by cause: queue-full, too-large, refused, undeliverable, invalid, stopped.',
    function* (m) {
      for (const [cause, count] of Object.entries(m.publisher?.dropped ?? {})) yield [[cause], count];
    },
  ),
  number(
    'counter',
    'mqtt_connections',
    '',
    [],
    1,
    'Connections that the broker accepted.',
    single((m) => m.publisher?.connections ?? null),
  ),
];

/** `edge_fps_inferred`, `edge_latency_p95_seconds`, `edge_frames_captured_total`: the name that Prometheus knows it by. */
export function prometheusName(metric: MetricRow): string {
  const unit = metric.unit === 'ms' || metric.unit === 's' ? '_seconds' : metric.unit === 'bytes' ? '_bytes' : '';
  return `edge_${metric.name}${unit}${metric.type === 'counter' ? '_total' : ''}`;
}

/** Whether MQTT carries it. */
export function inMqtt(metric: MetricRow): metric is NumberMetric | WordMetric {
  return metric.type === 'word' || ((metric.type === 'counter' || metric.type === 'gauge') && metric.mqtt);
}

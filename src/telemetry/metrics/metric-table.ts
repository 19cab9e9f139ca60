import { CONNECTION_QUALITIES } from '../../frame/connection-quality.js';
import { ORIGINS } from '../../frame/frame-result.js';
import { PUBLISH_DROP_CAUSES } from '../mqtt/publish-drops.js';
import { CACHE_METRICS } from './cache-metrics.js';
import { type AccuracyReading, type CameraMetrics, DROP_CAUSES, STAGES } from './camera-metrics.js';
import { DIARY_METRICS } from './diary-metrics.js';
import { mergedRecentQuantile } from './histogram.js';
import { type Measurements, RESTART_CAUSES } from './measurements.js';
import { DIGITS, type MetricRow, number, type Reading, single } from './metric-row.js';
import { TRAFFIC_METRICS } from './traffic-metrics.js';

const MEBIBYTE = 2 ** 20;

const perCamera = (read: (camera: CameraMetrics) => number | null) =>
  function* (m: Measurements): Iterable<Reading<number>> {
    for (const camera of m.cameras) yield [[camera.camera], read(camera)];
  };

const accuracy = (read: (accuracy: AccuracyReading) => number | null) =>
  perCamera(({ accuracy }) => (accuracy === null ? null : read(accuracy)));

const stagesTogether = (q: number) =>
  function* (m: Measurements): Iterable<Reading<number>> {
    const cameras = [...m.cameras];
    for (const stage of STAGES) {
      yield [
        [stage],
        mergedRecentQuantile(
          cameras.map((camera) => camera.stage(stage)),
          q,
        ),
      ];
    }
  };

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
    'frames_answered',
    'frames',
    ['camera', 'origin'],
    1,
    `Frames that got an answer, by where it came from: ${ORIGINS.join(', ')}.`,
    function* (m) {
      for (const camera of m.cameras) {
        for (const origin of ORIGINS) yield [[camera.camera, origin], camera.answeredCount(origin)];
      }
    },
  ),
  number(
    'gauge',
    'without_inference',
    '',
    ['camera'],
    0.001,
    'Share of the answers that took no inference, 0 to 1, since the start.',
    perCamera((c) => c.withoutInference),
  ),
  number(
    'gauge',
    'estimated_f1',
    '',
    ['camera'],
    0.001,
    'F1 of all answers against inferring every frame, as the audit estimates it.',
    accuracy((a) => a.estimatedF1),
  ),
  number(
    'gauge',
    'estimated_f1_low',
    '',
    ['camera'],
    0.001,
    'What that F1 is at least, in 95 % of cases.',
    accuracy((a) => a.estimatedF1Low),
  ),
  number(
    'gauge',
    'propagation_f1',
    '',
    ['camera'],
    0.001,
    'F1 of the propagated answers alone.',
    accuracy((a) => a.propagationF1),
  ),
  number(
    'gauge',
    'wrong_reuse_ratio',
    '',
    ['camera'],
    0.001,
    'Share of the audited reused answers that were wrong.',
    accuracy((a) => a.wrongReuseRatio),
  ),
  number(
    'gauge',
    'strictness',
    '',
    ['camera'],
    0.01,
    'How much is inferred to keep the accuracy floor: 0 the least, 1 every frame.',
    accuracy((a) => a.strictness),
  ),
  number(
    'counter',
    'audits',
    'frames',
    ['camera'],
    1,
    'Frames answered without inference and inferred nevertheless, to measure the error.',
    accuracy((a) => a.audits),
  ),
  number(
    'counter',
    'audits_lost',
    'frames',
    ['camera'],
    1,
    'Audits that were due while the detector was never idle.',
    accuracy((a) => a.auditsLost),
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
    words: CONNECTION_QUALITIES,
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
    `Messages that never reached the broker, by cause: ${PUBLISH_DROP_CAUSES.join(', ')}.`,
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
  ...TRAFFIC_METRICS,
  ...CACHE_METRICS,
  ...DIARY_METRICS,
];

import type { DEGRADED, WORSE } from '../../../config/sections/alerts.js';
import type { AlertDeclaration } from '../../../foundation/alert-declaration.js';

/** A metric whose degradation is looked for, of each of its series. */
export interface WatchedMetric {
  /** `latency_p95`, or with label values `stage_p95.infer`. */
  readonly metric: string;
  /** The alert that it raises. */
  readonly code: (typeof DEGRADED)[number];
  readonly direction: (typeof WORSE)[number];
  /** What is less off than that is no degradation, however unusual; in the metric's unit. */
  readonly least: number;
  /** The same as a share of what is expected. */
  readonly leastShare: number;
  /** Not the value is watched but what it grows by in an hour. */
  readonly growth: boolean;
}

type Kind = WatchedMetric['code'] extends `degraded-${infer Kind}` ? Kind : never;

const degraded = (kind: Kind, help: string, action: string): AlertDeclaration => ({
  code: `degraded-${kind}`,
  severities: ['warning'],
  help: `${help}, compared with what was usual (docs/alerts.md).`,
  action,
});

/** One alert for what is to be done about it, whichever metrics say so. */
export const DEGRADATIONS: readonly AlertDeclaration[] = [
  degraded(
    'latency',
    'Answers take longer',
    'Look whether the machine is hot, throttled or busy with something else, and what changed: a variant, a camera, a stream.',
  ),
  degraded(
    'throughput',
    'A camera delivers fewer frames',
    'Check the network to the camera and its settings: frame rate, night mode, bit rate.',
  ),
  degraded(
    'errors',
    'Frames are lost or damaged, or workers restarted, more often',
    'Read in the log what fails, and look at the causes in frames_dropped and worker_restarts.',
  ),
  degraded(
    'answers',
    'More frames are inferred, or answers without inference are less right',
    'Look at a preview: a camera that shakes, rain, insects or a dirty lens keep scenes from being known.',
  ),
  degraded(
    'memory',
    'Memory grows or is larger',
    'Look which process grows (resident_memory); restart the service before the memory is full, and report it.',
  ),
  degraded(
    'heat',
    'The machine is warmer',
    'Check the fan, its filter and the cabinet; dust and a closed vent come first.',
  ),
  degraded(
    'load',
    'The processor is busier, or the program waits longer for it',
    'Look what else runs on the machine.',
  ),
  degraded(
    'delivery',
    'More messages wait for the broker',
    'Check the uplink: signal, data plan, and whether the broker takes what it is sent.',
  ),
];

const MEBIBYTE = 2 ** 20;

const watched = (
  metric: string,
  kind: Kind,
  direction: WatchedMetric['direction'],
  { least, leastShare = 0, growth = false }: { least: number; leastShare?: number; growth?: boolean },
): WatchedMetric => ({ metric, code: `degraded-${kind}`, direction, least, leastShare, growth });

/** What is watched where the configuration names nothing else. */
export const WATCHED_METRICS: readonly WatchedMetric[] = [
  watched('latency_p95', 'latency', 'up', { least: 15, leastShare: 0.25 }),
  watched('stage_p95.infer', 'latency', 'up', { least: 3, leastShare: 0.25 }),
  watched('fps_captured', 'throughput', 'down', { least: 0.5, leastShare: 0.15 }),
  watched('frames_dropped', 'errors', 'up', { least: 0.1 }),
  watched('source_malformed', 'errors', 'up', { least: 0.05 }),
  watched('source_decode_errors', 'errors', 'up', { least: 0.1 }),
  watched('worker_restarts', 'errors', 'up', { least: 0.01 }),
  watched('fps_inferred', 'answers', 'up', { least: 2, leastShare: 0.75 }),
  watched('estimated_f1', 'answers', 'down', { least: 0.03 }),
  watched('resident_memory', 'memory', 'up', { least: 32 * MEBIBYTE, leastShare: 0.3 }),
  watched('resident_memory', 'memory', 'up', { least: 12 * MEBIBYTE, growth: true }),
  watched('machine_memory', 'memory', 'up', { least: 10 }),
  watched('machine_temperature', 'heat', 'up', { least: 6 }),
  watched('machine_cpu', 'load', 'up', { least: 15 }),
  watched('event_loop_delay_p99', 'load', 'up', { least: 20 }),
  watched('mqtt_queued', 'delivery', 'up', { least: 50 }),
];

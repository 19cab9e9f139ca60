import type { ThresholdsConfig } from '../../config/config.js';
import type { Alert, AlertDeclaration } from '../../foundation/alert-declaration.js';
import type { ThresholdRule } from './threshold-watch.js';

/** What is compared with the thresholds. null: no reading. */
export interface ThresholdReadings {
  /** ms, p95 over the last minute. */
  readonly responseTimeMs: number | null;
  /** MiB of all our processes together. */
  readonly memoryUsageMb: number | null;
  /** 0..100 of all cores together, over the last minute. */
  readonly cpuUsagePercent: number | null;
  /** 0..1 over the last minute. */
  readonly cacheHitRate: number | null;
  /** 0..1 over the last minute. */
  readonly errorRate: number | null;
  /** °C of the hottest sensor. */
  readonly temperatureC: number | null;
  /** 0..100 of the disk of store.dir. */
  readonly diskFreePercent: number | null;
  /** Ids of the cameras whose connection is poor. */
  readonly poorCameras: readonly string[];
  /** s since the broker was last connected; 0 while it is; null where none is configured. */
  readonly brokerAwayS: number | null;
  /** Why it cannot be reached; null while it can, and where nothing says why. */
  readonly brokerProblem: { readonly kind: string; readonly message: string } | null;
  /** ms, the largest jump of the clock within the last ten minutes, whichever way; 0 where there was none. */
  readonly clockJumpMs: number | null;
}

/** One threshold: what it looks at, and what it says. */
export interface Threshold {
  readonly declaration: AlertDeclaration;
  readonly unit: string;
  readonly value: (readings: ThresholdReadings) => number | null;
  /** null where the configuration wants it unwatched. */
  readonly rule: (config: ThresholdsConfig) => ThresholdRule | null;
  /** What is wrong, without what to do. */
  readonly message: (value: number, limit: number, readings: ThresholdReadings) => string;
  /** Told beside the value; another one is news. */
  readonly details?: (readings: ThresholdReadings) => Alert['details'];
  /** Share of what was told by which the value must move to be told anew; unset: a fifth. */
  readonly news?: number;
}

type Limit = Exclude<keyof ThresholdsConfig, 'holdS' | 'hysteresis' | 'maxPoorCameras'>;

/** 0 watches nothing. */
function limited(key: Limit, bad: 'above' | 'below', holdFactor = 1): Threshold['rule'] {
  return (config) => {
    const limit = config[key];
    const { hysteresis, holdS } = config;
    return limit === 0 ? null : { limit, bad, hysteresis, holdMs: holdS * 1000 * holdFactor };
  };
}

/** Cameras that may be poor at a time; a whole number needs no hysteresis but itself. */
const poorCameras: Threshold['rule'] = ({ maxPoorCameras, holdS }) =>
  maxPoorCameras >= 64 ? null : { limit: maxPoorCameras, bad: 'above', hysteresis: 0, holdMs: holdS * 5000 };

/** @param s whole minutes from two on */
const spanInWords = (s: number): string => (s < 120 ? `${Math.round(s)} s` : `${Math.floor(s / 60)} minutes`);

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Every threshold with the alert that it raises. */
export const THRESHOLDS: readonly Threshold[] = [
  {
    declaration: {
      code: 'response-slow',
      severities: ['warning'],
      help: 'The p95 of the time from capture to the answer is above `thresholds.maxResponseTimeMs`.',
      action:
        'See which stage takes the time (stage_p95), then choose a smaller variant, fewer frames or fewer cameras.',
    },
    unit: 'ms',
    value: ({ responseTimeMs }) => responseTimeMs,
    rule: limited('maxResponseTimeMs', 'above'),
    message: (value, limit) => `95 % of the answers take up to ${value.toFixed(0)} ms (limit ${limit} ms)`,
  },
  {
    declaration: {
      code: 'memory-high',
      severities: ['warning'],
      help: 'All processes of the program together have more memory than `thresholds.maxMemoryUsageMb`.',
      action: 'See which process grows (resident_memory), lower cache.memoryBytes or the number of workers.',
    },
    unit: 'MiB',
    value: ({ memoryUsageMb }) => memoryUsageMb,
    rule: limited('maxMemoryUsageMb', 'above'),
    message: (value, limit) => `the program uses ${value.toFixed(0)} MiB of memory (limit ${limit} MiB)`,
  },
  {
    declaration: {
      code: 'cpu-high',
      severities: ['warning'],
      help: 'The processor is busier than `thresholds.maxCpuUsagePercent`.',
      action: 'See whether it is this program (top), then infer less often, choose a smaller variant or drop a camera.',
    },
    unit: '%',
    value: ({ cpuUsagePercent }) => cpuUsagePercent,
    rule: limited('maxCpuUsagePercent', 'above', 5),
    message: (value, limit) => `the processor is ${value.toFixed(0)} % busy (limit ${limit} %)`,
  },
  {
    declaration: {
      code: 'cache-hit-low',
      severities: ['info'],
      help: "Fewer of the cache's lookups are hits than `thresholds.minCacheHitRate`.",
      action: 'Give the cache more memory (cache.memoryBytes) or another cache.strategy.',
    },
    unit: '',
    value: ({ cacheHitRate }) => cacheHitRate,
    rule: limited('minCacheHitRate', 'below', 5),
    message: (value, limit) => `${percent(value)} of the cache's lookups are hits (limit ${percent(limit)})`,
  },
  {
    declaration: {
      code: 'errors-high',
      severities: ['warning'],
      help: 'More frames get no answer because something failed than `thresholds.maxErrorRate`.',
      action: 'See the causes (frames_dropped) and the log of the detector workers.',
    },
    unit: '',
    value: ({ errorRate }) => errorRate,
    rule: limited('maxErrorRate', 'above'),
    message: (value, limit) => `${percent(value)} of the frames get no answer (limit ${percent(limit)})`,
  },
  {
    declaration: {
      code: 'temperature-high',
      severities: ['warning'],
      help: 'A sensor of the machine is hotter than `thresholds.maxTemperatureC`.',
      action: 'Check the fan, the vents and the sun on the cabinet.',
    },
    unit: '°C',
    value: ({ temperatureC }) => temperatureC,
    rule: limited('maxTemperatureC', 'above'),
    message: (value, limit) => `the machine is at ${value.toFixed(0)} °C (limit ${limit} °C)`,
  },
  {
    declaration: {
      code: 'disk-low',
      severities: ['warning'],
      help: 'Less of the disk of `store.dir` is free than `thresholds.minDiskFreePercent`.',
      action: 'See what fills it (du), remove what is not needed, or lower the quotas of what is kept.',
    },
    unit: '%',
    value: ({ diskFreePercent }) => diskFreePercent,
    rule: limited('minDiskFreePercent', 'below'),
    message: (value, limit) => `${value.toFixed(1)} % of the disk of store.dir is free (limit ${limit} %)`,
  },
  {
    declaration: {
      code: 'camera-poor',
      severities: ['warning'],
      help: 'The connection of more cameras than `thresholds.maxPoorCameras` is poor for five times `thresholds.holdS`.',
      action: 'Check the cable, the switch and the load of those cameras.',
    },
    unit: 'cameras',
    value: ({ poorCameras: poor }) => poor.length,
    rule: poorCameras,
    message: (_value, _limit, { poorCameras: poor }) => `poor connection to ${poor.join(', ')}`,
  },
  {
    declaration: {
      code: 'broker-away',
      severities: ['warning'],
      help: 'There is no connection to the broker for longer than `thresholds.maxBrokerAwayS`; the message says why. What must arrive waits in the outbox.',
      action: 'Check the uplink and the broker; docs/mqtt.md lists what a broker says and what to do.',
    },
    unit: 's',
    value: ({ brokerAwayS }) => brokerAwayS,
    rule: ({ maxBrokerAwayS }) =>
      maxBrokerAwayS === 0 ? null : { limit: maxBrokerAwayS, bad: 'above', hysteresis: 1, holdMs: 0 },
    message: (value, _limit, { brokerProblem }) =>
      `the broker is away for ${spanInWords(value)}${brokerProblem === null ? '' : `: ${brokerProblem.message}`}`,
    details: ({ brokerProblem }) => (brokerProblem === null ? undefined : { kind: brokerProblem.kind }),
    // an outage of a day is one story, not a row of them
    news: 1,
  },
  {
    declaration: {
      code: 'clock-jumped',
      severities: ['info'],
      help: 'The clock of the machine was set by more than `thresholds.maxClockJumpMs`, within the last ten minutes.',
      action:
        'Check that it is synchronised (timedatectl) and that its battery holds; times before the jump are off by it.',
    },
    unit: 'ms',
    value: ({ clockJumpMs }) => clockJumpMs,
    rule: ({ maxClockJumpMs }) =>
      maxClockJumpMs === 0 ? null : { limit: maxClockJumpMs, bad: 'above', hysteresis: 0, holdMs: 0 },
    message: (value) => `the clock of the machine was set by ${(value / 1000).toFixed(1)} s`,
  },
];

/** Those that look at cameras alone. */
export const CAMERA_THRESHOLDS = THRESHOLDS.filter(({ unit }) => unit === 'cameras');

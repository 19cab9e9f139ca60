import { cpus } from 'node:os';
import type { ThresholdsConfig } from '../../config/config.js';
import { sum } from '../../foundation/statistics.js';
import { Alerts, type AlertTransition } from '../alerts/alerts.js';
import { ThresholdAlerts } from '../alerts/threshold-alerts.js';
import { mergedCounts } from '../metrics/histogram.js';
import { Metrics } from '../metrics/metrics.js';
import { ProcessMetrics } from '../metrics/process-metrics.js';
import { joinMonitors } from './default-monitor.js';
import type { LoadCounts } from './load-window.js';
import type { Operation } from './operation.js';
import { PerformanceMonitor } from './performance-monitor.js';
import { PROGRAM_THRESHOLDS } from './program-thresholds.js';

interface TierLookups {
  readonly hits: number;
  readonly misses: number;
}

/** A cache whose hit rate is watched, as `edge-inference-optimizer/cache` makes them. */
export interface WatchedCache {
  getStats(): { readonly memory: TierLookups | null; readonly disk?: TierLookups | null };
}

/** What of a program is watched, and who hears of it. */
export interface ProgramTelemetryOptions {
  /** Limits that alerts are raised by; what is left out has the default of docs/performance.md. 0 watches nothing. */
  readonly thresholds?: Partial<ThresholdsConfig>;
  /** The component whose operations are the answers of the program (`api`); default: every measured operation. */
  readonly component?: string;
  readonly cache?: WatchedCache;
  /** Hears of each alert that is raised, changed, cleared. */
  readonly onAlert?: (transition: AlertTransition) => void;
}

/** Looks once a second that lie between two looks at the thresholds. */
const LOOK_SAMPLES = 5;
const WINDOW_MS = 60_000;
/** What a program without cameras, sensors and a broker has no reading of. */
const NO_DEVICE = {
  temperatureC: null,
  diskFreePercent: null,
  poorCameras: [],
  brokerAwayS: null,
  brokerProblem: null,
  clockJumpMs: null,
};

/**
 * How a program does that is no device: its measured operations, memory, processor and event-loop delay, alerts by thresholds, and all
 * of it as text for Prometheus. From `start` to `stop` `measurePerformance` and `performanceMonitor` of the package belong to it,
 * unless an engine or another one came before. No timer of it keeps the program alive.
 *
 * @example
 * ```ts
 * const telemetry = new ProgramTelemetry({ thresholds: { maxResponseTimeMs: 200 }, onAlert: ({ kind, code }) => console.log(kind, code) });
 * telemetry.start();
 * const read = telemetry.monitor.measurePerformance('plates', 'read')(async (picture: Uint8Array) => picture.length);
 * await read(new Uint8Array(1000));
 * console.log(await telemetry.metrics.prometheus());
 * telemetry.stop();
 * ```
 */
export class ProgramTelemetry {
  readonly monitor: PerformanceMonitor;
  readonly metrics = new Metrics();
  readonly alerts = new Alerts(Date.now);
  /** Memory and processor time of the process, and how late its timers are: `eventLoopDelayP99`, ms over the last 5 s. */
  readonly processes = new ProcessMetrics();
  readonly #thresholds: ThresholdAlerts;
  readonly #component: string | null;
  readonly #cache: WatchedCache | null;
  #ticks = processorTicks();
  #samples = 0;
  #leave: (() => void) | null = null;

  /** @throws RangeError where a threshold is none, with every problem */
  constructor({ thresholds = {}, component, cache, onAlert }: ProgramTelemetryOptions = {}) {
    this.monitor = new PerformanceMonitor(thresholds, () => this.#counts());
    this.#component = component ?? null;
    this.#cache = cache ?? null;
    this.#thresholds = new ThresholdAlerts(this.alerts, PROGRAM_THRESHOLDS);
    this.alerts.declare(this.#thresholds.declarations);
    if (onAlert) this.alerts.onTransition(onAlert);
    this.metrics.register([...this.monitor.metrics, ...this.processes.rows]);
    this.metrics.follow({ sample: (now) => this.sample(now) });
  }

  /** Begins to look once a second. */
  start(): void {
    if (this.#leave) return;
    this.#leave = joinMonitors(this.monitor);
    this.processes.start();
    this.metrics.start();
  }

  stop(): void {
    this.metrics.stop();
    this.processes.stop();
    this.#leave?.();
    this.#leave = null;
  }

  /** One look; the timer calls it. @param now ms on a clock that only goes forward */
  sample(now: number): void {
    this.processes.sample();
    this.monitor.sample(now);
    if (this.#samples++ % LOOK_SAMPLES !== 0) return;
    const load = this.monitor.load(WINDOW_MS);
    const { p95ResponseTimeMs: responseTimeMs, memoryUsageMb, cpuUsagePercent, cacheHitRate, errorRate } = load;
    const readings = { ...NO_DEVICE, responseTimeMs, memoryUsageMb, cpuUsagePercent, cacheHitRate, errorRate };
    this.#thresholds.look(now, readings, this.monitor.thresholds);
  }

  #counts(): LoadCounts {
    const operations = this.#answering();
    const latencies = operations.map(({ latency }) => latency);
    const failed = sum(operations.map(({ errors }) => errors));
    return {
      answered: sum(operations.map(({ calls }) => calls)) - failed,
      failed,
      responseSumMs: sum(latencies.map((one) => one.sum)),
      responses: mergedCounts(latencies),
      cpu: this.#cpu(),
      memoryBytes: process.memoryUsage.rss(),
      ...this.#lookups(),
    };
  }

  #answering(): readonly Operation[] {
    const component = this.#component;
    return [...this.monitor.operations.all].filter((one) => component === null || one.component === component);
  }

  /** Those that neither tier could answer are misses. */
  #lookups(): { cacheHits: number; cacheMisses: number } {
    const { memory = null, disk = null } = this.#cache?.getStats() ?? {};
    return { cacheHits: (memory?.hits ?? 0) + (disk?.hits ?? 0), cacheMisses: (disk ?? memory)?.misses ?? 0 };
  }

  /** 0 to 1 of all cores since it was asked before; null where no time has passed for them. */
  #cpu(): number | null {
    const before = this.#ticks;
    this.#ticks = processorTicks();
    const all = this.#ticks.all - before.all;
    return all > 0 ? 1 - (this.#ticks.idle - before.idle) / all : null;
  }
}

/** ms of all cores together since the machine started. */
function processorTicks(): { readonly idle: number; readonly all: number } {
  let [idle, all] = [0, 0];
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, all };
}

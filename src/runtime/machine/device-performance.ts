import type { Cache } from '../../cache/cache.js';
import type { SourceHealth } from '../../capture/source.js';
import type { Config } from '../../config/config.js';
import { type Clock, systemClock } from '../../foundation/clock.js';
import type { HttpRoute } from '../../foundation/http-route.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { TenantId } from '../../foundation/scope.js';
import { mean, sum } from '../../foundation/statistics.js';
import type { Viewer } from '../../foundation/viewer.js';
import { json } from '../../http/server.js';
import { logAlerts } from '../../telemetry/alerts/alert-log.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';
import { ThresholdAlerts } from '../../telemetry/alerts/threshold-alerts.js';
import { CAMERA_THRESHOLDS, THRESHOLDS, type ThresholdReadings } from '../../telemetry/alerts/thresholds.js';
import { mergedCounts, mergedRecentQuantile } from '../../telemetry/metrics/histogram.js';
import type { Metrics, Sampled } from '../../telemetry/metrics/metrics.js';
import type { ProcessMetrics } from '../../telemetry/metrics/process-metrics.js';
import type { PublisherState } from '../../telemetry/mqtt/publisher.js';
import type { LoadCounts } from '../../telemetry/performance/load-window.js';
import { PerformanceMonitor, type PerformanceSummary } from '../../telemetry/performance/performance-monitor.js';
import type { CameraAlerts } from '../alerts/camera-alerts.js';
import type { Cameras } from '../cameras/cameras.js';
import type { DeviceMachine } from './device-machine.js';

/** ms for which a jump of the clock counts. */
const JUMP_WINDOW_MS = 600_000;

/** What the thresholds look at of the machine; null: no reading. */
export interface WatchedMachine {
  /** 0..1 of all cores. */
  readonly cpu: number | null;
  /** °C of the hottest sensor. */
  readonly temperatureC: number | null;
  /** 0..1 of the disk of store.dir. */
  readonly diskFree: number | null;
  /** ms, the largest jump of the clock within the last ten minutes; 0 where there was none. */
  readonly clockJumpMs: number | null;
}

/** What the thresholds look at, out of all that is read of the machine. */
export function watchedMachine({ machine }: DeviceMachine): WatchedMachine {
  const busy = machine.processor.total?.busy ?? null;
  const space = machine.diskSpace.space.get('store') ?? null;
  return {
    cpu: busy === null ? null : busy / 100,
    temperatureC: machine.temperature,
    diskFree: space === null ? null : 1 - space.usedPercent / 100,
    clockJumpMs: machine.clock.largestJump(JUMP_WINDOW_MS) * 1000,
  };
}

/** What the monitor looks at of the cameras. */
export interface WatchedCameras extends Pick<Cameras, 'latencies' | 'outcomes'> {
  readonly all: readonly { readonly id: string; connection(): Pick<SourceHealth, 'connectionQuality'> }[];
}

export interface DevicePerformanceParts {
  readonly config: Pick<Config, 'thresholds'>;
  readonly alerts: Alerts;
  readonly cameraAlerts: CameraAlerts;
  readonly metrics: Metrics;
  readonly processes: Pick<ProcessMetrics, 'totalBytes'>;
  readonly machine: () => WatchedMachine;
  readonly caches: { readonly all: readonly Pick<Cache, 'getStats'>[] };
  readonly cameras: WatchedCameras;
  /** Of the connection to the broker; null where none is wanted. */
  readonly brokerLink: () => Pick<PublisherState, 'phase' | 'problem'> | null;
  /** Whether any worker takes frames. */
  readonly detectorServes: () => boolean;
  readonly log: Log;
}

/** How the cameras of a tenant are answered. */
export interface TenantPerformance {
  /** Median and p95 of the last 10 to 20 s, from capture to the answer; null before the first. */
  readonly responseTimeMs: number | null;
  readonly p95ResponseTimeMs: number | null;
  /** Frames since the start: answered; lost because something failed; dropped for want of time. */
  readonly answered: number;
  readonly failed: number;
  readonly outrun: number;
}

/** Looks once a second that lie between two looks at the thresholds. */
const LOOK_SAMPLES = 5;
const WINDOW_MS = 60_000;

/** The performance monitor of the device: measured operations, the load of the last hour, thresholds and their alerts. */
export class DevicePerformance implements Part, Sampled {
  readonly name = 'performance';
  readonly essential = true;
  readonly monitor: PerformanceMonitor;
  readonly metrics;
  readonly alerts = THRESHOLDS.map(({ declaration }) => declaration);
  readonly settings = [
    {
      path: 'thresholds',
      requiresRestart: false,
      apply: (value: unknown, path: string) => {
        this.monitor.thresholds = { [path.slice('thresholds.'.length)]: value };
      },
    },
  ];
  /** `/api/performance`: how the program did over the last minute; to a tenant, how its cameras were answered. */
  readonly routes: readonly HttpRoute[] = [
    { path: '/api/performance', openTo: 'tenants', handle: (_, viewer) => json(rounded(this.#summaryFor(viewer))) },
  ];
  readonly #parts: DevicePerformanceParts;
  /** Tenants' look at their cameras alone. */
  readonly #thresholds: ReadonlyMap<TenantId, ThresholdAlerts>;
  readonly #clock: Clock;
  /** Readings of the processor since the load was last counted. */
  #cpu: number[] = [];
  /** Frames that were dropped for want of time, and those of them that no worker was there for. */
  #outrun = 0;
  #unserved = 0;
  #samples = 0;
  #isRunning = false;
  #wasConnected = false;
  /** ms on the clock of `sample`; null while the broker is there, or none is wanted. */
  #brokerAwaySince: number | null = null;

  constructor(parts: DevicePerformanceParts, clock = systemClock) {
    this.#parts = parts;
    this.#clock = clock;
    this.monitor = new PerformanceMonitor(parts.config.thresholds, () => this.#counts());
    this.metrics = this.monitor.metrics;
    const { cameraAlerts, log } = parts;
    const ofCameras = CAMERA_THRESHOLDS.map(({ declaration }) => declaration);
    cameraAlerts.declare(ofCameras);
    logAlerts(parts.alerts, this.alerts, log);
    for (const [tenant, alerts] of cameraAlerts.tenants) logAlerts(alerts, ofCameras, log.child({ tenant }));
    this.#thresholds = new Map(
      [...cameraAlerts.owners].map(([tenant, alerts]) => [
        tenant,
        new ThresholdAlerts(alerts, tenant === null ? THRESHOLDS : CAMERA_THRESHOLDS),
      ]),
    );
    parts.metrics.follow(this);
  }

  start(): void {
    this.#isRunning = true;
  }

  stop(): void {
    this.#isRunning = false;
  }

  /** @param now ms on a clock that only goes forward */
  sample(now: number): void {
    if (!this.#isRunning) return;
    const { cpu } = this.#parts.machine();
    if (cpu !== null) this.#cpu.push(cpu);
    this.#countUnserved();
    this.monitor.sample(now);
    if (this.#samples++ % LOOK_SAMPLES === 0) {
      this.#look(now);
    }
  }

  #summaryFor(viewer: Viewer): PerformanceSummary | TenantPerformance {
    if (viewer.kind === 'operator') return this.monitor.getPerformanceSummary();
    const { cameras } = this.#parts;
    const latencies = cameras.latencies(viewer.sees);
    const { answered, failed, outrun } = cameras.outcomes(viewer.sees);
    return {
      responseTimeMs: mergedRecentQuantile(latencies, 0.5),
      p95ResponseTimeMs: mergedRecentQuantile(latencies, 0.95),
      answered,
      failed,
      outrun,
    };
  }

  #look(now: number): void {
    const { cameras, cameraAlerts } = this.#parts;
    const readings = this.#readings(now);
    const poor = cameras.all.filter((camera) => camera.connection().connectionQuality === 'poor');
    for (const { tenant, own } of cameraAlerts.apart(poor)) {
      const poorCameras = own.map(({ id }) => id);
      this.#thresholds.get(tenant)!.look(now, { ...readings, poorCameras }, this.monitor.thresholds);
    }
  }

  #counts(): LoadCounts {
    const { cameras, processes } = this.#parts;
    const latencies = cameras.latencies();
    const responses = mergedCounts(latencies);
    const responseSumMs = sum(latencies.map((one) => one.sum));
    const { answered, failed: lost } = cameras.outcomes();
    const failed = lost + this.#unserved;
    const { cacheHits, cacheMisses } = this.#lookups();
    const memoryBytes = processes.totalBytes;
    const cpu = this.#cpuSinceCount();
    return { answered, failed, cacheHits, cacheMisses, responseSumMs, responses, cpu, memoryBytes };
  }

  /** A frame that waits for a worker while none serves is dropped as one that came too fast, but it is the detector that failed. */
  #countUnserved(): void {
    const { outrun } = this.#parts.cameras.outcomes();
    if (!this.#parts.detectorServes()) this.#unserved += outrun - this.#outrun;
    this.#outrun = outrun;
  }

  /** Single seconds vary much: their mean, 0..1; null where there was no reading. */
  #cpuSinceCount(): number | null {
    const read = this.#cpu;
    this.#cpu = [];
    return mean(read);
  }

  /** Those that neither tier could answer are misses. */
  #lookups() {
    let [cacheHits, cacheMisses] = [0, 0];
    for (const cache of this.#parts.caches.all) {
      const { memory, disk } = cache.getStats();
      cacheHits += (memory?.hits ?? 0) + (disk?.hits ?? 0);
      cacheMisses += (disk ?? memory)?.misses ?? 0;
    }
    return { cacheHits, cacheMisses };
  }

  #readings(now: number): Omit<ThresholdReadings, 'poorCameras'> {
    const { machine } = this.#parts;
    const load = this.monitor.load(WINDOW_MS);
    const { temperatureC, diskFree, clockJumpMs } = machine();
    return {
      responseTimeMs: load.p95ResponseTimeMs,
      memoryUsageMb: load.memoryUsageMb,
      cpuUsagePercent: load.cpuUsagePercent,
      cacheHitRate: load.cacheHitRate,
      errorRate: load.errorRate,
      temperatureC,
      diskFreePercent: diskFree === null ? null : diskFree * 100,
      brokerAwayS: this.#brokerAwayS(now),
      brokerProblem: this.#parts.brokerLink()?.problem ?? null,
      clockJumpMs,
    };
  }

  #brokerAwayS(now: number): number | null {
    const link = this.#parts.brokerLink();
    if (link === null) return null;
    if (link.phase === 'connected') {
      this.#wasConnected = true;
      this.#brokerAwaySince = null;
    } else this.#brokerAwaySince ??= now - (this.#wasConnected ? 0 : this.#brokerAwayBeforeMs());
    return this.#brokerAwaySince === null ? 0 : (now - this.#brokerAwaySince) / 1000;
  }

  /** ms for which it had been away when the program started, as far as an alert of the earlier run says so. */
  #brokerAwayBeforeMs(): number {
    const earlier = this.#parts.alerts.state('broker-away')?.alert;
    if (!earlier) return 0;
    const limitMs = this.monitor.thresholds.maxBrokerAwayS * 1000;
    return limitMs + Math.max(1000, this.#clock.unixNow() - earlier.since);
  }
}

/** Four digits: what lies behind them is noise, and in the way of whoever reads it. */
function rounded(summary: object): unknown {
  return JSON.parse(
    JSON.stringify(summary, (name, value) => (isLoose(name, value) ? Number(value.toPrecision(4)) : value)),
  );
}

/** Counts and times stay exact. */
const isLoose = (name: string, value: unknown): value is number =>
  typeof value === 'number' && name !== 'at' && !Number.isInteger(value);

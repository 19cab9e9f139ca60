import type { AlertsConfig } from '../../config/config.js';
import { type Clock, systemClock } from '../../foundation/clock.js';
import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { TenantId } from '../../foundation/scope.js';
import { AlertBaselines } from '../../store/alert-baselines.js';
import type { SeriesRow } from '../../store/series/rollup.js';
import type { StoreFile } from '../../store/store-file.js';
import {
  AdaptiveAlerts,
  type MinuteReading,
  MOST_WATCHED_SERIES,
} from '../../telemetry/alerts/adaptive/adaptive-alerts.js';
import { DEGRADATIONS, WATCHED_METRICS } from '../../telemetry/alerts/adaptive/watched-metric.js';
import { logAlerts } from '../../telemetry/alerts/alert-log.js';
import { DRIFTS } from '../../telemetry/alerts/drift/watched-drift.js';
import type { DeviceSeries } from '../history/device-series.js';
import type { CameraAlerts } from './camera-alerts.js';
import { DriftAlerts } from './drift-alerts.js';

export interface DeviceDegradationParts {
  readonly cameraAlerts: Pick<CameraAlerts, 'owners' | 'tenants' | 'declare' | 'ownerOf'>;
  /** `history.db`, which is open when this part starts. */
  readonly file: StoreFile;
  readonly series: Pick<DeviceSeries, 'onMinute' | 'reader'>;
  readonly log: Log;
}

const HOUR_MS = 3_600_000;
const DECLARED = [...DEGRADATIONS, ...DRIFTS];
/** What was learned is saved so often: a kill costs that much of it, and flash is written 0.8 MB each time with 30 series. */
const SAVE_EVERY_MS = 12 * HOUR_MS;
/** What is older belongs to cameras that are gone. */
const FORGET_MS = 30 * 24 * HOUR_MS;
/** Series that the log names of those that there is no room for. */
const NAMED_REFUSED = 3;

/** Watches metrics for what is worse than usual: learns it minute by minute, tells it as alerts, and knows it after a restart. */
export class DeviceDegradation implements Part {
  readonly name = 'degradation';
  readonly essential = false;
  readonly alerts = DECLARED;
  readonly #parts: DeviceDegradationParts;
  readonly #clock: Clock;
  readonly #isWanted: boolean;
  /** Of the device itself at null, without the cameras of tenants; and of each tenant's cameras. */
  readonly #adaptive: ReadonlyMap<TenantId, AdaptiveAlerts>;
  readonly #baselines: AlertBaselines;
  readonly #drifts: DriftAlerts;
  #isRunning = false;
  #savedAt = 0;
  #toldRefused = false;
  #toldFailure = false;

  constructor({ adaptive, learnHours, watch }: AlertsConfig, parts: DeviceDegradationParts, clock = systemClock) {
    this.#parts = parts;
    this.#clock = clock;
    this.#isWanted = adaptive;
    const { cameraAlerts, log } = parts;
    cameraAlerts.declare(DECLARED);
    this.#adaptive = new Map(
      [...cameraAlerts.owners.keys()].map((owner) => [
        owner,
        new AdaptiveAlerts(watch ?? WATCHED_METRICS, learnHours * 60),
      ]),
    );
    this.#baselines = new AlertBaselines(parts.file);
    this.#drifts = new DriftAlerts(parts.series.reader, cameraAlerts);
    for (const [tenant, alerts] of cameraAlerts.owners) {
      logAlerts(alerts, DECLARED, tenant === null ? log : log.child({ tenant }));
    }
    parts.series.onMinute((t, rows) => this.#see(t, rows));
  }

  start(): void {
    if (!this.#isWanted) return;
    const saved = this.#baselines.all();
    for (const { series, state } of saved) this.#adaptiveOf(series).restore(series, state);
    // a clock that is far ahead makes nothing old
    const now = Math.min(this.#clock.unixNow(), saved[0]?.savedAt ?? 0);
    this.#baselines.forget(now - FORGET_MS);
    this.#savedAt = this.#clock.now();
    this.#isRunning = true;
  }

  /** Has all that was learned saved. */
  stop(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#saveAll();
  }

  #see(t: number, rows: readonly SeriesRow[]): void {
    if (!this.#isRunning) return;
    try {
      this.#look(t, rows);
    } catch (error) {
      if (!this.#toldFailure)
        this.#parts.log.error({ reason: explain(error) }, 'metrics are not watched for degradation');
      this.#toldFailure = true;
    }
  }

  #look(t: number, rows: readonly SeriesRow[]): void {
    const { cameraAlerts } = this.#parts;
    const now = this.#clock.now();
    const isTimeToSave = now - this.#savedAt >= SAVE_EVERY_MS;
    for (const [owner, adaptive] of this.#adaptive) {
      const own = rows.filter(({ labels }) => this.#ownerOf(labels['camera']) === owner);
      const { alerts, changed } = adaptive.see(t, own.map(readingOf));
      for (const { code, alert } of alerts) cameraAlerts.owners.get(owner)!.set(code, alert);
      if (!isTimeToSave) this.#save(adaptive, changed);
    }
    if (isTimeToSave) {
      this.#savedAt = now;
      this.#saveAll();
    }
    this.#tellRefused();
    this.#drifts.look(this.#clock.unixNow());
  }

  /** What is of no camera is the device's. */
  #ownerOf(camera: string | undefined): TenantId {
    return camera === undefined ? null : this.#parts.cameraAlerts.ownerOf(camera);
  }

  /** @param series `latency_p95.north`: the camera is one of what stands behind the metric's name */
  #adaptiveOf(series: string): AdaptiveAlerts {
    const [, ...labels] = series.replace(/ .*/, '').split('.');
    const owner = labels.map((label) => this.#ownerOf(label)).find((tenant) => tenant !== null) ?? null;
    return this.#adaptive.get(owner)!;
  }

  #saveAll(): void {
    for (const adaptive of this.#adaptive.values()) this.#save(adaptive, adaptive.keys);
  }

  #save(adaptive: AdaptiveAlerts, keys: readonly string[]): void {
    const savedAt = this.#clock.unixNow();
    for (const series of keys) {
      const state = adaptive.state(series);
      if (state !== null) this.#baselines.save({ series, savedAt, state });
    }
  }

  #tellRefused(): void {
    const refused = [...this.#adaptive.values()].flatMap((adaptive) => adaptive.refused);
    if (refused.length === 0 || this.#toldRefused) return;
    this.#toldRefused = true;
    const named = refused.slice(0, NAMED_REFUSED).join(', ');
    this.#parts.log.warn(
      { watched: MOST_WATCHED_SERIES, refused: refused.length },
      `${MOST_WATCHED_SERIES} series are watched for being worse than usual, as many as there is room for, and ${refused.length} are not: ${named}${refused.length > NAMED_REFUSED ? ', …' : ''}; alerts.watch chooses the metrics that matter, and without frames_dropped a camera has 6 series instead of 16 (docs/alerts.md)`,
    );
  }
}

function readingOf({ name, unit, kind, point }: SeriesRow): MinuteReading {
  return { name, unit, value: kind === 'histogram' ? point.p95 : point.mean };
}

import type { TenantId } from '../../foundation/scope.js';
import type { KeptSeries } from '../../store/series/joined-series.js';
import type { SeriesKey } from '../../store/series/rollup.js';
import { DriftWatch } from '../../telemetry/alerts/drift/drift-watch.js';
import type { DriftVerdict } from '../../telemetry/alerts/drift/slow-drift.js';
import type { LoadedHour } from '../../telemetry/alerts/drift/usual-at-load.js';
import { driftAlert, WATCHED_DRIFTS, type WatchedDrift } from '../../telemetry/alerts/drift/watched-drift.js';
import type { CameraAlerts } from './camera-alerts.js';

interface Watched {
  readonly of: WatchedDrift;
  readonly key: SeriesKey;
  readonly watch: DriftWatch;
  verdict: DriftVerdict | null;
  /** Unix ms of the last look. */
  lookedAt: number;
}

const HOUR_MS = 3_600_000;
/** Bounds what a burst of cameras with other names may cost; it is more than a device has. */
const MOST_WATCHED = 128;
/** A series that the history has nothing new of for so long is of a camera that is gone. */
const GONE_MS = 3 * 24 * HOUR_MS;

/**
 * Compares the last days of accuracy and latency with the weeks before, from the hours that the history keeps: one series at a call, each
 * once an hour, so that no minute has much to do.
 */
export class DriftAlerts {
  readonly #reader: KeptSeries;
  readonly #cameraAlerts: Pick<CameraAlerts, 'owners' | 'ownerOf'>;
  readonly #watched = new Map<string, Watched>();

  constructor(reader: KeptSeries, cameraAlerts: Pick<CameraAlerts, 'owners' | 'ownerOf'>) {
    this.#reader = reader;
    this.#cameraAlerts = cameraAlerts;
  }

  /** To be called once a minute. @param now Unix ms */
  look(now: number): void {
    this.#follow(now);
    const due = [...this.#watched.values()]
      .filter(({ lookedAt }) => Math.abs(now - lookedAt) >= HOUR_MS)
      .sort((a, b) => a.lookedAt - b.lookedAt)[0];
    if (due === undefined) return;
    due.lookedAt = now;
    due.verdict = due.watch.look(now, (from, to) => this.#hours(due, from, to));
    this.#tell(due.of);
  }

  #follow(now: number): void {
    for (const of of WATCHED_DRIFTS) {
      const entries = this.#reader.find({ metric: of.metric }).filter(({ lastAt }) => now - lastAt < GONE_MS);
      const names = new Set(entries.map(({ key }) => key.name));
      for (const [name, watched] of this.#watched) {
        if (watched.of !== of || names.has(name)) continue;
        this.#watched.delete(name);
        if (watched.verdict !== null) this.#tell(of);
      }
      for (const { key } of entries) {
        if (this.#watched.has(key.name) || this.#watched.size >= MOST_WATCHED) continue;
        const lookedAt = Number.NEGATIVE_INFINITY;
        this.#watched.set(key.name, { of, key, watch: new DriftWatch(of.rule), verdict: null, lookedAt });
      }
    }
  }

  #tell(of: WatchedDrift): void {
    const drifting = [...this.#watched.values()].filter((one) => one.of === of && one.verdict !== null);
    for (const [owner, alerts] of this.#cameraAlerts.owners) {
      const own = drifting.filter(({ key }) => this.#ownerOf(key) === owner);
      alerts.set(
        of.code,
        driftAlert(
          of,
          own.map(({ key, verdict }) => ({ series: key.name, verdict: verdict! })),
        ),
      );
    }
  }

  /** What is of no camera is the device's. */
  #ownerOf({ labels: { camera } }: SeriesKey): TenantId {
    return camera === undefined ? null : this.#cameraAlerts.ownerOf(camera);
  }

  #hours({ of, key }: Watched, from: number, to: number): LoadedHour[] {
    const { camera } = key.labels;
    const labels = camera === undefined ? {} : { camera };
    const loads = new Map<number, number>();
    for (const { points } of this.#reader.query({ metric: of.load, labels, from, to, stepMs: HOUR_MS })) {
      for (const { t, mean } of points) loads.set(t, (loads.get(t) ?? 0) + mean);
    }
    const answers = this.#reader.query({ metric: key.name, from, to, stepMs: HOUR_MS });
    return answers.flatMap(({ points }) =>
      points.map(({ t, mean }) => ({ t, value: mean, load: loads.get(t) ?? null })),
    );
  }
}

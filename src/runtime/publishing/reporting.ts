import { ACCURACY_FLOOR_MISSED, missedFloors } from '../../answer/audit/alerts.js';
import { CAMERA_LOST, lostCameras } from '../../capture/alerts.js';
import type { PublishConfig } from '../../config/config.js';
import { type CommandCall, declareCommand } from '../../foundation/command.js';
import type { HttpRoute } from '../../foundation/http-route.js';
import type { Part } from '../../foundation/part.js';
import type { TenantId } from '../../foundation/scope.js';
import { z } from '../../foundation/validate.js';
import { json } from '../../http/server.js';
import { implausibleCameras, PLAUSIBILITY_ALERTS } from '../../plausibility/alerts.js';
import { type Alerts, MAX_SNOOZE_MS } from '../../telemetry/alerts/alerts.js';
import type { CameraAlerts } from '../alerts/camera-alerts.js';
import type { Camera } from '../cameras/camera.js';
import type { Cameras } from '../cameras/cameras.js';
import type { DevicePublisher } from './device-publisher.js';
import { PublisherNews } from './publisher-news.js';

export interface ReportingParts {
  readonly config: PublishConfig;
  readonly cameras: Cameras;
  readonly cameraAlerts: CameraAlerts;
  /** Who tells what is of a tenant's cameras (null: of the device's own). */
  readonly publisherOf: (tenant: TenantId) => DevicePublisher;
}

/** Alerts wait no longer for a look, however seldom metrics are told, ms. */
const LONGEST_TICK_MS = 10_000;

const REPORTED_ALERTS = [CAMERA_LOST, ACCURACY_FLOOR_MISSED, ...PLAUSIBILITY_ALERTS];

/** What somebody calls themselves. */
const who = z.string().min(1).max(40);

const named = (by: string | undefined, call: CommandCall): string =>
  by === undefined ? `key ${call.by}` : `${by} (key ${call.by})`;

/** Tells now and then how the cameras do: metrics, the alerts that follow from them, the report on accuracy. */
export class Reporting implements Part {
  readonly name = 'reporting';
  readonly essential = true;
  readonly alerts = REPORTED_ALERTS;
  /** `/alerts`: those that hold, oldest first, for whoever cannot hear the broker. */
  readonly routes: readonly HttpRoute[] = [
    {
      path: '/alerts',
      openTo: 'tenants',
      handle: (_, viewer) => json({ alerts: this.#parts.cameraAlerts.active(viewer) }),
    },
  ];
  readonly commands = [
    declareCommand({
      name: 'report',
      access: 'signed',
      help: 'All reports and all metrics now.',
      payload: z.strictObject({}),
      handle: () => this.#report(),
    }),
    declareCommand({
      name: 'acknowledge',
      access: 'signed',
      help: 'Somebody cares for an alert that holds, the device’s or that of a `tenant`: it stays, and says who. `by` is a name beside the id of the key.',
      payload: z.strictObject({
        code: z.string().min(1).max(63),
        tenant: z.string().min(1).max(63).optional(),
        by: who.optional(),
      }),
      handle: ({ code, tenant, by }, call) => this.#acknowledge(this.#alertsOf(tenant), code, named(by, call)),
    }),
    declareCommand({
      name: 'snooze',
      access: 'signed',
      help: 'Nobody is told of an alert for so many seconds (30 days at most), whether it holds now or begins later; 0 ends that.',
      payload: z.strictObject({
        code: z.string().min(1).max(63),
        tenant: z.string().min(1).max(63).optional(),
        forS: z
          .int()
          .min(0)
          .max(MAX_SNOOZE_MS / 1000),
        by: who.optional(),
      }),
      handle: ({ code, tenant, forS, by }, call) =>
        this.#snooze(this.#alertsOf(tenant), code, forS * 1000, named(by, call)),
    }),
  ];
  readonly #parts: ReportingParts;
  readonly settings = [
    {
      path: 'publish.metricsIntervalMs',
      requiresRestart: false,
      apply: (intervalMs: unknown) => this.#tellEvery(intervalMs as number),
    },
  ];
  /** By whose the cameras are, the device's own at null. */
  readonly #news: ReadonlyMap<TenantId, PublisherNews>;
  #intervalMs: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: ReportingParts) {
    this.#parts = parts;
    parts.cameraAlerts.declare(this.alerts);
    this.#intervalMs = parts.config.metricsIntervalMs;
    const { cameraAlerts, config, publisherOf } = parts;
    this.#news = new Map(
      [...cameraAlerts.owners.keys()].map((owner) => [
        owner,
        new PublisherNews(publisherOf(owner), config.metricsFullIntervalMs),
      ]),
    );
  }

  start(): void {
    const tickMs = Math.min(LONGEST_TICK_MS, this.#intervalMs);
    this.#timer = setInterval(() => this.#tell(), tickMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tellEvery(intervalMs: number): void {
    this.#intervalMs = intervalMs;
    if (this.#timer === null) return;
    this.stop();
    this.start();
  }

  #report(): { metrics: number; reports: number } {
    for (const news of this.#news.values()) news.reportAnew();
    this.#tell();
    const [device] = [...this.#news.values()].map((news) => news.tellAll());
    return { metrics: device!, reports: 2 };
  }

  /** Alerts of a tenant; of the device itself where none is named. @throws RangeError where there is no such tenant */
  #alertsOf(tenant: string | undefined): Alerts {
    const { owners, tenants } = this.#parts.cameraAlerts;
    const alerts = owners.get(tenant ?? null);
    if (alerts) return alerts;
    const names = tenants.map(([id]) => id).join(', ') || 'none';
    throw new RangeError(`tenant: expected one of ${names}, got ${tenant}`);
  }

  #acknowledge(alerts: Alerts, code: string, by: string): Record<string, unknown> {
    const { acknowledged, severity, since } = alerts.acknowledge(code, by);
    return { code, severity, since, acknowledged };
  }

  #snooze(alerts: Alerts, code: string, forMs: number, by: string): { code: string; until: number | null } {
    const now = Date.now();
    alerts.snooze(code, now + forMs, by);
    return { code, until: forMs === 0 ? null : now + forMs };
  }

  #tell(): void {
    const { cameras, cameraAlerts } = this.#parts;
    cameras.store();
    for (const { tenant, alerts, own } of cameraAlerts.apart(cameras.all)) {
      lookAt(own, alerts);
      const scenes = own.map(({ scene }) => scene);
      this.#news.get(tenant)!.tell(scenes, this.#intervalMs, { steady: performance.now(), wall: Date.now() });
    }
  }
}

/** Raises and clears what there is to say of cameras that belong together. */
function lookAt(cameras: readonly Camera[], alerts: Alerts): void {
  // nobody expects anything of a camera that is paused
  const watched = cameras.filter(({ isPaused }) => !isPaused);
  alerts.set(CAMERA_LOST.code, lostCameras(watched.map((camera) => ({ ...camera.connection(), id: camera.id }))));
  const judged = watched.map(({ id, watch }) => ({ id, implausible: watch.fault() }));
  for (const { code, alert } of implausibleCameras(judged)) alerts.set(code, alert);
  alerts.set(ACCURACY_FLOOR_MISSED.code, missedFloors(cameras.map(({ scene }) => scene)));
}

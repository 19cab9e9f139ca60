import { ACCURACY_FLOOR_MISSED, missedFloors } from '../answer/audit/alerts.js';
import { CAMERA_LOST, lostCameras } from '../capture/alerts.js';
import type { PublishConfig } from '../config/config.js';
import type { HttpRoute } from '../foundation/http-route.js';
import type { Part } from '../foundation/part.js';
import { json } from '../http/server.js';
import { implausibleCameras, PLAUSIBILITY_ALERTS } from '../plausibility/alerts.js';
import type { Alerts } from '../telemetry/alerts/alerts.js';
import { AccuracyReport } from './accuracy-report.js';
import type { Cameras } from './cameras.js';
import type { DevicePublisher } from './device-publisher.js';

export interface ReportingParts {
  readonly config: PublishConfig;
  readonly cameras: Cameras;
  readonly alerts: Alerts;
  readonly publisher: DevicePublisher;
}

/** Tells now and then how the cameras do: metrics, the alerts that follow from them, the report on accuracy. */
export class Reporting implements Part {
  readonly name = 'reporting';
  readonly essential = true;
  readonly alerts = [CAMERA_LOST, ACCURACY_FLOOR_MISSED, ...PLAUSIBILITY_ALERTS];
  /** `/alerts`: those that hold, oldest first, for whoever cannot hear the broker. */
  readonly routes: readonly HttpRoute[] = [
    { path: '/alerts', handle: () => json({ alerts: this.#parts.alerts.active() }) },
  ];
  readonly #parts: ReportingParts;
  readonly #accuracy = new AccuracyReport();
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: ReportingParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.#tell(), this.#parts.config.metricsIntervalMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tell(): void {
    const { cameras, alerts, publisher } = this.#parts;
    const scenes = cameras.all.map(({ scene }) => scene);
    cameras.store();
    alerts.set(CAMERA_LOST.code, lostCameras(cameras.all.map((camera) => ({ ...camera.connection(), id: camera.id }))));
    const judged = cameras.all.map(({ id, watch }) => ({ id, implausible: watch.fault() }));
    for (const { code, alert } of implausibleCameras(judged)) alerts.set(code, alert);
    alerts.set(ACCURACY_FLOOR_MISSED.code, missedFloors(scenes));
    publisher.tellMetrics();
    this.#accuracy.publish(scenes, publisher, Date.now());
  }
}

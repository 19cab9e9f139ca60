import { alertsRoutes } from '../../dashboard/api/alerts.js';
import { modelsRoutes } from '../../dashboard/api/models.js';
import { tuningRoutes } from '../../dashboard/api/tuning.js';
import { systemClock } from '../../foundation/clock.js';
import type { HttpRoute } from '../../foundation/http-route.js';
import type { Part } from '../../foundation/part.js';
import { DashboardAlerts, type DashboardAlertsParts } from './alerts.js';
import { InstalledModels } from './installed-models.js';
import { DashboardModels, type DashboardModelsParts } from './models.js';
import { DashboardTuning, type DashboardTuningParts } from './tuning.js';

export type DeviceDecisionsParts = Omit<DashboardTuningParts, 'installed' | 'clock'> &
  Omit<DashboardModelsParts, 'installed' | 'clock'> &
  Omit<DashboardAlertsParts, 'now'>;

/** What the device decided, what is wrong and what could answer, as pages show and change it: tuning, alerts, models. */
export class DeviceDecisions implements Part {
  readonly name = 'decisions';
  readonly essential = false;
  readonly routes: readonly HttpRoute[];

  constructor(parts: DeviceDecisionsParts) {
    const clock = systemClock;
    const installed = new InstalledModels(parts.config.model.dir, () => clock.now());
    const now = (): number => clock.unixNow();
    this.routes = [
      ...tuningRoutes(new DashboardTuning({ ...parts, installed, clock }), now),
      ...alertsRoutes(new DashboardAlerts({ ...parts, now }), now),
      ...modelsRoutes(new DashboardModels({ ...parts, installed, clock })),
    ];
  }

  start(): void {
    // the HTTP server serves what it brings
  }

  stop(): void {
    // and ends it
  }
}

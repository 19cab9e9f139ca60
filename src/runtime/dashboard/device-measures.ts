import type { Cache } from '../../cache/cache.js';
import { cacheRoutes } from '../../dashboard/api/cache.js';
import { databaseRoutes } from '../../dashboard/api/database.js';
import { performanceRoutes } from '../../dashboard/api/performance.js';
import { resourcesRoutes } from '../../dashboard/api/resources.js';
import { type Clock, systemClock } from '../../foundation/clock.js';
import type { HttpRoute } from '../../foundation/http-route.js';
import type { Part } from '../../foundation/part.js';
import type { TrialStore } from '../../store/trials.js';
import type { ProcessMetrics } from '../../telemetry/metrics/process-metrics.js';
import type { CacheStrategy } from '../../tune/strategies/cache-strategy.js';
import type { DeviceAlerts } from '../alerts/device-alerts.js';
import type { DeviceCommands } from '../commands/device-commands.js';
import type { DeviceDatabases } from '../device-databases.js';
import type { DeviceSeries } from '../history/device-series.js';
import type { DeviceMachine } from '../machine/device-machine.js';
import { cachePort } from './cache.js';
import { databasePort } from './databases.js';
import { Examinations } from './examinations.js';
import { resourcesPort } from './resources.js';

/** Parts that the measures of the dashboard are read from. */
export interface DeviceMeasuresParts {
  readonly series: Pick<DeviceSeries, 'reader'>;
  readonly alerts: Pick<DeviceAlerts, 'log'>;
  readonly commands: Pick<DeviceCommands, 'between'>;
  readonly trials: Pick<TrialStore, 'read'>;
  readonly cameras: () => readonly string[];
  readonly machine: Pick<DeviceMachine, 'machine' | 'identity'>;
  readonly processes: Pick<ProcessMetrics, 'uses'>;
  /** By id, the device's own first. */
  readonly caches: () => ReadonlyMap<string, Cache>;
  readonly cacheStrategy: Pick<CacheStrategy, 'simulated'>;
  readonly isSimulating: () => boolean;
  readonly databases: Pick<DeviceDatabases, 'all'>;
  /** Why nothing that costs much may be done now; null where it may. */
  readonly obstacle: () => string | null;
  readonly fsyncMs: () => number | null;
  readonly clock?: Clock;
}

/** What the pages about performance, resources, the cache and databases ask, over HTTP. */
export class DeviceMeasures implements Part {
  readonly name = 'measures';
  readonly essential = false;
  readonly routes: readonly HttpRoute[];
  readonly #examinations: Examinations;

  constructor(parts: DeviceMeasuresParts) {
    const { series, alerts, commands, trials, cameras, machine, processes, databases, obstacle, fsyncMs } = parts;
    const clock = parts.clock ?? systemClock;
    const now = (): number => clock.unixNow();
    this.#examinations = new Examinations({ databases: databases.all, obstacle, now });
    this.routes = [
      ...performanceRoutes({
        reader: () => series.reader,
        alerts: (query) => alerts.log(query),
        trials: (query) => trials.read(query),
        commands: (since, until, limit) => commands.between(since, until, limit),
        cameras,
        now,
      }),
      ...resourcesRoutes(resourcesPort({ machine, processes, reader: series.reader, now })),
      ...cacheRoutes(
        cachePort({
          caches: parts.caches,
          simulated: () => parts.cacheStrategy.simulated(),
          isSimulating: parts.isSimulating,
          trials,
          now,
        }),
      ),
      ...databaseRoutes(
        databasePort({ databases: databases.all, examinations: this.#examinations, fsyncMs, trials, now }),
      ),
    ];
  }

  start(): void {
    // what is asked is read when somebody asks
  }

  stop(): Promise<void> {
    return this.#examinations.stop();
  }
}

import type { CameraConfig, Config } from '../../config/config.js';
import { trafficForecastRoutes } from '../../dashboard/api/traffic.js';
import { TrafficCounter } from '../../events/traffic/traffic-counter.js';
import { trafficPayload } from '../../events/traffic/traffic-message.js';
import type { Clock } from '../../foundation/clock.js';
import type { Part } from '../../foundation/part.js';
import type { TenantId } from '../../foundation/scope.js';
import { zoneOfMachine } from '../../report/day/local-day.js';
import { JoinedTraffic } from '../../store/joined-traffic.js';
import type { StoreFile } from '../../store/store-file.js';
import { TrafficStore } from '../../store/traffic.js';
import type { TrafficInterval } from '../../store/traffic-counts.js';
import type { TrafficPayload } from '../../telemetry/mqtt/messages/traffic.js';
import { TrafficForecasts } from '../dashboard/traffic-forecasts.js';
import { trafficRoutes } from './traffic-route.js';

export interface DeviceTrafficParts {
  /** Where the counts of the device's own cameras are kept (null), and those of each tenant's. */
  readonly files: ReadonlyMap<TenantId, StoreFile>;
  /** Whose a camera is. */
  readonly ownerOf: (camera: string) => TenantId;
  /** Whether it will arrive: durable from then on. */
  readonly publisher: { traffic(camera: string, payload: TrafficPayload): void };
  readonly clock: Clock;
}

const TICK_MS = 1000;

/** What cameras count by the clock: kept in the history, told once each interval is over. */
export class DeviceTraffic implements Part {
  readonly name = 'traffic';
  readonly essential = false;
  readonly settings = [{ path: 'publish.trafficIntervalMin', requiresRestart: true }];
  readonly routes;
  /** What is kept of all cameras, in whichever file. */
  readonly kept: JoinedTraffic;
  readonly #intervalS: number;
  readonly #parts: DeviceTrafficParts;
  /** By whose the cameras are. */
  readonly #stores: ReadonlyMap<TenantId, TrafficStore>;
  readonly #forecasts: TrafficForecasts;
  readonly #counters = new Map<string, TrafficCounter>();
  #timer: NodeJS.Timeout | null = null;

  /** Touches no file before `start`. */
  constructor({ publish, report }: Pick<Config, 'publish' | 'report'>, parts: DeviceTrafficParts) {
    this.#intervalS = publish.trafficIntervalMin * 60;
    this.#parts = parts;
    const { files, ownerOf, clock } = parts;
    const now = () => clock.unixNow();
    this.#stores = new Map(
      [...files].map(([owner, file]) => [owner, new TrafficStore(file, (interval) => this.#tell(interval), now)]),
    );
    const kept = [...this.#stores].map(([owner, store]) => ({
      store,
      owns: (camera: string) => ownerOf(camera) === owner,
    }));
    this.kept = new JoinedTraffic(kept);
    this.#forecasts = new TrafficForecasts({
      files: new Map([...files].map(([owner, { file }]) => [owner, file])),
      ownerOf,
      timeZone: report.timeZone ?? zoneOfMachine(),
      now,
    });
    this.routes = [...trafficRoutes(this.kept, now), ...trafficForecastRoutes(this.#forecasts)];
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#forecasts.stop();
  }

  /** Begins to count before a camera, or goes on where an earlier run ended; null where it watches no line and no zone. */
  count(camera: CameraConfig): TrafficCounter | null {
    if (camera.lines.length === 0 && camera.zones.length === 0) return null;
    const store = this.#storeOf(camera.id);
    const counter = new TrafficCounter({
      camera,
      intervalS: this.#intervalS,
      now: this.#parts.clock.unixNow(),
      partsOf: (id, from) => store.partsOf(id, from),
      closed: (interval) => store.close(interval),
    });
    this.#counters.set(camera.id, counter);
    store.watch(counter);
    return counter;
  }

  /** Ids of the cameras that count. */
  get counted(): readonly string[] {
    return [...this.#counters.keys()];
  }

  /** An event of a camera was not published for want of room. */
  leftOut(camera: string): void {
    this.#counters.get(camera)?.leaveOut();
  }

  #tick(): void {
    const now = this.#parts.clock.unixNow();
    for (const counter of this.#counters.values()) counter.tick(now);
    // without a disk there is nothing to wait for
    for (const store of this.#stores.values()) {
      if (!store.keeps) for (const interval of store.waiting) this.#tell(interval);
    }
  }

  #tell(interval: TrafficInterval): void {
    const counter = this.#counters.get(interval.camera);
    if (counter) this.#parts.publisher.traffic(interval.camera, trafficPayload(interval, counter.totals));
    this.#storeOf(interval.camera).told(interval);
  }

  #storeOf(camera: string): TrafficStore {
    return this.#stores.get(this.#parts.ownerOf(camera))!;
  }
}

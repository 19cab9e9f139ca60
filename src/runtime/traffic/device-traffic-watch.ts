import { setTimeout as sleep } from 'node:timers/promises';
import { UNUSUAL_TRAFFIC, unusualAlert } from '../../forecast/alerts.js';
import { HOUR_MS, HOURS_OF_WEEK } from '../../forecast/hourly-series.js';
import { WATCHED_WEEKS } from '../../forecast/place-watch.js';
import { JUDGED_AGAIN_MS, TrafficWatch } from '../../forecast/traffic-watch.js';
import { unusualCameras } from '../../forecast/unusual-cause.js';
import type { Clock } from '../../foundation/clock.js';
import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { TenantId } from '../../foundation/scope.js';
import type { KeptTraffic } from '../../store/joined-traffic.js';
import { logAlerts } from '../../telemetry/alerts/alert-log.js';
import type { CameraAlerts } from '../alerts/camera-alerts.js';

export interface DeviceTrafficWatchParts {
  /** What is counted, of the device's own cameras and of tenants'. */
  readonly kept: Pick<KeptTraffic, 'read'>;
  readonly cameraAlerts: Pick<CameraAlerts, 'owners' | 'declare' | 'ownerOf'>;
  /** Cameras of which something is counted now. */
  readonly cameras: () => readonly string[];
  /** What plausibility finds wrong with cameras now, in words. */
  readonly faults: () => ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often it is looked whether another hour is over, ms. */
const LOOK_EVERY_MS = 60_000;
/** An interval may be closed so long after its end, ms. */
const GRACE_MS = 30_000;
/** The past is read in pieces, of some ms of work each. */
const PIECE_MS = 6 * HOUR_MS;
/** Pause after each piece of work: this never has more than a part of a core, ms. */
const PAUSE_MS = 20;

/** Says when far fewer or far more vehicles come than usual: once an hour, in small steps between which everything else goes on. */
export class DeviceTrafficWatch implements Part {
  readonly name = 'traffic-watch';
  readonly essential = false;
  readonly alerts = [UNUSUAL_TRAFFIC];
  readonly #parts: DeviceTrafficWatchParts;
  readonly #pauseMs: number;
  /** By whose the cameras are. */
  #watches: ReadonlyMap<TenantId, TrafficWatch> = new Map();
  /** Unix ms until which all hours are judged; null before the past was read. */
  #judgedUntil: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #isStopping = false;
  #toldRefused = false;

  /** @param pauseMs after each piece of work */
  constructor(parts: DeviceTrafficWatchParts, pauseMs = PAUSE_MS) {
    this.#parts = parts;
    this.#pauseMs = pauseMs;
    const { cameraAlerts, log } = parts;
    cameraAlerts.declare(this.alerts);
    for (const [tenant, alerts] of cameraAlerts.owners) {
      logAlerts(alerts, this.alerts, tenant === null ? log : log.child({ tenant }));
    }
  }

  start(): void {
    this.#isStopping = false;
    this.#timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#running;
  }

  /** Judges each hour that is over and was not judged yet; what is under way is waited for. */
  look(): Promise<void> {
    this.#running ??= this.#judge()
      .catch((error: unknown) => {
        this.#judgedUntil = null;
        this.#parts.log.error({ reason: explain(error) }, 'unusual traffic is not looked for; tried again in a minute');
      })
      .finally(() => {
        this.#running = null;
      });
    return this.#running;
  }

  async #judge(): Promise<void> {
    const over = Math.floor((this.#parts.clock.unixNow() - GRACE_MS) / HOUR_MS) * HOUR_MS;
    const judged = this.#judgedUntil;
    if (judged === over) return;
    // a clock that was set, or a program that slept: begin anew
    const isNext = judged !== null && judged < over && over - judged <= JUDGED_AGAIN_MS;
    const from = isNext ? judged : over - JUDGED_AGAIN_MS;
    if (!isNext && !(await this.#learn(from))) return;
    for (let at = from; at < over; at += HOUR_MS) {
      if (!(await this.#see(at))) return;
      this.#judgedUntil = at + HOUR_MS;
    }
    this.#tell(isNext);
  }

  /** Reads the past anew. @returns false where it could not be read, or the program is to stop */
  async #learn(until: number): Promise<boolean> {
    this.#judgedUntil = null;
    this.#watches = new Map(
      [...this.#parts.cameraAlerts.owners.keys()].map((owner): [TenantId, TrafficWatch] => [owner, new TrafficWatch()]),
    );
    const from = until - WATCHED_WEEKS * HOURS_OF_WEEK * HOUR_MS;
    for (let at = from; at < until; at += PIECE_MS) {
      const intervals = this.#read(at, at + PIECE_MS);
      if (intervals === null) return false;
      for (const [owner, watch] of this.#watches) watch.learn(this.#own(owner, intervals), at + PIECE_MS);
      await this.#pause();
      if (this.#isStopping) return false;
    }
    return true;
  }

  async #see(at: number): Promise<boolean> {
    const intervals = this.#read(at, at + HOUR_MS);
    if (intervals === null) return false;
    for (const [owner, watch] of this.#watches) {
      for (const _ of watch.see(at, this.#own(owner, intervals))) {
        await this.#pause();
        if (this.#isStopping) return false;
      }
    }
    return true;
  }

  #read(from: number, to: number) {
    const cameras = this.#parts.cameras();
    return cameras.length === 0 ? [] : this.#parts.kept.read({ from, to, cameras });
  }

  #own<T extends { readonly camera: string }>(owner: TenantId, intervals: readonly T[]): T[] {
    return intervals.filter(({ camera }) => this.#parts.cameraAlerts.ownerOf(camera) === owner);
  }

  #tell(isNext: boolean): void {
    const { cameraAlerts, faults, log } = this.#parts;
    for (const [owner, watch] of this.#watches) {
      const alert = unusualAlert(unusualCameras(watch.places, faults()));
      cameraAlerts.owners.get(owner)!.set(UNUSUAL_TRAFFIC.code, alert);
      const { obstacles, refused } = watch;
      if (!isNext && obstacles.length > 0) {
        log.debug({ places: obstacles.slice(0, 10), all: obstacles.length }, 'no traffic is called unusual there yet');
      }
      if (refused > 0 && !this.#toldRefused) {
        this.#toldRefused = true;
        log.warn({ refused }, 'too many lines and zones to watch all for unusual traffic: the last are left out');
      }
    }
  }

  #pause(): Promise<void> {
    return sleep(this.#pauseMs);
  }
}

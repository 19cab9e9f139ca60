import type { AlertsConfig } from '../../config/config.js';
import { type Clock, systemClock } from '../../foundation/clock.js';
import type { HttpReply, HttpRoute } from '../../foundation/http-route.js';
import type { Part } from '../../foundation/part.js';
import { PAST_TIME_IN_WORDS, pastTime } from '../../foundation/past-time.js';
import type { TenantId } from '../../foundation/scope.js';
import type { Viewer } from '../../foundation/viewer.js';
import { unknownWord } from '../../http/query-words.js';
import { json, problemReply } from '../../http/server.js';
import { AlertHistory, type AlertLogEntry, type AlertLogQuery } from '../../store/alert-history.js';
import type { StoreFile } from '../../store/store-file.js';
import { parseAlertStates } from '../../telemetry/alerts/alert-state.js';
import { type AlertTransition, payloadOf } from '../../telemetry/alerts/alerts.js';
import type { DevicePublisher } from '../publishing/device-publisher.js';
import type { CameraAlerts } from './camera-alerts.js';

export interface DeviceAlertsParts {
  readonly cameraAlerts: CameraAlerts;
  /** `history.db`, which is open when this part starts. */
  readonly file: StoreFile;
  /** Who tells what happens to the alerts of the device itself (null), or of a tenant; null where nobody does. */
  readonly publisherOf: (tenant: TenantId) => Pick<DevicePublisher, 'alertLog'> | null;
}

/** What is wrong when the program starts should have been found again by then. */
export const FOUND_AGAIN_MS = 300_000;
const LOOK_EVERY_MS = 1000;
const DEFAULT_SINCE = '7d';
const MAX_ENTRIES = 1000;
/** What may be asked of `/api/alerts`. */
const WORDS = ['since', 'limit', 'code'];

/** What happens to alerts, told and kept in the history; and what outlives a restart of them. */
export class DeviceAlerts implements Part {
  readonly name = 'alerts';
  readonly essential = true;
  readonly settings = [{ path: 'alerts', requiresRestart: true }];
  /** `/api/alerts?since=7d&code=camera-lost&limit=100`: those that hold, and what happened to alerts, oldest first. */
  readonly routes: readonly HttpRoute[] = [
    { path: '/api/alerts', openTo: 'tenants', handle: (query, viewer) => this.#answer(query, viewer) },
  ];
  readonly #parts: DeviceAlertsParts;
  readonly #clock: Clock;
  /** What happened to alerts. */
  readonly history: Pick<AlertHistory, 'read'>;
  readonly #history: AlertHistory;
  #timer: NodeJS.Timeout | null = null;
  #startedAt = 0;

  constructor({ historyDays }: Pick<AlertsConfig, 'historyDays'>, parts: DeviceAlertsParts, clock = systemClock) {
    this.#parts = parts;
    this.#clock = clock;
    this.#history = new AlertHistory(parts.file, historyDays);
    this.history = this.#history;
    for (const [tenant, alerts] of parts.cameraAlerts.owners) {
      alerts.onTransition((transition) => this.#keep(tenant, transition));
    }
  }

  /** What happened to alerts; null where it cannot be read now. */
  log(query: AlertLogQuery): AlertLogEntry[] | null {
    return this.#history.read(query);
  }

  /** Before the publisher, which tells at once what holds. */
  start(): void {
    for (const [tenant, alerts] of this.#parts.cameraAlerts.owners) {
      alerts.restore(parseAlertStates(this.#history.states(tenant)));
    }
    this.#startedAt = this.#clock.now();
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** What time brings about; the timer calls it. */
  look(): void {
    const isFoundAgain = this.#clock.now() - this.#startedAt >= FOUND_AGAIN_MS;
    for (const alerts of this.#parts.cameraAlerts.owners.values()) {
      alerts.endSnoozes();
      if (isFoundAgain) alerts.forgetEarlier();
    }
  }

  #keep(tenant: TenantId, { at, code, kind, alert, by, until }: AlertTransition): void {
    const step = { at, code, kind, alert, by: by ?? null, until: until ?? null };
    const { cameraAlerts, publisherOf } = this.#parts;
    const state = cameraAlerts.owners.get(tenant)!.state(code);
    this.#history.add({ ...step, ...(tenant !== null && { tenant }) }, state);
    const told = alert && payloadOf(alert);
    publisherOf(tenant)?.alertLog(code, {
      at,
      kind,
      alert: told,
      ...(by !== undefined && { by }),
      ...(until !== undefined && { until }),
    });
  }

  #answer(query: URLSearchParams, viewer: Viewer): HttpReply {
    const stranger = unknownWord(query, WORDS);
    if (stranger !== null) return problemReply([stranger]);
    const text = query.get('since') ?? DEFAULT_SINCE;
    const since = pastTime(text, this.#clock.unixNow());
    if (since === null) return problemReply([`since: expected ${PAST_TIME_IN_WORDS}, got ${text}`]);
    const limit = Number(query.get('limit') ?? MAX_ENTRIES);
    if (!(limit >= 1 && limit <= MAX_ENTRIES && Number.isInteger(limit))) {
      return problemReply([`limit: expected a whole number from 1 to ${MAX_ENTRIES}`]);
    }
    const code = query.get('code') ?? undefined;
    const active = this.#parts.cameraAlerts.active(viewer).filter((alert) => (code ?? alert.code) === alert.code);
    const tenant = viewer.kind === 'operator' ? undefined : viewer.tenant;
    const history = this.#history.read({ since, code, tenant, limit });
    return json({ active, history });
  }
}

import type { Config } from '../../config/config.js';
import { camerasOf } from '../../config/tenants.js';
import { SIGNAL_SILENT, silentAlert } from '../../events/rules/alerts.js';
import { signalMetrics } from '../../events/rules/metrics.js';
import { signalsOf } from '../../events/rules/rule-terms.js';
import { SignalInbox } from '../../events/rules/signal-inbox.js';
import { SignalStates } from '../../events/rules/signal-states.js';
import type { Clock } from '../../foundation/clock.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { TenantId } from '../../foundation/scope.js';
import { logAlerts } from '../../telemetry/alerts/alert-log.js';
import { topicsOf } from '../../telemetry/mqtt/topics.js';
import type { CameraAlerts } from '../alerts/camera-alerts.js';
import type { DevicePublisher } from '../publishing/device-publisher.js';

export interface DeviceSignalsParts {
  readonly publisherOf: (tenant: TenantId) => Pick<DevicePublisher, 'hearForeign' | 'scope'>;
  readonly cameraAlerts: Pick<CameraAlerts, 'owners' | 'declare'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What one owner's rules hear of signals. */
interface Heard {
  readonly tenant: TenantId;
  readonly states: SignalStates;
  readonly inbox: SignalInbox;
}

/** So often at most it is told that what is said of signals is refused, ms. */
const TELL_EVERY_MS = 600_000;
/** How often it is looked whether a signal has fallen silent, ms. */
const LOOK_EVERY_MS = 5000;

/** Hears from the broker what traffic signals show, for the rules that ask for it; a tenant's from that tenant's broker. */
export class DeviceSignals implements Part {
  readonly name = 'signals';
  readonly essential = false;
  readonly alerts = [SIGNAL_SILENT];
  readonly metrics = signalMetrics(
    () => this.#heard,
    () => this.#parts.clock.unixNow(),
  );
  readonly #parts: DeviceSignalsParts;
  readonly #heard: readonly Heard[];
  #toldAt = Number.NEGATIVE_INFINITY;
  /** ms on the steady clock since when signals are listened to. */
  #listensSince = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(config: Pick<Config, 'cameras' | 'tenants'>, parts: DeviceSignalsParts) {
    this.#parts = parts;
    this.#heard = [null, ...config.tenants.map(({ id }) => id)].map((tenant) => {
      const states = new SignalStates(signalsOf(camerasOf(config, tenant)));
      return { tenant, states, inbox: new SignalInbox(states) };
    });
    const { cameraAlerts, log } = parts;
    cameraAlerts.declare(this.alerts);
    for (const [tenant, alerts] of cameraAlerts.owners) {
      logAlerts(alerts, this.alerts, tenant === null ? log : log.child({ tenant }));
    }
  }

  /** What is known of the signals that the cameras of an owner ask for. */
  of(tenant: TenantId): SignalStates {
    return this.#heard.find((heard) => heard.tenant === tenant)!.states;
  }

  start(): void {
    this.#listensSince = this.#parts.clock.now();
    this.#timer ??= setInterval(() => this.look(), LOOK_EVERY_MS).unref();
    for (const heard of this.#heard) {
      const publisher = this.#parts.publisherOf(heard.tenant);
      const topics = topicsOf(publisher.scope);
      for (const id of heard.states.ids) {
        publisher.hearForeign(topics.signal(id), (payload) => this.#take(heard, id, payload));
      }
    }
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Says which signals are silent, to each owner of its own. */
  look(): void {
    const { clock, cameraAlerts } = this.#parts;
    const listenedMs = clock.now() - this.#listensSince;
    for (const { tenant, states, inbox } of this.#heard) {
      const hearings = [...states.ids].map((id) => ({
        id,
        ageMs: states.ageMs(id, clock.unixNow()),
        listenedMs,
        counts: inbox.counts.get(id)!,
      }));
      cameraAlerts.owners.get(tenant)!.set(SIGNAL_SILENT.code, silentAlert(hearings));
    }
  }

  #take({ inbox }: Heard, signal: string, payload: string): void {
    const { clock, log } = this.#parts;
    const outcome = inbox.receive(signal, payload, clock.unixNow(), clock.now());
    if (outcome === 'taken' || clock.now() - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = clock.now();
    log.warn(
      { signal, outcome },
      'what is said of a traffic signal is refused; signal_messages counts how often; told again in ten minutes at the earliest',
    );
  }
}

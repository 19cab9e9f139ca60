import type { Config } from '../../config/config.js';
import { camerasOf } from '../../config/tenants.js';
import { signalMetrics } from '../../events/rules/metrics.js';
import { signalsOf } from '../../events/rules/rule-terms.js';
import { SignalInbox } from '../../events/rules/signal-inbox.js';
import { SignalStates } from '../../events/rules/signal-states.js';
import type { Clock } from '../../foundation/clock.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { TenantId } from '../../foundation/scope.js';
import { topicsOf } from '../../telemetry/mqtt/topics.js';
import type { DevicePublisher } from '../publishing/device-publisher.js';

export interface DeviceSignalsParts {
  readonly publisherOf: (tenant: TenantId) => Pick<DevicePublisher, 'hearForeign' | 'scope'>;
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

/** Hears from the broker what traffic signals show, for the rules that ask for it; a tenant's from that tenant's broker. */
export class DeviceSignals implements Part {
  readonly name = 'signals';
  readonly essential = false;
  readonly metrics = signalMetrics(
    () => this.#heard,
    () => this.#parts.clock.unixNow(),
  );
  readonly #parts: DeviceSignalsParts;
  readonly #heard: readonly Heard[];
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(config: Pick<Config, 'cameras' | 'tenants'>, parts: DeviceSignalsParts) {
    this.#parts = parts;
    this.#heard = [null, ...config.tenants.map(({ id }) => id)].map((tenant) => {
      const states = new SignalStates(signalsOf(camerasOf(config, tenant)));
      return { tenant, states, inbox: new SignalInbox(states) };
    });
  }

  /** What is known of the signals that the cameras of an owner ask for. */
  of(tenant: TenantId): SignalStates {
    return this.#heard.find((heard) => heard.tenant === tenant)!.states;
  }

  start(): void {
    for (const heard of this.#heard) {
      const publisher = this.#parts.publisherOf(heard.tenant);
      const topics = topicsOf(publisher.scope);
      for (const id of heard.states.ids) {
        publisher.hearForeign(topics.signal(id), (payload) => this.#take(heard, id, payload));
      }
    }
  }

  stop(): void {}

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

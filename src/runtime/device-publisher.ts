import type { Config } from '../config/config.js';
import type { CommandDeclaration } from '../foundation/command.js';
import type { Log } from '../foundation/log.js';
import type { Part } from '../foundation/part.js';
import type { Scope } from '../foundation/scope.js';
import type { Alerts } from '../telemetry/alerts/alerts.js';
import type { Metrics } from '../telemetry/metrics/metrics.js';
import { BROKER_REFUSES, brokerRefuses, CLIENT_ID_SHARED, clientIdIsShared } from '../telemetry/mqtt/alerts.js';
import { brokerAddress } from '../telemetry/mqtt/broker-address.js';
import type { SiteListener } from '../telemetry/mqtt/inbox.js';
import type { EventPayload } from '../telemetry/mqtt/messages/event.js';
import type { AccuracyReportPayload } from '../telemetry/mqtt/messages/report.js';
import { publisherMetrics } from '../telemetry/mqtt/metrics.js';
import { Publisher, type PublisherState } from '../telemetry/mqtt/publisher.js';
import type { DeviceBroker } from './device-broker.js';
import { deviceNameNote } from './device-scope.js';
import type { ModelInUse } from './model-generation.js';
import { VERSION } from './version.js';

export interface DevicePublisherParts {
  readonly config: Pick<Config, 'device' | 'mqtt' | 'publish'>;
  readonly scope: Scope;
  readonly broker: DeviceBroker;
  readonly alerts: Alerts;
  readonly metrics: Metrics;
  /** null before a model is loaded. */
  readonly model: () => ModelInUse | null;
  readonly log: Log;
}

/** What the device tells its broker, and hears from it; where no broker is wanted nothing is told. */
export class DevicePublisher implements Part {
  readonly name = 'publisher';
  readonly essential = true;
  readonly metrics = publisherMetrics(() => this.state());
  readonly alerts = [BROKER_REFUSES, CLIENT_ID_SHARED];
  readonly settings = [
    { path: 'site', requiresRestart: true },
    { path: 'device', requiresRestart: true },
    { path: 'publish', requiresRestart: true },
  ];
  readonly scope: Scope;
  readonly #parts: DevicePublisherParts;
  readonly #commands: CommandDeclaration[] = [];
  #publisher: Publisher | null = null;

  constructor(parts: DevicePublisherParts) {
    this.#parts = parts;
    this.scope = parts.scope;
  }

  /** Answers `cmd/<name>` from the start on. */
  serve(commands: readonly CommandDeclaration[]): void {
    this.#commands.push(...commands);
  }

  start(): void {
    const { config, broker, alerts, log } = this.#parts;
    if (broker.url === null) return;
    const note = deviceNameNote(config);
    if (note !== null) log.warn(note);
    // the embedded broker speaks 3.1.1 only: no need to find that out
    const mqtt = broker.isEmbedded ? { ...config.mqtt, protocol: '3.1.1' as const } : config.mqtt;
    const publisher = new Publisher({
      scope: this.scope,
      address: brokerAddress(mqtt, broker.url),
      mqtt,
      publish: config.publish,
      birth: this.#birth(),
      log,
    });
    this.#publisher = publisher;
    for (const { name, handle } of this.#commands) publisher.onCommand(name, handle);
    alerts.tell(publisher);
    publisher.start();
  }

  async stop(reason: string): Promise<void> {
    await this.#publisher?.stop(reason);
  }

  /** null where nothing is published. */
  state(): PublisherState | null {
    return this.#publisher?.state() ?? null;
  }

  event(camera: string, event: EventPayload): void {
    this.#publisher?.event(camera, event);
  }

  report(name: 'accuracy', payload: AccuracyReportPayload): void {
    this.#publisher?.report(name, payload);
  }

  /** Tells what is measured, and, where what the device is has changed, what it is. */
  tellMetrics(): void {
    this.tellStatus();
    this.#lookAtBroker();
    this.#publisher?.metrics(this.#parts.metrics.snapshot());
  }

  /** Where the model or the list of metrics has changed, a birth message says so. */
  tellStatus(): void {
    this.#publisher?.publishStatus(this.#birth());
  }

  /** See `Publisher.onSiteCommand`; to be called once started. */
  onSiteCommand(name: string, listener: SiteListener): () => void {
    return this.#publisher?.onSiteCommand(name, listener) ?? (() => undefined);
  }

  siteCommand(name: string, payload: object): void {
    this.#publisher?.siteCommand(name, payload);
  }

  /** What the broker does not hear of is told here all the same: in the log, in the status, over HTTP. */
  #lookAtBroker(): void {
    const state = this.state();
    if (state === null) return;
    this.#parts.alerts.set(BROKER_REFUSES.code, brokerRefuses(state));
    this.#parts.alerts.set(CLIENT_ID_SHARED.code, clientIdIsShared(state));
  }

  #birth() {
    const model = this.#parts.model();
    return {
      version: VERSION,
      model: model?.model ?? null,
      variant: model?.variant ?? null,
      provider: model?.provider ?? null,
      metrics: this.#parts.metrics.definitions(),
    };
  }
}

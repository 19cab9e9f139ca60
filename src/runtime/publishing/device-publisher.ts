import { recogniseBoard } from '../../board/board.js';
import type { Config, PublishConfig } from '../../config/config.js';
import { BUILT_AT } from '../../foundation/build-time.js';
import { declareCommand } from '../../foundation/command.js';
import { EdgeError } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { Scope } from '../../foundation/scope.js';
import { TokenBucket } from '../../foundation/token-bucket.js';
import { z } from '../../foundation/validate.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';
import { type DeadBand, deadBandOf, isNews } from '../../telemetry/metrics/dead-bands.js';
import type { Metrics } from '../../telemetry/metrics/metrics.js';
import {
  BROKER_REFUSES,
  brokerRefuses,
  CERTIFICATE_EXPIRES,
  CLIENT_ID_SHARED,
  CLOCK_WRONG,
  certificatesExpire,
  clientIdIsShared,
  clockIsWrong,
} from '../../telemetry/mqtt/alerts.js';
import { brokerAddress } from '../../telemetry/mqtt/broker-address.js';
import { EventChoice } from '../../telemetry/mqtt/event-choice.js';
import type { AlertLogPayload } from '../../telemetry/mqtt/messages/alert.js';
import type { CommandResult } from '../../telemetry/mqtt/messages/command.js';
import type { EventPayload } from '../../telemetry/mqtt/messages/event.js';
import type { EvidencePayload, EvidenceReportPayload } from '../../telemetry/mqtt/messages/evidence.js';
import type { BirthInfo } from '../../telemetry/mqtt/messages/status.js';
import type { SummaryPayload } from '../../telemetry/mqtt/messages/summary.js';
import type { TrafficPayload } from '../../telemetry/mqtt/messages/traffic.js';
import type { TrialPayload } from '../../telemetry/mqtt/messages/trial.js';
import { eventChoiceMetrics, publisherMetrics } from '../../telemetry/mqtt/metrics.js';
import { Publisher, type PublisherState, type ReportPayloads } from '../../telemetry/mqtt/publisher.js';
import type { DeviceCommands } from '../commands/device-commands.js';
import type { ModelInUse } from '../detector/model-generation.js';
import { deviceNameNote } from '../device-scope.js';
import { VERSION } from '../version.js';
import type { DeviceBroker } from './device-broker.js';
import type { DeviceOutbox } from './device-outbox.js';

export interface DevicePublisherParts {
  readonly config: Pick<Config, 'board' | 'device' | 'mqtt' | 'outbox' | 'publish' | 'cameras'>;
  readonly scope: Scope;
  readonly broker: Pick<DeviceBroker, 'url' | 'mqtt'>;
  /** Where what must arrive waits. */
  readonly outbox: DeviceOutbox;
  /** What arrives goes there; null: nothing is listened to. */
  readonly commands: Pick<DeviceCommands, 'receiver'> | null;
  readonly alerts: Alerts;
  readonly metrics: Pick<Metrics, 'snapshot' | 'definitions' | 'rowOf'>;
  /** null before a model is loaded. */
  readonly model: () => ModelInUse | null;
  /** Hash of how the device is configured; a tenant is not told. */
  readonly configuration?: () => string;
  /** An event of a camera was not published, because the bytes of the day were used up. */
  readonly onLeftOut: (camera: string) => void;
  /** Those of the tenants; default none. */
  readonly tenants?: () => readonly TenantsPublisher[];
  readonly log: Log;
}

/** A publisher of a tenant, and which settings of the device are its own. */
export interface TenantsPublisher {
  readonly publisher: DevicePublisher;
  /** Whether it has a value of its own for a key of `publish`. */
  readonly says: (key: LivePublishKey) => boolean;
}

/** Keys of `publish` that a command may change. */
export type LivePublishKey = 'events' | 'eventDetail' | 'metricsFullEvery';

/** Anybody may ask for one, and with all metrics it has some 20 kB. */
const REBIRTHS = { perSecond: 1 / 60, burst: 3 };

/** What the device tells its broker, and hears from it; where no broker is wanted nothing is told. */
export class DevicePublisher implements Part {
  readonly name = 'publisher';
  readonly essential = true;
  readonly metrics = [
    ...publisherMetrics(() => this.state()),
    ...eventChoiceMetrics(() =>
      [this, ...this.#tenants.map(({ publisher }) => publisher)].flatMap((one) => one.leftOut()),
    ),
  ];
  readonly alerts = [BROKER_REFUSES, CERTIFICATE_EXPIRES, CLIENT_ID_SHARED, CLOCK_WRONG];
  readonly settings = [
    { path: 'site', requiresRestart: true },
    { path: 'device', requiresRestart: true },
    { path: 'publish', requiresRestart: true },
    {
      path: 'publish.events',
      requiresRestart: false,
      apply: (events: unknown) => this.#takeUpEverywhere('events', events),
    },
    {
      path: 'publish.eventDetail',
      requiresRestart: false,
      apply: (detail: unknown) => this.#takeUpEverywhere('eventDetail', detail),
    },
    {
      path: 'publish.metricsFullEvery',
      requiresRestart: false,
      apply: (messages: unknown) => this.#takeUpEverywhere('metricsFullEvery', messages),
    },
  ];
  readonly commands = [
    declareCommand({
      name: 'ping',
      access: 'open',
      help: 'Whether the device is there: how long its program runs, and which version that is.',
      payload: z.object({}),
      handle: () => ({ uptimeS: Math.round(process.uptime()), version: VERSION }),
    }),
    declareCommand({
      name: 'rebirth',
      access: 'open',
      help: 'A birth message, behind it the alerts that hold and all metrics, for a receiver that missed them. Three at once, then one a minute.',
      payload: z.object({}),
      handle: () => this.#rebirth(),
    }),
  ];
  readonly scope: Scope;
  readonly #parts: DevicePublisherParts;
  /** What a command may change. */
  readonly #chosen: Pick<PublishConfig, 'events' | 'eventDetail'>;
  readonly #choice: EventChoice;
  readonly #rebirths = new TokenBucket(REBIRTHS.perSecond, REBIRTHS.burst);
  readonly #deadBands = new Map<string, DeadBand>();
  #publisher: Publisher | null = null;

  constructor(parts: DevicePublisherParts) {
    this.#parts = parts;
    this.scope = parts.scope;
    const { publish, cameras } = parts.config;
    const kinds = new Map(cameras.map(({ id, events }) => [id, events]));
    this.#chosen = { events: publish.events, eventDetail: publish.eventDetail };
    this.#choice = new EventChoice({ publish: this.#chosen, kindsOf: (camera) => kinds.get(camera) });
  }

  start(): void {
    const { config, broker, alerts, log } = this.#parts;
    if (broker.url === null) return;
    const commands = this.#parts.commands === null ? null : this.#parts.commands.receiver;
    const note = deviceNameNote(config);
    if (note !== null) log.warn(note);
    const { mqtt } = broker;
    const publisher = new Publisher({
      scope: this.scope,
      address: brokerAddress(mqtt, broker.url),
      mqtt,
      publish: config.publish,
      isNews: (name, value, told) => isNews(value, told, this.#deadBandOf(name)),
      birth: this.#birth(),
      ...((commands !== null || this.#parts.commands === null) && { commands }),
      outbox: this.#parts.outbox.outbox,
      drainPerSecond: config.outbox.drainPerSecond,
      log,
    });
    this.#publisher = publisher;
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

  /** Tells what a vehicle did, where its kind is wanted and the bytes of the day are not used up. */
  event(camera: string, event: EventPayload): void {
    const publisher = this.#publisher;
    if (publisher === null) return;
    const isTold = this.#choice.tell(camera, event, (...told) => publisher.eventWithin(...told));
    if (!isTold) this.#parts.onLeftOut(camera);
  }

  /** Of each camera how many of its events there was no room for. */
  leftOut(): { readonly camera: string; readonly leftOut: number }[] {
    return this.#parts.config.cameras.map(({ id }) => ({ camera: id, leftOut: this.#choice.leftOut(id) }));
  }

  /** Another value of a setting holds from now on. */
  takeUp(key: LivePublishKey, value: unknown): void {
    if (key === 'events') this.#chosen.events = value as PublishConfig['events'];
    else if (key === 'eventDetail') this.#chosen.eventDetail = value as PublishConfig['eventDetail'];
    else if (this.#publisher) this.#publisher.metricsFullEvery = value as number;
  }

  alertLog(code: string, payload: AlertLogPayload): void {
    this.#publisher?.alertLog(code, payload);
  }

  /** Tells what was counted in one interval. */
  traffic(camera: string, payload: TrafficPayload): void {
    this.#publisher?.traffic(camera, payload);
  }

  /** Tells some metrics minute by minute. */
  summary(payload: SummaryPayload): void {
    this.#publisher?.summary(payload);
  }

  /** Tells that a change of the tuning is being tried, or what became of it. */
  trial(payload: TrialPayload): void {
    this.#publisher?.trial(payload);
  }

  report<Name extends keyof ReportPayloads>(name: Name, payload: ReportPayloads[Name]): void {
    this.#publisher?.report(name, payload);
  }

  /** Tells a piece of evidence. @returns whether there is a broker to tell */
  evidence(camera: string, payload: EvidencePayload): boolean {
    this.#publisher?.evidence(camera, payload);
    return this.#publisher !== null;
  }

  /** See `Publisher.roomForEvidence`; 0 where nothing is published. */
  roomForEvidence(camera: string): number {
    return this.#publisher?.roomForEvidence(camera) ?? 0;
  }

  /** See `Publisher.overdrawnBytes`; 0 where nothing is published. */
  overdrawnBytes(): number {
    return this.#publisher?.overdrawnBytes ?? 0;
  }

  /** See `Publisher.urgent`; nothing where nothing is published. */
  urgent(): ReturnType<Publisher['urgent']> {
    return this.#publisher?.urgent() ?? { waiting: 0, inFlight: 0, isConnected: false };
  }

  /** Tells how far the chain of the evidence is. */
  evidenceHead(payload: EvidenceReportPayload): void {
    this.#publisher?.report('evidence', payload);
  }

  /** See `Publisher.reportDelivery`. */
  reportDelivery(): void {
    this.#publisher?.reportDelivery();
  }

  /** Tells what of the measured has changed. */
  tellMetrics(): void {
    this.#publisher?.metrics(this.#parts.metrics.snapshot());
  }

  /** Tells all metrics, changed or not, on the live topic and for the broker to keep. @returns how many there are */
  tellAllMetrics(): number {
    this.#publisher?.metricsInFull();
    this.tellMetrics();
    this.keepAllMetrics();
    return this.#parts.metrics.definitions().length;
  }

  /** Tells all metrics for the broker to keep. @returns false where there is no connection to tell them on */
  keepAllMetrics(): boolean {
    return this.#publisher?.allMetrics(this.#parts.metrics.snapshot()) ?? false;
  }

  /** See `Publisher.retainForeign`. */
  retainForeign(topic: string, payload: string | null): void {
    this.#publisher?.retainForeign(topic, payload);
  }

  /** See `Publisher.hearForeign`; to be called once started. */
  hearForeign(topic: string, listener: (payload: string) => void): void {
    this.#publisher?.hearForeign(topic, listener);
  }

  /** Tells again of each alert that does not hold that it does not, for whoever hears of it for the first time. */
  tellQuietAlerts(): void {
    const { alerts } = this.#parts;
    const active = new Set(alerts.active().map(({ code }) => code));
    for (const code of alerts.codes) if (!active.has(code)) this.#publisher?.alert(code, null);
  }

  /** See `Publisher.roomForAnswer`; 0 where nothing is published. */
  roomForAnswer(name: string): number {
    return this.#publisher?.roomForAnswer(name) ?? 0;
  }

  /** See `Publisher.answer`. */
  answer(result: CommandResult): void {
    this.#publisher?.answer(result);
  }

  /** Where the model or the list of metrics has changed, a birth message says so. */
  tellStatus(): void {
    this.#publisher?.publishStatus(this.#birth());
  }

  /** See `Publisher.siteCommand`. */
  siteCommand(name: string, body: Record<string, unknown>): void {
    this.#publisher?.siteCommand(name, body);
  }

  get #tenants(): readonly TenantsPublisher[] {
    return this.#parts.tenants?.() ?? [];
  }

  /** Also for each tenant that has none of its own. */
  #takeUpEverywhere(key: LivePublishKey, value: unknown): void {
    this.takeUp(key, value);
    for (const { publisher, says } of this.#tenants) if (!says(key)) publisher.takeUp(key, value);
  }

  #rebirth(): { metrics: number } {
    if (!this.#rebirths.take(performance.now())) {
      throw new EdgeError('E_PUBLISH', 'births were asked for a moment ago: one a minute, after the first three');
    }
    this.#publisher?.rebirth();
    return { metrics: this.tellAllMetrics() };
  }

  /** What the broker does not hear of is told here all the same: in the log, in the status, over HTTP. */
  lookAtBroker(): void {
    const state = this.state();
    if (state === null) return;
    const now = Date.now();
    this.#parts.alerts.set(CLOCK_WRONG.code, clockIsWrong(now, BUILT_AT));
    this.#parts.alerts.set(CERTIFICATE_EXPIRES.code, certificatesExpire(state, now));
    this.#parts.alerts.set(BROKER_REFUSES.code, brokerRefuses(state));
    this.#parts.alerts.set(CLIENT_ID_SHARED.code, clientIdIsShared(state));
  }

  #deadBandOf(name: string): DeadBand {
    let band = this.#deadBands.get(name);
    if (band === undefined) {
      const row = this.#parts.metrics.rowOf(name);
      band = deadBandOf(name, row ?? { type: 'gauge', unit: '' }, this.#parts.config.publish.deadBands);
      this.#deadBands.set(name, band);
    }
    return band;
  }

  #birth(): BirthInfo {
    const model = this.#parts.model();
    const { tenant } = this.scope;
    return {
      version: VERSION,
      model: model?.model ?? null,
      variant: model?.variant ?? null,
      // what the machine is made of is nothing that a tenant is told
      provider: tenant === null ? (model?.provider ?? null) : null,
      ...(tenant === null && this.#parts.configuration && { configuration: this.#parts.configuration() }),
      ...(tenant === null && { board: boardOf(this.#parts.config.board) }),
      ...(tenant !== null && { tenant }),
      metrics: this.#parts.metrics.definitions(),
    };
  }
}

/** The board whose file the configuration lies on, or would; null: none is known. */
const boardOf = (configured: string): string | null => (configured === 'auto' ? recogniseBoard('/') : configured);

import { randomBytes } from 'node:crypto';
import type { MqttConfig, PublishConfig } from '../../config/config.js';
import { explain } from '../../foundation/errors.js';
import { type Log, silentLog } from '../../foundation/log.js';
import type { Scope } from '../../foundation/scope.js';
import type { AlertSink } from '../alerts/alerts.js';
import { Commands } from '../commands/commands.js';
import type { BrokerAddress } from './broker-address.js';
import {
  BrokerLink,
  type ConnectionCertificates,
  doubleInWords,
  type LinkPhase,
  type LinkProblem,
} from './broker-link.js';
import { clientIdOf } from './client-id.js';
import { type ConnectionEnd, NO_ACKNOWLEDGEMENT } from './connection-end.js';
import { DailyBudget } from './daily-budget.js';
import { Inbox } from './inbox.js';
import { MemoryOutbox } from './memory-outbox.js';
import type { AlertLogPayload, AlertPayload } from './messages/alert.js';
import type { CommandResult } from './messages/command.js';
import type { DailyReportPayload, WeeklyReportPayload } from './messages/daily-report.js';
import type { PublishedEvent } from './messages/event.js';
import type { EvidencePayload, EvidenceReportPayload } from './messages/evidence.js';
import type { MetricValues } from './messages/metrics.js';
import type { AccuracyReportPayload } from './messages/report.js';
import type { BirthInfo } from './messages/status.js';
import type { SummaryPayload } from './messages/summary.js';
import type { TrafficPayload } from './messages/traffic.js';
import type { TrialPayload } from './messages/trial.js';
import type { Outbox, OutboxKind } from './outbox.js';
import type { MqttProtocol } from './protocol-choice.js';
import type { PublishDropCause } from './publish-drops.js';
import { type NewsTest, ReportByException, splitReport } from './report-by-exception.js';
import { MAX_QUEUE_BYTES, Sender } from './sender.js';
import { StatusEcho } from './status-echo.js';
import { Subscriptions } from './subscriptions.js';
import { type Topics, topicsOf } from './topics.js';

export interface PublisherOptions {
  readonly scope: Scope;
  readonly address: BrokerAddress;
  readonly mqtt: MqttConfig;
  readonly publish: Pick<PublishConfig, 'metricsFullEvery' | 'dailyBytes'>;
  /** Which changes of a metric are told; default: all. */
  readonly isNews?: NewsTest;
  readonly birth: BirthInfo;
  /** What is answered; default: nothing. null: commands are not even listened to. */
  readonly commands?: Commands | null;
  /** Where what must arrive waits; default: memory, as many messages as `mqtt.queueMessages`. */
  readonly outbox?: Outbox;
  /** Messages a second of what was made while there was no connection; default 20. */
  readonly drainPerSecond?: number;
  /** This run of the program: 8 characters; default random. */
  readonly boot?: string;
  readonly log?: Log;
  /** Unix ms. */
  readonly now?: () => number;
  /** ms that only go forward, for time limits. */
  readonly clock?: () => number;
  /** For the jitter of reconnecting: 0 ≤ x < 1. */
  readonly random?: () => number;
}

/** What reports hold, by their name. */
export interface ReportPayloads {
  readonly accuracy: AccuracyReportPayload;
  readonly evidence: EvidenceReportPayload;
  readonly daily: DailyReportPayload;
  readonly weekly: WeeklyReportPayload;
}

export interface PublisherState {
  readonly phase: LinkPhase;
  readonly broker: string;
  /** Version in use, or that the next attempt will use. */
  readonly protocol: MqttProtocol;
  readonly bdSeq: number;
  /** Connections that the broker accepted so far. */
  readonly connections: number;
  /** Messages that wait. */
  readonly queued: number;
  /** Messages handed to the socket that the broker has not acknowledged. */
  readonly inFlight: number;
  /** Messages that the broker acknowledged, or that were written at QoS 0. */
  readonly sent: number;
  /** Bytes on the wire so far, both ways, with what the protocol adds; those of what was sent again are not known. */
  readonly wireBytes: number;
  readonly dropped: Readonly<Record<PublishDropCause, number>>;
  readonly droppedTotal: number;
  /** Why there is no connection, null while there is one. */
  readonly problem: LinkProblem | null;
  /** Unix ms since when there is no connection; null while there is one, and before the first attempt ended. */
  readonly lostSince: number | null;
  /** Of the latest connection. */
  readonly certificates: ConnectionCertificates;
  /** Keys that the birth of this connection lacks, because the broker takes no larger one; null where it has none at all. */
  readonly birthOmitted: readonly string[] | null;
  /** What the broker does not take, for people; empty where nothing is wrong. */
  readonly refusals: readonly string[];
  /** That another has the same client id or the same name, with what to do; null where nothing looks like it. */
  readonly clientIdShared: string | null;
  /** Connections that another client with the same id took over, as far as the broker says so. */
  readonly takenOver: number;
}

/**
 * What the device tells its broker. No call waits, none throws: whatever cannot be sent now waits in bounded memory, and
 * whatever that has no room for is dropped and counted.
 */
export class Publisher implements AlertSink {
  readonly #options: PublisherOptions;
  readonly #topics: Topics;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #clock: () => number;
  readonly #commands: Commands | null;
  readonly #subscriptions: Subscriptions;
  readonly #inbox: Inbox;
  /** Who hears what comes at topics of others. */
  readonly #foreign = new Map<string, (payload: string) => void>();
  readonly #sender: Sender;
  readonly #reports: ReportByException;
  readonly #budget: DailyBudget;
  readonly #link: BrokerLink;
  readonly #boot: string;
  readonly #outbox: Outbox;
  readonly #echo: StatusEcho;
  #stopping = false;
  #watchdog: NodeJS.Timeout | null = null;

  /** @throws RangeError where site or device cannot be topic levels */
  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#topics = topicsOf(options.scope);
    this.#log = options.log ?? silentLog;
    this.#outbox = options.outbox ?? new MemoryOutbox(memoryBounds(options.mqtt));
    this.#boot = options.boot ?? randomBytes(4).toString('hex');
    this.#now = options.now ?? Date.now;
    this.#clock = options.clock ?? (() => performance.now());
    const keepaliveMs = options.mqtt.keepaliveS * 1000;
    const { commands = new Commands({ scope: options.scope }) } = options;
    this.#commands = commands;
    this.#subscriptions = new Subscriptions({ patienceMs: keepaliveMs, clock: this.#clock, log: this.#log });
    this.#inbox = new Inbox(
      this.#topics,
      { commands, subscriptions: this.#subscriptions },
      (result) => this.answer(result),
      this.#log,
    );
    this.#reports = new ReportByException(options.publish.metricsFullEvery, options.isNews);
    this.#budget = new DailyBudget(options.publish.dailyBytes);
    this.#link = this.#linkOf(options);
    this.#echo = new StatusEcho({
      topics: this.#topics,
      link: this.#link,
      boot: this.#boot,
      subscriptions: this.#subscriptions,
      patienceMs: keepaliveMs / 3,
      clock: this.#clock,
      log: this.#log,
      tellBirth: () => this.#sender.rebirth(),
      foundLimit: (found) => this.#sender.limitSilently(found),
    });
    this.#sender = new Sender({
      link: this.#link,
      topics: this.#topics,
      birth: options.birth,
      boot: this.#boot,
      outbox: this.#outbox,
      queueMessages: options.mqtt.queueMessages,
      drainPerSecond: options.drainPerSecond ?? 20,
      birthSize: () => this.#echo.size,
      birthTold: (birth) => {
        this.#budget.spend(birth.bytes, this.#clock());
        this.#echo.acknowledged(birth);
      },
      toldAgain: (messages) => {
        for (const { topic, body } of messages) this.#spend(topic, body ?? '');
      },
      metricsLost: () => this.#reports.reset(),
      log: this.#log,
      now: this.#now,
      clock: this.#clock,
    });
  }

  /** Whose messages these are. */
  get scope(): Scope {
    return this.#options.scope;
  }

  state(): PublisherState {
    const sender = this.#sender.state();
    return {
      phase: this.#link.phase,
      broker: this.#options.address.label,
      protocol: this.#link.protocol,
      wireBytes: this.#budget.spent,
      bdSeq: this.#link.bdSeq,
      connections: this.#link.connections,
      problem: this.#link.problem,
      lostSince: this.#link.lostSince,
      certificates: this.#link.certificates,
      ...sender,
      refusals: [...sender.refusals, ...this.#unheard()],
      clientIdShared: this.#sharedClientId(),
      takenOver: this.#link.takenOver,
    };
  }

  /** Begins to connect, and keeps at it until `stop()`. Waits for nothing. */
  start(): void {
    if (this.#link.phase !== 'idle') return;
    const checkMs = Math.max(250, (this.#options.mqtt.keepaliveS * 1000) / 4);
    this.#watchdog = setInterval(() => this.#check(), checkMs);
    this.#watchdog.unref();
    this.#link.start();
  }

  /**
   * Tells every device of the site that listens to the name, signed with the site's key; waits in memory while there is no connection.
   * Without that key nothing is told.
   */
  siteCommand(name: string, body: Record<string, unknown>): void {
    const news = this.#commands?.news(name, body);
    if (news) this.#enqueue('site', () => this.#topics.siteCommand(name), news);
  }

  /** Tells what the device is now; a birth message follows where that changed. */
  publishStatus(info: BirthInfo): void {
    this.#sender.tellBirth(info);
  }

  /** The next metrics hold everything, changed or not. */
  metricsInFull(): void {
    this.#reports.reset();
  }

  /** Every so many metrics messages hold everything. */
  set metricsFullEvery(messages: number) {
    this.#reports.fullEvery = messages;
  }

  /** Bytes that the answer to a command may have to go through, as far as is known. */
  roomForAnswer(name: string): number {
    return this.#sender.roomFor(this.#topics.commandResult(name));
  }

  /** Tells what became of a command; waits in memory while there is no connection. */
  answer(result: CommandResult): void {
    this.#enqueue('result', () => this.#topics.commandResult(result.command), result);
  }

  /** Tells anew what the device is and which alerts hold, and with the next metrics all of them. */
  rebirth(): void {
    this.#sender.rebirth();
  }

  /**
   * Tells what is measured now; nothing while there is no connection, after which the first message holds everything.
   *
   * @param values all of them; what did not change is left out of the message
   */
  metrics(values: MetricValues): void {
    if (this.#link.acceptance === null) return;
    // what changed is not lost: it is told with the next message that there is room for
    if (!this.#reports.isFullDue && !this.#budget.hasRoom(0, this.#clock(), 0)) return;
    const report = this.#reports.next(values);
    if (!report) return;
    const parts = splitReport(report.values, this.#sender.roomFor(this.#topics.metrics));
    for (const part of parts) {
      const isFull = report.full && parts.length === 1;
      this.#enqueue('metrics', () => this.#topics.metrics, { ...(isFull && { full: true }), values: part });
    }
  }

  /** Tells all that is measured, for the broker to keep. @returns false where there is no connection to tell it on */
  allMetrics(values: MetricValues): boolean {
    if (this.#link.acceptance === null) return false;
    const parts = splitReport(values, this.#sender.roomFor(this.#topics.fullMetrics(MANY_PARTS)));
    for (const [i, part] of parts.entries()) {
      this.#retain('metrics/full', () => this.#topics.fullMetrics(i + 1), { values: part });
    }
    this.#reports.told(values);
    return true;
  }

  event(camera: string, payload: PublishedEvent): void {
    this.#enqueue('event', () => this.#topics.event(camera), { camera, ...payload });
  }

  /**
   * Tells an event if the bytes of the day are not used up.
   *
   * @param reserve share of what may go at once that is left for what is more important, 0..1
   * @returns whether it was told
   */
  eventWithin(camera: string, payload: PublishedEvent, reserve: number): boolean {
    const body = JSON.stringify({ ts: this.#now(), boot: this.#boot, camera, ...payload });
    const bytes = this.#bytesOf(this.#topics.event(camera), body);
    if (!this.#budget.hasRoom(bytes, this.#clock(), reserve)) return false;
    this.event(camera, payload);
    return true;
  }

  /** Raises or renews an alert; null clears it, also what an earlier run of the program left at the broker. */
  alert(code: string, payload: AlertPayload | null): void {
    this.#retain(`alert ${code}`, () => this.#topics.alert(code), payload && { code, ...payload });
  }

  /**
   * Has the broker keep a message of a form that others prescribe, at a topic that is not the device's own.
   *
   * @param payload null clears it
   */
  retainForeign(topic: string, payload: string | null): void {
    this.#spend(topic, payload ?? '');
    this.#sender.retainForeign(topic, payload);
  }

  /** Hears what comes live at a topic that is not the device's own. */
  hearForeign(topic: string, listener: (payload: string) => void): void {
    this.#foreign.set(topic, listener);
    this.#subscriptions.ask(topic);
  }

  /** Tells a transition of an alert, for whoever keeps its history. */
  alertLog(code: string, payload: AlertLogPayload): void {
    this.#enqueue('alert', () => this.#topics.alertLog(code), { code, ...payload });
  }

  /** Tells what was counted in one interval. */
  traffic(camera: string, payload: TrafficPayload): void {
    this.#enqueue('traffic', () => this.#topics.traffic(camera), { camera, ...payload });
  }

  /** Tells some metrics minute by minute. */
  summary(payload: SummaryPayload): void {
    this.#enqueue('summary', () => this.#topics.summary, payload);
  }

  /** Tells that a change of the tuning is being tried, or what became of it. */
  trial(payload: TrialPayload): void {
    this.#enqueue('trial', () => this.#topics.trial, payload);
  }

  /** Tells a report; the broker keeps the newest of each name. */
  report<Name extends keyof ReportPayloads>(name: Name, payload: ReportPayloads[Name]): void {
    this.#enqueue('report', () => this.#topics.report(name), payload);
  }

  /** Tells a piece of evidence. Its pictures have a budget of their own: what they take leaves events their room. */
  evidence(camera: string, payload: EvidencePayload): void {
    this.#enqueue('evidence', () => this.#topics.evidence(camera), { camera, ...payload }, false);
  }

  /** Bytes that a piece of evidence may have to go through, as far as is known. */
  roomForEvidence(camera: string): number {
    return this.#sender.roomFor(this.#topics.evidence(camera));
  }

  /** Bytes that messages took beyond `publish.dailyBytes` and that no later hour pays for, so far. */
  get overdrawnBytes(): number {
    return this.#budget.overdrawn;
  }

  /** What waits and is on its way to the broker, and whether there is a connection: who shares the uplink leaves it to that. */
  urgent(): { waiting: number; inFlight: number; isConnected: boolean } {
    const isConnected = this.#link.acceptance !== null;
    return { waiting: this.#outbox.length, inFlight: this.#sender.inFlight, isConnected };
  }

  /** Tells how far the numbers are and what was given up, though it is not time. */
  reportDelivery(): void {
    this.#sender.callForDelivery();
  }

  /**
   * Sends what is waiting, says that the device stops on purpose, and disconnects; each within its part of `timeoutMs`.
   * Where the broker does not acknowledge the farewell, the connection is cut, so that the last will tells.
   */
  async stop(reason = 'stopped', timeoutMs = 3000): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    if (this.#link.acceptance) await this.#sender.drain(timeoutMs / 2);
    if (this.#watchdog) clearInterval(this.#watchdog);
    this.#subscriptions.closed();
    await this.#link.stop(timeoutMs / 6, (connection) => this.#sender.sayFarewell(connection, reason, timeoutMs / 3));
    this.#sender.close();
  }

  get #clientId(): string {
    const { mqtt, scope } = this.#options;
    return clientIdOf(mqtt, scope);
  }

  #sharedClientId(): string | null {
    const { double, stepsBack } = this.#link;
    return double === null ? null : doubleInWords(double, { clientId: this.#clientId, stepsBack });
  }

  #linkOf({ address, mqtt, random }: PublisherOptions): BrokerLink {
    const clientId = this.#clientId;
    const will = (bdSeq: number) => ({
      topic: this.#topics.status,
      payload: JSON.stringify({ online: false, bdSeq, ts: this.#now(), boot: this.#boot }),
    });
    return new BrokerLink(
      {
        address,
        mqtt,
        clientId,
        will,
        lastBdSeq: () => this.#outbox.lastBdSeq,
        keepBdSeq: (bdSeq) => this.#outbox.keepBdSeq(bdSeq),
        log: this.#log,
        now: this.#now,
        clock: this.#clock,
        random,
      },
      {
        opened: () => this.#opened(),
        received: (topic, payload, retained) => this.#received(topic, payload, retained),
        hasSent: () => this.#sender.isSending,
        lost: (end) => this.#lost(end),
      },
    );
  }

  #opened(): void {
    const { connection } = this.#link;
    if (connection) this.#subscriptions.opened(connection);
    this.#echo.opened();
    this.#budget.spend(CONNECTION_BYTES, this.#clock());
    for (const { topic, body } of this.#sender.told) this.#spend(topic, body ?? '');
    this.#sender.opened();
    this.#inbox.opened();
    for (const topic of this.#foreign.keys()) this.#subscriptions.ask(topic);
  }

  #received(topic: string, payload: Uint8Array, retained: boolean): void {
    this.#budget.spend(Buffer.byteLength(topic) + payload.length + PACKET_BYTES, this.#clock());
    if (topic === this.#topics.status) this.#echo.received(payload, retained);
    else if (!this.#foreign.has(topic)) void this.#inbox.received(topic, payload, retained);
    else if (!retained) this.#foreign.get(topic)?.(new TextDecoder().decode(payload));
  }

  #lost(end: ConnectionEnd): void {
    this.#subscriptions.closed();
    this.#sender.lost(end);
  }

  /** What of all that is told or asked for comes to nothing without a word of the broker. */
  #unheard(): string[] {
    const { complaint } = this.#echo;
    const commands = this.#subscriptions.complaints((filter) => filter !== this.#topics.status);
    return complaint === null ? commands : [complaint, ...commands];
  }

  /** Bytes on the wire of a message and its acknowledgement, with the numbers that it gets. */
  #bytesOf(topic: string, body: string): number {
    return Buffer.byteLength(topic) + Buffer.byteLength(body) + NUMBERS_BYTES + PACKET_BYTES;
  }

  #spend(topic: string, body: string): void {
    this.#budget.spend(this.#bytesOf(topic, body), this.#clock());
  }

  #retain(what: string, topic: () => string, payload: object | null): void {
    try {
      const body = payload && JSON.stringify({ ts: this.#now(), boot: this.#boot, ...payload });
      this.#spend(topic(), body ?? '');
      this.#sender.retain(topic(), body);
    } catch (error) {
      this.#invalid(what, error);
    }
  }

  /** @param spends whether it takes from the bytes of the day; on the wire it is counted all the same */
  #enqueue(kind: OutboxKind, topic: () => string, payload: object, spends = true): void {
    try {
      const body = JSON.stringify({ ts: this.#now(), boot: this.#boot, ...payload });
      if (spends) this.#spend(topic(), body);
      else this.#budget.count(this.#bytesOf(topic(), body));
      this.#sender.enqueue(kind, topic(), body);
    } catch (error) {
      this.#invalid(kind, error);
    }
  }

  #check(): void {
    const isStuck = this.#sender.isStuck(this.#options.mqtt.keepaliveS * 1000);
    if (isStuck) this.#link.connection?.destroy(NO_ACKNOWLEDGEMENT);
    else this.#sender.tellDelivery();
    this.#echo.check();
    this.#subscriptions.retry();
  }

  #invalid(what: string, error: unknown): void {
    this.#sender.drop('invalid');
    this.#log.error({ err: explain(error) }, `MQTT: ${what} cannot be published`);
  }
}

const memoryBounds = ({ queueMessages }: MqttConfig) => ({ maxMessages: queueMessages, maxBytes: MAX_QUEUE_BYTES });

/** More parts than full metrics ever have. */
const MANY_PARTS = 100;
/** What `seq` and the numbers of a stream add to a body, about. */
const NUMBERS_BYTES = 50;
/** Of a packet besides topic and payload, with the one that acknowledges it. */
const PACKET_BYTES = 12;
/** Of CONNECT with the last will, SUBSCRIBEs and their answers, about. */
const CONNECTION_BYTES = 700;

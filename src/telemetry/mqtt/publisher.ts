import type { MqttConfig, PublishConfig } from '../../config/config.js';
import { explain } from '../../foundation/errors.js';
import { type Log, silentLog } from '../../foundation/log.js';
import type { Scope } from '../../foundation/scope.js';
import type { AlertSink } from '../alerts/alerts.js';
import type { BrokerAddress } from './broker-address.js';
import { BrokerLink, type LinkPhase, type LinkProblem } from './broker-link.js';
import type { CommandHandler } from './commands.js';
import { Inbox, type SiteListener } from './inbox.js';
import { MemoryOutbox } from './memory-outbox.js';
import type { AccuracyReportPayload, AlertPayload, BirthInfo, EventPayload, MetricValues } from './messages.js';
import type { Delivery, MqttConnection } from './mqtt.js';
import type { Outbox, OutboxKind, OutboxMessage, TakenMessage } from './outbox.js';
import type { MqttProtocol } from './protocol-choice.js';
import { type PublishDropCause, PublishDrops } from './publish-drops.js';
import { ReportByException } from './report-by-exception.js';
import { type RetainedMessage, RetainedMessages } from './retained-messages.js';
import { Sequence } from './sequence.js';
import { type Topics, topicsOf } from './topics.js';

/** Bytes of all waiting messages together. */
const MAX_QUEUE_BYTES = 32_000_000;
/** Bytes of one message before it has its number, which the 256 kB of the embedded broker leave room for. */
const MAX_MESSAGE_BYTES = 255_900;
/** Connections that a message may be lost with before it is given up: it may be what breaks them. */
const MAX_ATTEMPTS = 5;

export interface PublisherOptions {
  readonly scope: Scope;
  readonly address: BrokerAddress;
  readonly mqtt: MqttConfig;
  readonly publish: Pick<PublishConfig, 'metricsFullEvery'>;
  readonly birth: BirthInfo;
  readonly log?: Log;
  /** Unix ms. */
  readonly now?: () => number;
  /** ms that only go forward, for time limits. */
  readonly clock?: () => number;
  /** For the jitter of reconnecting: 0 ≤ x < 1. */
  readonly random?: () => number;
}

export interface PublisherState {
  readonly phase: LinkPhase;
  readonly broker: string;
  /** Version in use, or that the next attempt will use. */
  readonly protocol: MqttProtocol;
  readonly bdSeq: number;
  /** Connections that the broker accepted so far. */
  readonly connections: number;
  /** Messages waiting in memory. */
  readonly queued: number;
  /** Messages handed to the socket that the broker has not acknowledged. */
  readonly inFlight: number;
  /** Messages that the broker acknowledged, or that were written at QoS 0. */
  readonly sent: number;
  readonly dropped: Readonly<Record<PublishDropCause, number>>;
  readonly droppedTotal: number;
  /** Why there is no connection, null while there is one. */
  readonly problem: LinkProblem | null;
}

/** Why the broker did not get a message that was about to be its own; other causes speak for themselves. */
const COMPLAINTS: Partial<Record<PublishDropCause, string>> = {
  'too-large': 'a message is larger than the broker takes',
  refused: 'the broker refuses a message: may this user publish there?',
};

/** A message as it goes to the broker. */
interface Packet {
  readonly topic: string;
  readonly payload: string;
  /** Of the payload. */
  readonly bytes: number;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** Where it came from the outbox. */
  readonly taken: TakenMessage | null;
  readonly retained: RetainedMessage | null;
}

/** A packet that the broker has not acknowledged. */
interface Sending extends Packet {
  readonly since: number;
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
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #retained = new RetainedMessages();
  readonly #sequence = new Sequence();
  readonly #reports: ReportByException;
  readonly #link: BrokerLink;
  readonly #drops: PublishDrops;
  readonly #sending = new Set<Sending>();

  #birth: BirthInfo;
  #birthDue = false;
  #pumping = false;
  #stopping = false;
  #sent = 0;
  #watchdog: NodeJS.Timeout | null = null;
  #drained: (() => void) | null = null;

  /** @throws RangeError where site or device cannot be topic levels */
  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#topics = topicsOf(options.scope);
    this.#log = options.log ?? silentLog;
    this.#now = options.now ?? Date.now;
    this.#clock = options.clock ?? (() => performance.now());
    this.#birth = options.birth;
    this.#drops = new PublishDrops(this.#log);
    const answer = (name: string, result: object) =>
      this.#enqueue('result', () => this.#topics.commandResult(name), result);
    this.#inbox = new Inbox(this.#topics, answer, this.#log);
    const bounds = { maxMessages: options.mqtt.queueMessages, maxBytes: MAX_QUEUE_BYTES };
    this.#outbox = new MemoryOutbox(bounds, (message, cause) => this.#dropped(message, cause));
    this.#reports = new ReportByException(options.publish.metricsFullEvery);
    this.#link = this.#linkOf(options);
    this.onCommand('ping', () => ({ uptimeS: Math.round(process.uptime()), version: this.#birth.version }));
  }

  /** Whose messages these are. */
  get scope(): Scope {
    return this.#options.scope;
  }

  state(): PublisherState {
    return {
      phase: this.#link.phase,
      broker: this.#options.address.label,
      protocol: this.#link.protocol,
      bdSeq: this.#link.bdSeq,
      connections: this.#link.connections,
      queued: this.#outbox.length,
      inFlight: this.#sending.size,
      sent: this.#sent,
      dropped: this.#drops.counts,
      droppedTotal: this.#drops.total,
      problem: this.#link.problem,
    };
  }

  /** Begins to connect, and keeps at it until `stop()`. Waits for nothing. */
  start(): void {
    if (this.#link.phase !== 'idle') return;
    const checkMs = Math.max(1000, (this.#options.mqtt.keepaliveS * 1000) / 4);
    this.#watchdog = setInterval(() => this.#checkAcknowledgements(), checkMs);
    this.#watchdog.unref();
    this.#link.start();
  }

  /** Registers what answers `cmd/<name>`. @throws RangeError where the name is taken or cannot be a topic level */
  onCommand(name: string, handler: CommandHandler): void {
    this.#inbox.onCommand(name, handler);
  }

  /**
   * Subscribes to what the devices of the site tell each other under a name, its own messages included.
   *
   * @returns what ends it
   * @throws RangeError where the name is taken or cannot be a topic level
   */
  onSiteCommand(name: string, listener: SiteListener): () => void {
    return this.#inbox.onSiteCommand(name, listener);
  }

  /** Tells every device of the site that listens to the name; waits and counts as an event does. */
  siteCommand(name: string, payload: object): void {
    this.#enqueue('event', () => this.#topics.siteCommand(name), payload);
  }

  /** Tells what the device is now; a birth message follows where that changed. */
  publishStatus(info: BirthInfo): void {
    if (JSON.stringify(info) === JSON.stringify(this.#birth)) return;
    this.#birth = info;
    this.#birthDue = true;
    this.#pump();
  }

  /** @param values all of them; what did not change is left out of the message */
  metrics(values: MetricValues): void {
    const report = this.#reports.next(values);
    if (!report) return;
    this.#enqueue('metrics', () => this.#topics.metrics, { ...(report.full && { full: true }), values: report.values });
  }

  event(camera: string, payload: EventPayload): void {
    this.#enqueue('event', () => this.#topics.event(camera), { camera, ...payload });
  }

  /** Raises or renews an alert; null clears it, also what an earlier run of the program left at the broker. */
  alert(code: string, payload: AlertPayload | null): void {
    this.#retain(`alert ${code}`, () => this.#topics.alert(code), payload && { code, ...payload });
  }

  /** Tells the latest of a report, which the broker keeps. */
  report(name: 'accuracy', payload: AccuracyReportPayload): void {
    this.#retain(`report ${name}`, () => this.#topics.report(name), payload);
  }

  /**
   * Sends what is waiting, says that the device stops on purpose, and disconnects; each within its part of `timeoutMs`.
   * Where the broker does not acknowledge the farewell, the connection is cut, so that the last will tells.
   */
  async stop(reason = 'stopped', timeoutMs = 3000): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    if (this.#link.acceptance) await this.#drain(timeoutMs / 2);
    if (this.#watchdog) clearInterval(this.#watchdog);
    this.#inbox.closed();
    await this.#link.stop(timeoutMs / 6, (connection) => this.#sayFarewell(connection, reason, timeoutMs / 3));
    this.#sending.clear();
    this.#outbox.close();
  }

  #linkOf({ address, mqtt, scope, random }: PublisherOptions): BrokerLink {
    const clientId = mqtt.clientId ?? `edge-${scope.site}-${scope.device}`;
    const will = (bdSeq: number) => ({
      topic: this.#topics.status,
      payload: JSON.stringify({ online: false, bdSeq, ts: this.#now() }),
    });
    return new BrokerLink(
      { address, mqtt, clientId, will, log: this.#log, now: this.#now, clock: this.#clock, random },
      {
        opened: () => this.#opened(),
        received: (topic, payload, retained) => void this.#inbox.received(topic, payload, retained),
        lost: () => this.#lost(),
      },
    );
  }

  #opened(): void {
    this.#drops.reborn();
    this.#birthDue = true;
    this.#retained.reborn();
    this.#pump();
    if (this.#link.connection) this.#inbox.opened(this.#link.connection);
  }

  #lost(): void {
    this.#inbox.closed();
    this.#sequence.connectionLost();
    this.#putBack();
    this.#drained?.();
  }

  /** What was on its way when the connection broke waits again, but for what may be what breaks connections. */
  #putBack(): void {
    for (const { taken } of this.#sending) {
      if (taken !== null && taken.attempts >= MAX_ATTEMPTS) this.#outbox.drop(taken, 'undeliverable');
    }
    this.#sending.clear();
    this.#outbox.putBack();
  }

  #retain(what: string, topic: () => string, payload: object | null): void {
    try {
      const body = payload && JSON.stringify({ ts: this.#now(), ...payload });
      if (Buffer.byteLength(body ?? '') > MAX_MESSAGE_BYTES) this.#drop('too-large');
      else if (!this.#retained.set(topic(), body)) this.#drop('queue-full');
    } catch (error) {
      this.#invalid(what, error);
    }
    this.#pump();
  }

  #enqueue(kind: OutboxKind, topic: () => string, payload: object): void {
    try {
      const body = JSON.stringify({ ts: this.#now(), ...payload });
      const bytes = Buffer.byteLength(body);
      const connection = this.#link.acceptance ? this.#link.connections : 0;
      if (this.#link.phase === 'stopped') this.#drop('stopped');
      else if (bytes > MAX_MESSAGE_BYTES) this.#drop('too-large');
      else this.#outbox.accept({ kind, topic: topic(), body, bytes, connection });
    } catch (error) {
      this.#invalid(kind, error);
    }
    this.#pump();
  }

  /** Hands over as much as may be on its way: the birth first, then alerts and reports, then what waits. */
  #pump(): void {
    // a message at QoS 0 is delivered before publish() returns; nothing may follow the farewell
    if (this.#pumping || this.#link.phase === 'stopped') return;
    this.#pumping = true;
    try {
      while (this.#sending.size < (this.#link.acceptance?.inFlight ?? 0) && this.#sendNext());
    } finally {
      this.#pumping = false;
    }
    if (this.#sending.size === 0 && this.#outbox.length === 0) this.#drained?.();
  }

  /** @returns false where there is nothing to send */
  #sendNext(): boolean {
    if (this.#birthDue) {
      this.#sendBirth();
      return true;
    }
    const retained = this.#retained.next();
    const taken = retained ? null : this.#outbox.next();
    if (retained) this.#sendRetained(retained);
    if (taken) this.#sendTaken(taken);
    return retained !== null || taken !== null;
  }

  #sendBirth(): void {
    this.#birthDue = false;
    this.#reports.reset();
    const seq = this.#sequence.birth();
    const body = { online: true, bdSeq: this.#link.bdSeq, ts: this.#now(), seq, ...this.#birth };
    const payload = JSON.stringify(body);
    const bytes = Buffer.byteLength(payload);
    this.#send({ topic: this.#topics.status, payload, bytes, qos: 1, retain: true, taken: null, retained: null });
  }

  #sendRetained(retained: RetainedMessage): void {
    const { topic, body } = retained;
    const payload = body === null ? '' : withSeq(body, this.#sequence.next());
    this.#send({ topic, payload, bytes: Buffer.byteLength(payload), qos: 1, retain: true, taken: null, retained });
  }

  #sendTaken(taken: TakenMessage): void {
    const { topic, kind, body } = taken;
    const historical = kind === 'metrics' && taken.connection !== this.#link.connections;
    const payload = withSeq(body, this.#sequence.next(), historical);
    // what was put before the body is ASCII
    const bytes = taken.bytes + payload.length - body.length;
    const qos = kind === 'metrics' && !historical ? 0 : 1;
    this.#send({ topic, payload, bytes, qos, retain: false, taken, retained: null });
  }

  #send(packet: Packet): void {
    const { topic, payload, bytes, qos, retain } = packet;
    if (bytes + topic.length + 16 > this.#link.acceptance!.maxPacketBytes) {
      this.#giveUp(packet, 'too-large');
      return;
    }
    const sending = { ...packet, since: this.#clock() };
    this.#sending.add(sending);
    this.#link.connection!.publish(topic, payload, qos, retain, (delivery) => this.#delivered(sending, delivery));
  }

  #delivered(sending: Sending, delivery: Delivery): void {
    // what a broken connection loses is put back once, when the connection ends
    if (delivery === 'connection-lost' || !this.#sending.delete(sending)) return;
    if (delivery === 'refused') this.#giveUp(sending, 'refused');
    else {
      this.#sent++;
      if (sending.taken) this.#outbox.acknowledge(sending.taken);
      if (sending.retained) this.#retained.acknowledged(sending.retained);
    }
    this.#pump();
  }

  #giveUp({ taken, topic }: Packet, cause: 'too-large' | 'refused'): void {
    if (taken) this.#outbox.drop(taken, cause);
    else this.#drops.complain(cause, topic, COMPLAINTS[cause]!);
  }

  /** A broker that takes messages and acknowledges none for a keep-alive is as good as gone. */
  #checkAcknowledgements(): void {
    const [oldest] = this.#sending;
    if (oldest && this.#clock() - oldest.since > this.#options.mqtt.keepaliveS * 1000) {
      this.#link.connection?.destroy('it acknowledges no messages');
    }
  }

  #drain(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#drained?.(), timeoutMs);
      this.#drained = () => {
        clearTimeout(timer);
        this.#drained = null;
        resolve();
      };
      this.#pump();
    });
  }

  #sayFarewell(connection: MqttConnection, reason: string, timeoutMs: number): Promise<boolean> {
    const seq = this.#sequence.next();
    const body = { online: false, bdSeq: this.#link.bdSeq, ts: this.#now(), seq, reason };
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      connection.publish(this.#topics.status, JSON.stringify(body), 1, true, (delivery) => {
        clearTimeout(timer);
        resolve(delivery === null);
      });
    });
  }

  /** The outbox gave a message up. One that the broker does not want has used its number. */
  #dropped({ topic }: OutboxMessage, cause: PublishDropCause): void {
    const why = COMPLAINTS[cause];
    if (why === undefined) this.#drop(cause);
    else this.#drops.complain(cause, topic, why);
  }

  #drop(cause: PublishDropCause): void {
    this.#drops.count(cause);
    this.#sequence.lose();
  }

  #invalid(what: string, error: unknown): void {
    this.#drop('invalid');
    this.#log.error({ err: explain(error) }, `MQTT: ${what} cannot be published`);
  }
}

/** Puts `seq` at the front of a JSON object with at least one key. */
function withSeq(body: string, seq: number, historical = false): string {
  return `{"seq":${seq},${historical ? '"historical":true,' : ''}${body.slice(1)}`;
}

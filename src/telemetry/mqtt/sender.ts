import { type Log, silentLog } from '../../foundation/log.js';
import { type Birth, isShortestBirth, longestBirth } from './birth.js';
import type { BrokerLink } from './broker-link.js';
import type { BrokerReason } from './broker-reasons.js';
import type { ConnectionEnd } from './connection-end.js';
import { DeliveryReports } from './delivery-reports.js';
import { DrainPace } from './drain-pace.js';
import { LiveQueue } from './live-queue.js';
import type { BirthInfo } from './messages/status.js';
import type { Delivery, MqttConnection } from './mqtt.js';
import { isDurable, type Outbox, type OutboxKind } from './outbox.js';
import {
  type Packet,
  type PacketSource,
  payloadRoom,
  type SentPacket,
  wholePacket,
  withNumber,
  withSeq,
} from './packet.js';
import { type PublishDropCause, PublishDrops } from './publish-drops.js';
import { PublishLimits } from './publish-limits.js';
import { refusalsOf } from './refusals.js';
import { type RetainedMessage, RetainedMessages } from './retained-messages.js';
import { Sequence } from './sequence.js';
import type { BirthSize, SilentLimit, ToldBirth } from './silent-limit.js';
import type { Topics } from './topics.js';
import { type NextMessage, WaitingMessages } from './waiting-messages.js';

/** Bytes of all messages together that wait in memory, of each of the two queues there. */
export const MAX_QUEUE_BYTES = 32_000_000;
/** Bytes of one message before it has its number, which the 256 kB of the embedded broker leave room for. */
const MAX_MESSAGE_BYTES = 255_900;
/** So often may the broker acknowledge what came later, and not this one, before it is given up. */
const MAX_ATTEMPTS = 5;

export interface SenderOptions {
  readonly link: BrokerLink;
  readonly topics: Topics;
  readonly birth: BirthInfo;
  /** This run of the program. */
  readonly boot: string;
  /** Where what must arrive waits. */
  readonly outbox: Outbox;
  /** Messages that may wait in memory of what is worth something only now. */
  readonly queueMessages: number;
  /** Messages a second of what was made while there was no connection. */
  readonly drainPerSecond: number;
  /** How large the birth may be besides what the broker says. */
  readonly birthSize: () => BirthSize;
  /** The broker says that it has the birth. */
  readonly birthTold: (birth: ToldBirth) => void;
  /** What is retained is told again during the same connection. */
  readonly toldAgain: (messages: readonly RetainedMessage[]) => void;
  /** The broker knows nothing of the metrics any more, or did not get some: the next report is to be a whole one. */
  readonly metricsLost: () => void;
  readonly log?: Log;
  /** Unix ms. */
  readonly now: () => number;
  /** ms that only go forward. */
  readonly clock: () => number;
}

/**
 * Hands over to the broker what is to be told, in the order that matters: the birth of a connection, alerts and reports, then
 * what waits in the outbox. It numbers what it sends, keeps to what the broker takes, and learns that where the broker does
 * not say it.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #topics: Topics;
  readonly #log: Log;
  readonly #clock: () => number;
  readonly #link: BrokerLink;
  readonly #outbox: Outbox;
  readonly #waiting: WaitingMessages;
  readonly #reports: DeliveryReports;
  #paceTimer: NodeJS.Timeout | null = null;
  readonly #retained = new RetainedMessages();
  readonly #sequence = new Sequence();
  readonly #drops: PublishDrops;
  readonly #limits: PublishLimits;
  readonly #sending = new Set<SentPacket>();
  /** Of these, those that the broker passed over: acknowledgements come in the order of sending. */
  readonly #passedOver = new Set<SentPacket>();
  /** Whether the broker acknowledged anything during this connection. */
  #isHeard = false;
  #birth: BirthInfo;
  #birthDue = false;
  /** What the last birth lacks; null where there was none. */
  #birthOmitted: Birth['omitted'] | null = null;
  #toldOmitted = '';
  #pumping = false;
  #sent = 0;
  #drained: (() => void) | null = null;

  constructor(options: SenderOptions) {
    const { link, topics, log = silentLog, clock, birth, outbox } = options;
    this.#options = options;
    this.#link = link;
    this.#topics = topics;
    this.#log = log;
    this.#clock = clock;
    this.#birth = birth;
    this.#drops = new PublishDrops(log);
    this.#limits = new PublishLimits(clock);
    this.#outbox = outbox;
    this.#waiting = this.#waitingOf(options);
    this.#reports = new DeliveryReports(clock());
  }

  /** What the broker was told to keep, and is told again with a new connection. */
  get told(): Iterable<RetainedMessage> {
    return this.#retained.told();
  }

  /** What a birth tells besides numbers. */
  get birth(): BirthInfo {
    return this.#birth;
  }

  /** Messages on their way that the broker has not acknowledged. */
  get inFlight(): number {
    return this.#sending.size;
  }

  /** Whether something is on its way that the broker has not acknowledged. */
  get isSending(): boolean {
    return this.#sending.size > 0;
  }

  state() {
    return {
      queued: this.#waiting.length,
      inFlight: this.#sending.size,
      sent: this.#sent,
      dropped: this.#drops.counts,
      droppedTotal: this.#drops.total,
      birthOmitted: this.#birthOmitted,
      refusals: refusalsOf({
        complaints: this.#drops.complaints,
        learned: this.#limits.learned,
        acceptance: this.#link.acceptance,
        birthOmitted: this.#birthOmitted,
        willIsWhole: this.#link.willIsWhole,
      }),
    };
  }

  /** Bytes that a payload at a topic may have to go through, as far as is known. */
  roomFor(topic: string): number {
    const { maxPacketBytes = Number.POSITIVE_INFINITY } = this.#link.acceptance ?? {};
    return payloadRoom(topic, Math.min(maxPacketBytes, this.#limits.safeBytes, MAX_MESSAGE_BYTES));
  }

  /** A birth message follows where what it tells has changed. */
  tellBirth(birth: BirthInfo): void {
    if (JSON.stringify(birth) === JSON.stringify(this.#birth)) return;
    this.#birth = birth;
    this.#birthDue = true;
    this.#pump();
  }

  /** Another birth message, the alerts that hold, and all metrics after them. */
  rebirth(): void {
    this.#birthDue = true;
    this.#pump();
  }

  /** What the broker throws away without a word; null: nothing, as far as is known. */
  limitSilently(found: SilentLimit['found']): void {
    this.#limits.silent(found);
  }

  /** @param body JSON object that lacks its `seq`; null clears what is retained at the topic */
  retain(topic: string, body: string | null): void {
    this.#retain(topic, body, false);
  }

  /** @param payload of a form that others prescribe, which is sent as it is and has no number; null clears what is retained there */
  retainForeign(topic: string, payload: string | null): void {
    this.#retain(topic, payload, true);
  }

  #retain(topic: string, body: string | null, isForeign: boolean): void {
    if (Buffer.byteLength(body ?? '') > MAX_MESSAGE_BYTES) this.drop('too-large');
    else if (!this.#retained.set(topic, body, isForeign)) this.drop('queue-full');
    this.#pump();
  }

  /** @param body JSON object that lacks its `seq` */
  enqueue(kind: OutboxKind, topic: string, body: string): void {
    const bytes = Buffer.byteLength(body);
    const connection = this.#link.acceptance ? this.#link.connections : 0;
    if (this.#link.phase === 'stopped') this.drop('stopped');
    else if (bytes > MAX_MESSAGE_BYTES) this.drop('too-large');
    else this.#waiting.accept({ kind, topic, body, bytes, connection });
    this.#pump();
  }

  /** Tells receivers, where it is time, what was delivered and what was given up. To be called now and then. */
  tellDelivery(): void {
    if (this.#link.acceptance === null) return;
    if (this.#waiting.takeDrained()) this.#reports.callFor();
    if (!this.#reports.isDue(this.#clock(), this.#outbox.hasUntold)) return;
    this.#reports.told(this.#clock());
    const { now, boot } = this.#options;
    this.#outbox.tell((state) => {
      const body = JSON.stringify({ ts: now(), boot, ...state });
      const topic = this.#topics.report('delivery');
      return { kind: 'report', topic, body, bytes: Buffer.byteLength(body), connection: this.#link.connections };
    });
  }

  /** Tells receivers so now, or with the next connection. */
  callForDelivery(): void {
    this.#reports.callFor();
    this.tellDelivery();
  }

  /** Counts what will never be sent, and leaves a gap in the numbers for it. */
  drop(cause: PublishDropCause): void {
    this.#drops.count(cause);
    this.#sequence.lose();
  }

  /** A connection was accepted. */
  opened(): void {
    this.#drops.reborn();
    this.#isHeard = false;
    this.#birthDue = true;
    this.#birthOmitted = null;
    this.#retained.reborn();
    this.#waiting.opened();
    this.#tellBacklog();
    this.#pump();
    this.tellDelivery();
  }

  /** How long what waits will take, where that is worth a word. */
  #tellBacklog(): void {
    const { length } = this.#outbox;
    const minutes = length / this.#options.drainPerSecond / 60;
    if (minutes < 1) return;
    const time = minutes < 90 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`;
    this.#log.info(
      { waiting: length },
      `MQTT: ${length} messages that waited for the broker follow behind live ones, for about ${time} (outbox.drainPerSecond)`,
    );
  }

  /** The connection is gone: what was on its way waits again, but for what may be what breaks connections. */
  lost({ byBroker }: ConnectionEnd): void {
    this.#sequence.connectionLost();
    // two with the same client id throw each other out, whatever is on its way
    if (byBroker && this.#link.double === null) this.#findCulprit();
    for (const { source } of this.#passedOver) {
      if (source.attempts >= MAX_ATTEMPTS) source.givenUp('undeliverable');
    }
    this.#sending.clear();
    this.#passedOver.clear();
    this.#stopPacing();
    this.#waiting.putBack();
    this.#drained?.();
  }

  /** A broker that takes messages and acknowledges none for so long is as good as gone. @param ms since the oldest was sent */
  isStuck(ms: number): boolean {
    const [oldest] = this.#sending;
    return oldest !== undefined && this.#clock() - oldest.since > ms;
  }

  /** Waits until everything was sent and acknowledged, or the time is over. */
  drain(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#drained?.(), timeoutMs);
      this.#drained = () => {
        clearTimeout(timer);
        this.#drained = null;
        resolve();
      };
      this.#waiting.hurry();
      this.#pump();
    });
  }

  /** Says that the device stops on purpose. @returns whether the broker acknowledged it in time */
  sayFarewell(connection: MqttConnection, reason: string, timeoutMs: number): Promise<boolean> {
    const seq = this.#sequence.next();
    const { now, boot } = this.#options;
    const body = { online: false, bdSeq: this.#link.bdSeq, ts: now(), seq, boot, reason };
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      connection.publish(this.#topics.status, JSON.stringify(body), 1, true, (delivery) => {
        clearTimeout(timer);
        resolve(delivery === null);
      });
    });
  }

  /** Nothing more is sent: what waits and would not outlive the program is dropped. */
  close(): void {
    this.#sending.clear();
    this.#passedOver.clear();
    this.#stopPacing();
    this.#waiting.close();
  }

  /** Hands over as much as may be on its way: the birth first, then alerts and reports, then what waits. */
  #pump(): void {
    // a message at QoS 0 is delivered before publish() returns; nothing may follow the farewell
    if (this.#pumping || this.#link.phase === 'stopped') return;
    this.#pumping = true;
    try {
      while (this.#sending.size < this.#window && this.#sendNext());
    } finally {
      this.#pumping = false;
    }
    if (this.#sending.size === 0 && this.#waiting.mayStop) this.#drained?.();
    this.#pace();
  }

  /** What the pace holds back now is sent later. */
  #pace(): void {
    const isFull = this.#sending.size >= this.#window;
    const waitMs = isFull ? null : this.#waiting.backlogWaitMs(this.#window);
    if (waitMs === null || this.#paceTimer !== null) return;
    this.#paceTimer = setTimeout(() => {
      this.#paceTimer = null;
      this.#pump();
    }, waitMs).unref();
  }

  #stopPacing(): void {
    if (this.#paceTimer !== null) clearTimeout(this.#paceTimer);
    this.#paceTimer = null;
  }

  /** Messages that may be on their way now. */
  get #window(): number {
    const inFlight = this.#link.acceptance?.inFlight ?? 0;
    return this.#limits.isCareful ? Math.min(1, inFlight) : inFlight;
  }

  /** @returns false where there is nothing to send */
  #sendNext(): boolean {
    if (this.#birthDue) {
      this.#sendBirth();
      return true;
    }
    const retained = this.#retained.next();
    const waiting = retained ? null : this.#waiting.next(this.#window);
    if (retained) this.#sendRetained(retained);
    if (waiting) this.#sendWaiting(waiting);
    return retained !== null || waiting !== null;
  }

  #sendBirth(): void {
    this.#birthDue = false;
    this.#options.metricsLost();
    const topic = this.#topics.status;
    const { now, boot } = this.#options;
    const head = { bdSeq: this.#link.bdSeq, ts: now(), seq: 0, boot };
    const { atMost, fill } = this.#options.birthSize();
    const fits = (bytes: number): boolean =>
      wholePacket({ topic, bytes }).bytes <= atMost && this.#obstacleTo({ topic, bytes }) === null;
    const { lastProblem } = this.#link;
    const info = lastProblem === null ? this.#birth : { ...this.#birth, lastProblem };
    const birth = longestBirth(head, info, fits, fill ? payloadRoom(topic, atMost) : 0);
    this.#birthOmitted = birth?.omitted ?? null;
    if (birth === null) {
      this.#drops.count('too-large');
      this.#drops.complain('too-large', topic, 'a birth message is larger than the broker takes, even the smallest');
      return;
    }
    this.#sequence.birth();
    this.#options.toldAgain(this.#retained.again(this.#topics.isAlert));
    if (birth.omitted.length > 0 && !fill) {
      this.#drops.count('too-large');
      this.#tellOmitted(birth.omitted.join(', '));
    }
    const { payload, bytes } = birth;
    const source = { attempts: 0, acknowledged: () => undefined, givenUp: this.#countDrop };
    this.#send({ topic, payload, bytes, qos: 1, retain: true, mustArrive: false, source });
  }

  /** Once, however many connections it takes. */
  #tellOmitted(omitted: string): void {
    const level = omitted === this.#toldOmitted ? 'debug' : 'warn';
    this.#log[level](`MQTT: the birth message is larger than the broker takes: it goes without ${omitted}`);
    this.#toldOmitted = omitted;
  }

  #sendRetained(retained: RetainedMessage): void {
    const { topic, body, isForeign } = retained;
    // an empty payload says no number, and has one all the same: a receiver that misses it is to know
    const seq = isForeign ? null : this.#sequence.next();
    const payload = body === null || seq === null ? (body ?? '') : withSeq(body, seq);
    const acknowledged = () => this.#retained.acknowledged(retained);
    const source = { attempts: 0, acknowledged, givenUp: this.#countDrop };
    const bytes = Buffer.byteLength(payload);
    this.#send({ topic, payload, bytes, qos: 1, retain: true, mustArrive: false, source });
  }

  #sendWaiting(message: NextMessage): void {
    const { topic, kind, number, isLatestReport: retain } = message;
    const isLive = message.connection === this.#link.connections;
    const body = number === null ? message.body : withNumber(message.body, number);
    const payload = withSeq(body, this.#sequence.next(), isDurable(kind) && !isLive && !retain);
    // what was put before the body is ASCII
    const bytes = message.bytes + payload.length - message.body.length;
    const mustShow = kind !== 'metrics' || this.#limits.isCareful;
    const qos = mustShow || this.#limits.isSuspect(wholePacket({ topic, bytes })) ? 1 : 0;
    const source = retain ? this.#remembering(message, body) : message;
    this.#send({ topic, payload, bytes, qos, retain, mustArrive: number !== null, source });
  }

  /** What the broker retains of the outbox is told again to the next one, which may have lost it. */
  #remembering({ topic, attempts, acknowledged, givenUp }: NextMessage, body: string): PacketSource {
    const remembered = () => {
      this.#retained.remember(topic, body);
      if (topic === this.#topics.report('delivery')) this.#reports.taken();
      acknowledged();
    };
    return { attempts, acknowledged: remembered, givenUp };
  }

  #send(packet: Packet): void {
    const { topic, payload, qos, retain } = packet;
    const obstacle = this.#obstacleTo(packet);
    if (obstacle !== null) {
      if (obstacle === 'size') this.#giveUp(packet, 'too-large', TOO_LARGE);
      else this.#giveUp(packet, 'refused', 'the broker ends the connection at every message there');
      return;
    }
    const sending = { ...packet, since: this.#clock() };
    this.#sending.add(sending);
    this.#link.connection!.publish(topic, payload, qos, retain, (delivery) => this.#delivered(sending, delivery));
  }

  /** Why the broker would not take a packet; null where it would. */
  #obstacleTo(packet: Pick<Packet, 'topic' | 'bytes'>): 'size' | 'topic' | null {
    const lone = wholePacket(packet);
    if (lone.bytes > (this.#link.acceptance?.maxPacketBytes ?? Number.POSITIVE_INFINITY)) return 'size';
    return this.#limits.forbids(lone);
  }

  #delivered(sending: SentPacket, delivery: Delivery): void {
    // what a broken connection loses is put back once, when the connection ends
    if (delivery === 'connection-lost' || !this.#sending.has(sending)) return;
    if (sending.qos === 1) this.#answered(sending);
    this.#sending.delete(sending);
    if (delivery !== null) this.#refused(sending, delivery);
    else {
      this.#sent++;
      if (sending.qos === 1) this.#limits.acknowledged(wholePacket(sending));
      if (sending.topic === this.#topics.status) this.#birthTold(sending);
      sending.source.acknowledged();
    }
    this.tellDelivery();
    this.#pump();
  }

  #answered(sending: SentPacket): void {
    this.#isHeard = true;
    this.#passedOver.delete(sending);
    for (const earlier of this.#sending) {
      if (earlier === sending) break;
      this.#passedOver.add(earlier);
    }
  }

  #birthTold(sending: SentPacket): void {
    const isShortest = this.#birthOmitted !== null && isShortestBirth({ omitted: this.#birthOmitted });
    this.#options.birthTold({ bytes: wholePacket(sending).bytes, isShortest });
  }

  #refused(sending: SentPacket, reason: BrokerReason): void {
    const isSize = reason.kind === 'too-large';
    if (isSize) this.#limits.tooLarge(wholePacket(sending));
    this.#giveUp(sending, isSize ? 'too-large' : 'refused', refusedInWords(reason));
    // a shorter one may do
    if (isSize && sending.topic === this.#topics.status) this.#birthDue = true;
  }

  #giveUp(packet: Packet, cause: 'too-large' | 'refused', why: string): void {
    const { source, topic } = packet;
    this.#limits.givenUp(wholePacket(packet));
    // the next report is a whole one: what was in this one is not told
    if (topic === this.#topics.metrics) this.#options.metricsLost();
    if (topic === this.#topics.status) this.#birthOmitted = null;
    source.givenUp(cause);
    this.#drops.complain(cause, topic, why);
  }

  /**
   * Whether one message breaks connections again and again: it is given up, and what is like it is not sent any more. What must
   * arrive is not blamed by a broker, or a line to it, that takes nothing at all.
   */
  #findCulprit(): void {
    const mayBlame = this.#isHeard || [...this.#sending].every(({ mustArrive }) => !mustArrive);
    const culprit = this.#limits.broke([...this.#sending].map(wholePacket), mayBlame);
    if (culprit === null) return;
    const [{ source, topic }] = [...this.#sending] as [SentPacket];
    const isSize = this.#limits.learned.bytes !== null && !this.#limits.learned.topics.includes(topic);
    const why = isSize
      ? `the broker ends the connection at a message of ${culprit.bytes} bytes: raise its limit (max_packet_size); larger ones are left out for an hour`
      : 'the broker ends the connection at every message there, which is left out for an hour: may this user publish there?';
    source.givenUp('undeliverable');
    if (topic === this.#topics.metrics) this.#options.metricsLost();
    this.#log.warn({ topic, bytes: culprit.bytes }, `MQTT: ${why}`);
  }

  /** Counts a message that was to be retained, and has used its number. */
  readonly #countDrop = (cause: PublishDropCause): void => this.#drops.count(cause);

  /** A message that waited was given up. One that the broker does not want has used its number, outdated metrics need none. */
  #dropped(cause: PublishDropCause): void {
    if (cause === 'too-large' || cause === 'refused' || cause === 'outdated') this.#drops.count(cause);
    else this.drop(cause);
  }

  #waitingOf({ outbox, queueMessages, drainPerSecond, clock }: SenderOptions): WaitingMessages {
    const bounds = { maxMessages: queueMessages, maxBytes: MAX_QUEUE_BYTES };
    const live = new LiveQueue(bounds, (_message, cause) => this.#dropped(cause));
    outbox.listen({ dropped: (_message, cause) => this.#dropped(cause), ready: () => this.#pump() });
    return new WaitingMessages({ outbox, live, pace: new DrainPace(drainPerSecond), clock });
  }
}

/** Why a message was given up that was about to be the broker's; other causes speak for themselves. */
const TOO_LARGE = 'a message is larger than the broker takes';

const refusedInWords = ({ words, advice }: BrokerReason): string => `the broker refuses a message: ${words}; ${advice}`;

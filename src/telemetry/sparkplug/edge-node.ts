import type { MqttConfig, SparkplugConfig } from '../../config/config.js';
import type { Log } from '../../foundation/log.js';
import type { BrokerAddress } from '../mqtt/broker-address.js';
import { BrokerLink } from '../mqtt/broker-link.js';
import { Forwarding, type HistorySource } from './forwarding.js';
import type { NodeMetric } from './node-metrics.js';
import { decodePayload } from './payload.js';
import { PrimaryHost } from './primary-host.js';
import { REBIRTH, type SparkplugMessage, SparkplugSession } from './session.js';

export interface EdgeNodeOptions {
  readonly config: SparkplugConfig;
  readonly mqtt: MqttConfig;
  readonly address: BrokerAddress;
  /** Group and edge node. */
  readonly group: string;
  readonly node: string;
  readonly clientId: string;
  /** Every metric as it is now. */
  readonly metrics: () => readonly NodeMetric[];
  /** Devices that can be reached. */
  readonly living: () => ReadonlySet<string>;
  readonly history: HistorySource;
  /** Unix ms of the last live values of an earlier run; null where there was none. */
  readonly toldAt: number | null;
  readonly log: Log;
  /** Unix ms. */
  readonly now?: () => number;
  /** ms that only go forward. */
  readonly clock?: () => number;
}

/** A host that asks for births again and again gets them once in so many ms. */
const REBIRTH_MS = 1000;
/** Pause between two messages of historical data. */
const FORWARD_MS = 100;
/** Of a PUBLISH packet besides topic and payload, at QoS 0. */
const MOST_HEAD_BYTES = 10;

/**
 * A Sparkplug B edge node at a broker: births, data by exception, deaths of cameras that are lost, rebirth on request. With a
 * primary host it waits for that one's STATE, leaves when the host goes offline, and tells afterwards what was missed, from
 * the history. Source: Sparkplug 3.0, chapter 5.
 */
export class SparkplugEdgeNode {
  readonly #options: EdgeNodeOptions;
  readonly #now: () => number;
  readonly #clock: () => number;
  readonly #link: BrokerLink;
  readonly #firstBdSeq: number;
  /** What was sent within it before an end may not have arrived. */
  readonly #keepAliveMs: number;
  readonly #host = new PrimaryHost();
  readonly #forwarding: Forwarding;
  #session: SparkplugSession | null = null;
  #bornAt = Number.NEGATIVE_INFINITY;
  #rebirth: NodeJS.Timeout | null = null;
  #telling: NodeJS.Timeout | null = null;
  #forwardingTimer: NodeJS.Timeout | null = null;
  #sent = 0;
  readonly #toldTooLarge = new Set<string>();

  constructor(options: EdgeNodeOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#clock = options.clock ?? (() => performance.now());
    const { mqtt, address, clientId, log, toldAt } = options;
    this.#keepAliveMs = mqtt.keepaliveS * 1000;
    // where nobody ever heard of this device, its past begins now
    this.#forwarding = new Forwarding(options.history, toldAt === null ? this.#now() : toldAt - this.#keepAliveMs);
    this.#link = new BrokerLink(
      {
        address,
        mqtt,
        clientId,
        will: (bdSeq) => this.#sessionOf(bdSeq).death(this.#now()),
        willForm: { qos: 1, retain: false },
        log,
        now: this.#now,
        clock: this.#clock,
      },
      {
        opened: () => this.#opened(),
        received: (topic, payload, retained) => this.#received(topic, payload, retained),
        hasSent: () => false,
        lost: () => this.#lost(),
      },
    );
    this.#firstBdSeq = this.#link.bdSeq;
  }

  /** Whether births were told over the connection of now. */
  get isBorn(): boolean {
    return this.#session !== null;
  }

  /** Unix ms of the last live values; null before the first. */
  get toldAt(): number | null {
    return this.#forwarding.toldAt;
  }

  get sent(): number {
    return this.#sent;
  }

  start(): void {
    this.#telling = setInterval(() => this.tell(), this.#options.config.intervalMs);
    this.#forwardingTimer = setInterval(() => this.#forward(), FORWARD_MS);
    this.#telling.unref();
    this.#forwardingTimer.unref();
    this.#link.start();
  }

  /** Tells NDEATH and disconnects. */
  async stop(timeoutMs = 1000): Promise<void> {
    for (const timer of [this.#telling, this.#forwardingTimer, this.#rebirth]) if (timer) clearTimeout(timer);
    const session = this.#session;
    this.#session = null;
    const farewell = async () => {
      if (session) this.#publish([session.death(this.#now())]);
      return true;
    };
    await this.#link.stop(timeoutMs, farewell, session !== null);
  }

  /** Tells what changed: births and deaths of devices first. */
  tell(): void {
    const session = this.#session;
    if (session === null || this.#isRebirthDue) return;
    const now = this.#now();
    const metrics = this.#options.metrics();
    const living = this.#options.living();
    if (!session.knows(metrics)) {
      this.#bear();
      return;
    }
    for (const device of new Set(metrics.flatMap(({ device: id }) => id ?? []))) {
      if (!living.has(device)) this.#publish(session.deviceDeath(device, now));
      else if (!session.isAlive(device)) this.#publish([session.deviceBirth(device, metrics, now)]);
    }
    this.#publish(session.data(metrics, now));
    this.#forwarding.told(now);
  }

  #sessionOf(bdSeq: number): SparkplugSession {
    const { group, node } = this.#options;
    return new SparkplugSession(group, node, (bdSeq - this.#firstBdSeq) % 256);
  }

  #opened(): void {
    const { group, node, config } = this.#options;
    const { connection } = this.#link;
    const heard = (problem: string | null) => {
      if (problem !== null) this.#options.log.warn(`Sparkplug: ${problem}`);
    };
    connection?.subscribe(`spBv1.0/${group}/NCMD/${node}`, heard);
    this.#host.forget();
    if (config.primaryHost === undefined) this.#bear();
    else connection?.subscribe(`spBv1.0/STATE/${config.primaryHost}`, heard, true);
  }

  #received(topic: string, payload: Uint8Array, retained: boolean): void {
    const { group, node, config } = this.#options;
    if (topic === `spBv1.0/STATE/${config.primaryHost}`) this.#hostSaid(payload);
    else if (topic === `spBv1.0/${group}/NCMD/${node}` && !retained && asksForRebirth(payload)) this.#askedForRebirth();
  }

  #hostSaid(payload: Uint8Array): void {
    const change = this.#host.heard(payload);
    if (change === 'came-online') this.#bear();
    if (change === 'went-offline' && this.#session !== null) {
      this.#publish([this.#session.death(this.#now())]);
      this.#session = null;
      this.#forwarding.interrupted(this.#now());
      // what follows is a new session, with a new last will
      void this.#link.connection?.close(1000, true);
    }
  }

  /** From the request on there is no data until the births. */
  get #isRebirthDue(): boolean {
    return this.#rebirth !== null;
  }

  #askedForRebirth(): void {
    if (this.#session === null || this.#isRebirthDue) return;
    const waitMs = Math.max(0, REBIRTH_MS - (this.#clock() - this.#bornAt));
    this.#rebirth = setTimeout(() => {
      this.#rebirth = null;
      if (this.#session !== null) this.#bear();
    }, waitMs);
    this.#rebirth.unref();
  }

  #bear(): void {
    this.#session ??= this.#sessionOf(this.#link.bdSeq);
    this.#bornAt = this.#clock();
    const now = this.#now();
    const metrics = this.#options.metrics();
    const known = new Set(metrics.flatMap(({ device }) => device ?? []));
    const living = new Set([...this.#options.living()].filter((device) => known.has(device)));
    this.#publish(this.#session.births(metrics, living, now));
    this.#forwarding.resumed(metrics, now);
  }

  #forward(): void {
    if (this.#session === null || this.#isRebirthDue) return;
    const points = this.#forwarding.next();
    if (points !== null) this.#publish(this.#session.history(points, this.#now()));
  }

  #lost(): void {
    if (this.#session === null) return;
    this.#session = null;
    this.#forwarding.interrupted(this.#now() - this.#keepAliveMs);
  }

  #publish(messages: readonly SparkplugMessage[]): void {
    const most = this.#link.acceptance?.maxPacketBytes ?? Number.POSITIVE_INFINITY;
    for (const { topic, payload } of messages) {
      // a broker that gets more than it takes ends the connection, again and again
      if (topic.length + payload.length + MOST_HEAD_BYTES > most) {
        this.#tooLarge(topic, payload.length, most);
        continue;
      }
      this.#link.connection?.publish(topic, payload, 0, false, (delivery) => {
        if (delivery === null) this.#sent++;
      });
    }
  }

  /** Told once each kind: births come again. */
  #tooLarge(topic: string, bytes: number, most: number): void {
    if (this.#toldTooLarge.has(topic)) return;
    this.#toldTooLarge.add(topic);
    this.#options.log.warn(
      `Sparkplug: the broker takes packets of ${most} bytes at most, and ${topic} has ${bytes}, which are not sent: raise the broker's max_packet_size`,
    );
  }
}

/** What is no payload, or asks for something else, is ignored: an edge node must bear names that it does not know. */
function asksForRebirth(payload: Uint8Array): boolean {
  try {
    return decodePayload(payload).metrics.some(({ name, value }) => name === REBIRTH && value === true);
  } catch {
    return false;
  }
}

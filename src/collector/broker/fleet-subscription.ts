import type { MqttConfig } from '../../config/config.js';
import { Retries } from '../../foundation/backoff.js';
import { explain } from '../../foundation/errors.js';
import { type Log, silentLog } from '../../foundation/log.js';
import { pause } from '../../foundation/pause.js';
import type { BrokerAddress } from '../../telemetry/mqtt/broker-address.js';
import { type BrokerSecrets, readSecrets } from '../../telemetry/mqtt/broker-secrets.js';
import { type ConnectionEnd, outcomeOfEnd } from '../../telemetry/mqtt/connection-end.js';
import type { LastingSession } from '../../telemetry/mqtt/lasting-session.js';
import { MqttConnection } from '../../telemetry/mqtt/mqtt.js';
import { type MqttProtocol, ProtocolChoice } from '../../telemetry/mqtt/protocol-choice.js';
import type { ArrivedMessage } from '../inbound/inspection.js';
import { CatchUp } from './catch-up.js';
import { SessionMark } from './session-mark.js';
import { WaitedMessages } from './waited-messages.js';

/** Where messages go, and who says when they are kept. */
export interface MessageTaker {
  readonly isFull: boolean;
  whenRoom(then: () => void): void;
  take(message: ArrivedMessage, kept: () => void): void;
}

export interface FleetSubscriptionOptions {
  readonly address: BrokerAddress;
  readonly mqtt: MqttConfig;
  /** One collector each: the broker keeps what comes while it is away under this name. */
  readonly clientId: string;
  readonly topics: readonly string[];
  /** Whether what the broker had kept is wanted also where it knows this subscription already. */
  readonly wantsRetained: boolean;
  readonly taker: MessageTaker;
  /** One of several that share what comes; absent: all of it comes to this one. */
  readonly share?: ShareOptions;
  readonly log?: Log;
  /** Unix ms. */
  readonly now?: () => number;
}

/** A session that gets a part of what comes. */
export interface ShareOptions {
  /** Of the shared subscription; the same for all. */
  readonly name: string;
  /** Whether it is that of another collector, which is gone: what waits there is taken, and nothing more. */
  readonly isLeft: boolean;
}

/** How it stands with the broker. */
export interface SubscriptionState {
  readonly connected: boolean;
  readonly protocol: MqttProtocol | null;
  /** Connections that were made. */
  readonly connections: number;
  /** Why there is none; null: there is, or none was tried yet. */
  readonly problem: string | null;
}

const RECEIVE_MAXIMUM = 4000;
/** A week. */
const SESSION_EXPIRY_S = 604_800;
/** ms without room for what comes after which the next messages waited at the broker. */
const NO_ROOM_MS = 1000;
/** ms for the acknowledgements that are under way. */
const CLOSE_MS = 5000;

/** How an attempt to connect ended. */
interface Ended {
  readonly message: string;
  /** ms for which the connection held; null: it was not made. */
  readonly heldMs: number | null;
  /** Whether the next attempt should follow at once. */
  readonly again: boolean;
}

/** A lasting session at a broker: every message at QoS 1 is acknowledged once it is kept. */
export class FleetSubscription {
  readonly #options: FleetSubscriptionOptions;
  readonly #log: Log;
  readonly #lasting: LastingSession;
  readonly #choice: ProtocolChoice;
  readonly #retries: Retries;
  readonly #stopping = new AbortController();
  #connection: MqttConnection | null = null;
  #running: Promise<void> | null = null;
  /** Of the connection: what of its messages came late. */
  #inbound: CatchUp | WaitedMessages | null = null;
  #resolveCaughtUp: () => void = () => undefined;
  readonly #caughtUp = new Promise<void>((resolve) => (this.#resolveCaughtUp = resolve));
  #state: SubscriptionState = { connected: false, protocol: null, connections: 0, problem: null };

  constructor(options: FleetSubscriptionOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    const { taker, mqtt, now = Date.now } = options;
    this.#lasting = {
      receiveMaximum: RECEIVE_MAXIMUM,
      expiryS: SESSION_EXPIRY_S,
      keeper: {
        get isFull() {
          return taker.isFull;
        },
        whenRoom: (then) => this.#whenRoom(then),
        take: (message, kept) => {
          if (this.#inbound === null) taker.take({ ...message, receivedAt: now() }, kept);
          else this.#inbound.hear(message, kept);
        },
      },
    };
    this.#choice = new ProtocolChoice(mqtt.protocol);
    this.#retries = new Retries({ initialMs: mqtt.reconnectMinMs, maxMs: mqtt.reconnectMaxMs });
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  /** Resolves once all that waited for a session that is shared has come, for the first time. */
  get caughtUp(): Promise<void> {
    return this.#caughtUp;
  }

  /** Connects, and again whenever the connection is lost, until it is stopped. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Sends something to a device, where there is a connection: what cannot be sent is not sent later. */
  publish(topic: string, payload: string): void {
    if (this.#state.connected) this.#connection?.publish(topic, payload, 1, false, () => undefined);
  }

  /** Leaves the broker, which keeps what comes from now on, or nothing where the session is to end. */
  async stop(endsSession = false): Promise<void> {
    this.#stopping.abort();
    await (endsSession ? this.#connection?.closeSession(CLOSE_MS) : this.#connection?.close(CLOSE_MS));
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const before = this.#state.problem;
      const { message, heldMs, again } = await this.#connect();
      if (this.#stopping.signal.aborted) return;
      this.#state = { ...this.#state, connected: false, problem: message };
      if (message !== before) this.#log.warn({ reason: message }, 'no connection to the broker');
      if (!again) await pause(this.#retries.next(heldMs), this.#stopping.signal);
    }
  }

  /** One connection, until it has ended. */
  async #connect(): Promise<Ended> {
    const { address, mqtt, clientId } = this.#options;
    const protocol = this.#choice.current;
    const { keepaliveS, connectTimeoutMs } = mqtt;
    let secrets: BrokerSecrets;
    try {
      secrets = await readSecrets(mqtt, address);
    } catch (error) {
      return { message: explain(error), heldMs: null, again: false };
    }
    // nobody would end a connection that is made from now on
    if (this.#stopping.signal.aborted) return { message: 'it was stopped', heldMs: null, again: false };
    const opened: { at: number | null } = { at: null };
    const end = await new Promise<ConnectionEnd>((ended) => {
      const connection = new MqttConnection(
        { address, secrets, protocol, clientId, keepaliveS, connectTimeoutMs, lasting: this.#lasting },
        {
          opened: ({ resumed }) => {
            opened.at = performance.now();
            this.#choice.after('accepted');
            this.#subscribe(connection, protocol, resumed);
            this.#inbound?.begin(resumed);
          },
          // what comes is the keeper's
          received: () => undefined,
          ended,
        },
      );
      this.#connection = connection;
      this.#inbound = this.#inboundOf(connection);
      connection.start();
    });
    this.#connection = null;
    this.#inbound = null;
    return {
      message: end.message,
      heldMs: opened.at === null ? null : performance.now() - opened.at,
      again: this.#choice.after(outcomeOfEnd(end.kind)),
    };
  }

  #subscribe(connection: MqttConnection, protocol: MqttProtocol, resumed: boolean): void {
    const { address, topics, wantsRetained } = this.#options;
    const done = (problem: string | null): void => {
      if (problem !== null) {
        const where = 'look at --topic, and at the access rules of the broker';
        connection.destroy(`${topics.join(', ')} cannot be subscribed to (${problem}): ${where}`);
        return;
      }
      this.#state = { connected: true, protocol, connections: this.#state.connections + 1, problem: null };
      this.#log.info({ broker: address.label, protocol, topics: topics.join(' '), resumed }, 'subscribed');
    };
    const { share } = this.#options;
    if (share === undefined) connection.subscribe(topics, done, wantsRetained ? true : 'if-new');
    else if (share.isLeft) connection.unsubscribe(sharedFilters(share.name, topics), done);
    else connection.subscribe(sharedFilters(share.name, topics), done, 'if-new');
  }

  /** What is asked of the broker is answered in its order. */
  #inboundOf(connection: MqttConnection): CatchUp | WaitedMessages {
    const { clientId, topics, wantsRetained, taker, share, now = Date.now } = this.#options;
    const mark = new SessionMark(connection, clientId);
    const take = (message: Omit<ArrivedMessage, 'receivedAt'>, kept: () => void): void =>
      taker.take({ ...message, receivedAt: now() }, kept);
    if (share === undefined) return new WaitedMessages(mark, take);
    return new CatchUp({
      connection,
      mark,
      retained: wantsRetained && !share.isLeft ? topics : [],
      take,
      done: () => this.#resolveCaughtUp(),
      failed: (problem) => connection.destroy(`what waited cannot be told from what comes: ${problem}`),
    });
  }

  #whenRoom(then: () => void): void {
    const since = performance.now();
    const inbound = this.#inbound;
    this.#options.taker.whenRoom(() => {
      if (inbound instanceof WaitedMessages && performance.now() - since > NO_ROOM_MS) inbound.expect();
      then();
    });
  }
}

const sharedFilters = (name: string, topics: readonly string[]): string[] =>
  topics.map((topic) => `$share/${name}/${topic}`);

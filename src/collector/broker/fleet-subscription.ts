import { connect, type IClientOptions, type IConnackPacket, type MqttClient } from 'mqtt';
import type { MqttConfig } from '../../config/config.js';
import { Retries } from '../../foundation/backoff.js';
import { explain } from '../../foundation/errors.js';
import { type Log, silentLog } from '../../foundation/log.js';
import { pause } from '../../foundation/pause.js';
import type { BrokerAddress } from '../../telemetry/mqtt/broker-address.js';
import { readSecrets } from '../../telemetry/mqtt/broker-secrets.js';
import {
  type ConnectedAs,
  type ConnectionError,
  endOf,
  isByBroker,
  wordsOf,
} from '../../telemetry/mqtt/connection-end.js';
import { type MqttProtocol, ProtocolChoice } from '../../telemetry/mqtt/protocol-choice.js';
import type { ArrivedMessage } from '../inbound/inspection.js';

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
  readonly log?: Log;
  /** Unix ms. */
  readonly now?: () => number;
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

/** Messages that the broker may send before the first of them is acknowledged, with MQTT 5. */
const RECEIVE_MAXIMUM = 4000;
/** Bytes of one packet. */
const MAX_INCOMING_BYTES = 1_000_000;
/** s for which a broker of MQTT 5 keeps what comes while the collector is away. */
const SESSION_EXPIRY_S = 604_800;
/** The lowest code of a refusal. */
const UNSPECIFIED = 128;
const PUBACK = 0x40;

/**
 * A lasting session at a broker: every message at QoS 1 is acknowledged by hand, once it is kept. MQTT.js hands on one message
 * after the other and acknowledges each before the next; so each is taken for one of QoS 0 here, and acknowledged beside it.
 */
export class FleetSubscription {
  readonly #options: FleetSubscriptionOptions;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #choice: ProtocolChoice;
  readonly #retries: Retries;
  readonly #stopping = new AbortController();
  #client: MqttClient | null = null;
  #running: Promise<void> | null = null;
  #state: SubscriptionState = { connected: false, protocol: null, connections: 0, problem: null };

  constructor(options: FleetSubscriptionOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#now = options.now ?? Date.now;
    this.#choice = new ProtocolChoice(options.mqtt.protocol);
    this.#retries = new Retries({ initialMs: options.mqtt.reconnectMinMs, maxMs: options.mqtt.reconnectMaxMs });
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  /** Connects, and again whenever the connection is lost, until it is stopped. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Sends something to a device, where there is a connection: what cannot be sent is not sent later. */
  publish(topic: string, payload: string): void {
    if (this.#state.connected) this.#client?.publish(topic, payload, { qos: 1 });
  }

  /** Leaves the broker, which keeps what comes from now on. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const client = this.#client;
    if (client) await new Promise<void>((resolve) => client.end(false, {}, () => resolve()));
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const before = this.#state.problem;
      const { message, heldMs, again } = await this.#connection();
      if (this.#stopping.signal.aborted) return;
      this.#state = { ...this.#state, connected: false, problem: message };
      if (message !== before) this.#log.warn({ reason: message }, 'no connection to the broker');
      if (!again) await pause(this.#retries.next(heldMs), this.#stopping.signal);
    }
  }

  /** One connection, until it has ended. */
  async #connection(): Promise<{ message: string; heldMs: number | null; again: boolean }> {
    const { address, mqtt, clientId } = this.#options;
    const protocol = this.#choice.current;
    const { keepaliveS, connectTimeoutMs } = mqtt;
    let as: ConnectedAs;
    try {
      as = { address, secrets: await readSecrets(mqtt, address), protocol, clientId, keepaliveS, connectTimeoutMs };
    } catch (error) {
      return { message: explain(error), heldMs: null, again: false };
    }
    const client = connect(optionsOf(as));
    this.#client = client;
    let openedAt: number | null = null;
    let heard: { error: ConnectionError | null; code: number | null; words: string } = {
      error: null,
      code: null,
      words: '',
    };
    let bytes = 0;
    let lastAt = performance.now();
    const fail = (error: Error): void => {
      heard = { ...heard, error: heard.error ?? error };
      setImmediate(() => {
        client.end(true);
        client.stream.destroy();
      });
    };
    client.on('packetreceive', (packet) => {
      bytes = 0;
      lastAt = performance.now();
      if (packet.cmd === 'connack' || packet.cmd === 'disconnect')
        heard = { ...heard, words: wordsOf(packet.properties) };
      if (packet.cmd === 'disconnect') heard = { ...heard, code: packet.reasonCode ?? 0 };
    });
    this.#takeFrom(client);
    client.on('connect', (connack) => {
      openedAt = performance.now();
      this.#opened(client, connack, protocol, fail);
    });
    client.on('error', fail);
    client.stream.on('error', fail);
    client.stream.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > MAX_INCOMING_BYTES + chunk.length)
        fail(new Error(`the broker sent a packet of more than ${MAX_INCOMING_BYTES} bytes`));
    });
    await new Promise<void>((resolve) => client.once('close', resolve));
    client.end(true);
    this.#client = null;
    const { error, code, words } = heard;
    const refusal = typeof error?.code === 'number' && openedAt === null ? error.code : null;
    const end = endOf(
      {
        error,
        code: code ?? refusal,
        words,
        isOpen: openedAt !== null,
        byBroker: code !== null || error === null || isByBroker(error),
        silentMs: performance.now() - lastAt,
        brokersChain: [],
      },
      as,
    );
    const outcome =
      openedAt !== null
        ? 'accepted'
        : end.kind === 'version-refused' || end.kind === 'closed-without-answer'
          ? end.kind
          : 'other';
    const again = this.#choice.after(outcome);
    return { message: end.message, heldMs: openedAt === null ? null : performance.now() - openedAt, again };
  }

  #opened(client: MqttClient, connack: IConnackPacket, protocol: MqttProtocol, fail: (error: Error) => void): void {
    const { topics, wantsRetained } = this.#options;
    // 1: only where the subscription is new
    const handling = protocol === '5' && { rh: wantsRetained ? (0 as const) : (1 as const), rap: false };
    client.subscribe([...topics], { qos: 1, ...handling }, (error, granted) => {
      const refused = granted?.find(({ qos }) => qos >= UNSPECIFIED);
      if (error || refused) {
        fail(
          new Error(
            refused
              ? `the broker refuses to let this user read ${refused.topic}: look at its access rules`
              : `${topics.join(', ')} cannot be subscribed to (${error?.message}): look at --topic, and at the access rules of the broker`,
          ),
        );
        return;
      }
      const connections = this.#state.connections + 1;
      this.#state = { connected: true, protocol, connections, problem: null };
      this.#log.info(
        { broker: this.#options.address.label, protocol, topics: topics.join(' '), resumed: connack.sessionPresent },
        'subscribed',
      );
    });
  }

  #takeFrom(client: MqttClient): void {
    const { taker } = this.#options;
    const acknowledge = acknowledgerOf(client);
    const taken = new WeakSet<object>();
    client.on('packetreceive', (packet) => {
      if (packet.cmd !== 'publish' || packet.qos !== 1) return;
      const { messageId, topic, payload, retain } = packet;
      packet.qos = 0;
      taker.take({ topic, payload: bytesOf(payload), retained: retain, receivedAt: this.#now() }, () =>
        acknowledge(messageId!),
      );
      taken.add(packet);
    });
    client.handleMessage = (packet, done) => {
      if (packet.cmd === 'publish' && !taken.has(packet)) {
        const { topic, payload, retain } = packet;
        taker.take({ topic, payload: bytesOf(payload), retained: retain, receivedAt: this.#now() }, () => undefined);
      }
      // whoever is behind with writing reads no more: the socket fills, and the broker waits
      if (taker.isFull) taker.whenRoom(() => done());
      else done();
    };
  }
}

const bytesOf = (payload: string | Uint8Array): Uint8Array =>
  typeof payload === 'string' ? Buffer.from(payload) : payload;

/** Acknowledgements of one turn go in one write. */
function acknowledgerOf(client: MqttClient): (messageId: number) => void {
  let ids: number[] = [];
  const send = (): void => {
    const bytes = Buffer.allocUnsafe(ids.length * 4);
    for (const [index, id] of ids.entries()) {
      bytes.writeUInt16BE((PUBACK << 8) | 2, index * 4);
      bytes.writeUInt16BE(id, index * 4 + 2);
    }
    ids = [];
    if (!client.stream.destroyed) client.stream.write(bytes);
  };
  return (messageId) => {
    ids.push(messageId);
    if (ids.length === 1) queueMicrotask(send);
  };
}

function optionsOf({
  address,
  secrets,
  protocol,
  clientId,
  keepaliveS,
  connectTimeoutMs,
}: ConnectedAs): IClientOptions {
  return {
    ...secrets,
    protocol: address.protocol,
    hostname: address.protocol.startsWith('ws') && address.host.includes(':') ? `[${address.host}]` : address.host,
    port: address.port,
    path: address.path,
    protocolVersion: protocol === '5' ? 5 : 4,
    ...(protocol === '5' && {
      properties: {
        maximumPacketSize: MAX_INCOMING_BYTES,
        receiveMaximum: RECEIVE_MAXIMUM,
        sessionExpiryInterval: SESSION_EXPIRY_S,
      },
    }),
    clientId,
    clean: false,
    keepalive: keepaliveS,
    reschedulePings: false,
    connectTimeout: connectTimeoutMs,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    rejectUnauthorized: true,
  };
}

import { connect, type IClientOptions, type IConnackPacket, type MqttClient } from 'mqtt';
import { maskCredentials } from '../../foundation/log.js';
import type { BrokerAddress } from './broker-address.js';
import type { BrokerSecrets } from './broker-secrets.js';
import type { MqttProtocol } from './protocol-choice.js';

/*
 * One connection to a broker, from CONNECT to the end of its TCP stream. It never reconnects by itself: MQTT.js keeps
 * its last will and its protocol version for life and waits a fixed time between attempts, so every attempt is a client
 * of its own.
 */

/** Bytes of one packet from the broker; a larger one ends the connection before it is in memory. */
const MAX_INCOMING_BYTES = 1_000_000;
/** Messages on their way at a time, unless the broker wants fewer. */
const IN_FLIGHT = 16;

export interface ConnectionOptions {
  readonly address: BrokerAddress;
  readonly secrets: BrokerSecrets;
  readonly protocol: MqttProtocol;
  readonly clientId: string;
  readonly keepaliveS: number;
  readonly connectTimeoutMs: number;
  /** Published retained, QoS 1, by the broker when the connection breaks. */
  readonly will: { readonly topic: string; readonly payload: string };
}

/** What the broker said when it accepted. */
export interface Acceptance {
  /** Messages that may be unacknowledged at a time. */
  readonly inFlight: number;
  /** Bytes of the largest packet that it takes; Infinity where it says nothing. */
  readonly maxPacketBytes: number;
}

export type EndKind =
  | 'version-refused'
  | 'credentials-refused'
  | 'refused'
  | 'unreachable'
  | 'tls'
  | 'timeout'
  | 'closed-without-answer'
  | 'closed';

/** How a connection ended. */
export interface ConnectionEnd {
  readonly kind: EndKind;
  /** For people; no secrets. */
  readonly message: string;
  /** Whether the broker may have taken the CONNECT, and with it the last will. */
  readonly willMayBeKnown: boolean;
}

export interface ConnectionListener {
  opened(acceptance: Acceptance): void;
  received(topic: string, payload: Uint8Array, retained: boolean): void;
  /** Once, last. */
  ended(end: ConnectionEnd): void;
}

/** `null`: the broker has it (QoS 1) or the socket took it (QoS 0). */
export type Delivery = null | 'refused' | 'connection-lost';

export class MqttConnection {
  readonly #options: ConnectionOptions;
  readonly #listener: ConnectionListener;
  #client: MqttClient | null = null;
  #open = false;
  #ended = false;
  #error: (Error & { code?: number | string }) | null = null;
  #bytesSincePacket = 0;

  constructor(options: ConnectionOptions, listener: ConnectionListener) {
    this.#options = options;
    this.#listener = listener;
  }

  start(): void {
    const client = connect(clientOptions(this.#options));
    this.#client = client;
    client.on('connect', (connack) => this.#opened(connack));
    client.on('message', (topic, payload, packet) => this.#listener.received(topic, payload, packet.retain));
    client.on('packetreceive', () => {
      this.#bytesSincePacket = 0;
    });
    client.on('disconnect', (packet) => {
      this.#error ??= new Error(`the broker said goodbye with reason code ${packet.reasonCode ?? 0}`);
    });
    client.on('error', (error) => this.#failed(error));
    client.on('close', () => this.#end());
    client.stream.on('data', (chunk: Uint8Array) => this.#count(chunk.length));
  }

  /** @param done called at most once; after `ended` nothing that was not delivered will be */
  publish(topic: string, payload: string, qos: 0 | 1, retain: boolean, done: (delivery: Delivery) => void): void {
    if (this.#ended) return;
    try {
      this.#client?.publish(topic, payload, { qos, retain }, (error) => done(error ? deliveryOf(error) : null));
    } catch (error) {
      this.#failed(error as Error);
    }
  }

  /** @param done with an explanation where the broker refuses */
  subscribe(filter: string, done: (problem: string | null) => void): void {
    // rh 2: no retained messages at subscription (MQTT 5; with 3.1.1 they come and are told apart by their flag)
    this.#client?.subscribe(filter, { qos: 1, ...(this.#options.protocol === '5' && { rh: 2 }) }, (error, granted) => {
      const refused = granted?.some((grant) => grant.qos >= 128);
      done(error?.message ?? (refused ? 'the broker refuses the subscription' : null));
    });
  }

  /** Says DISCONNECT, so that the last will is not published, and waits until the stream is closed or the time is over. */
  async close(timeoutMs: number): Promise<void> {
    const client = this.#client;
    if (client && !this.#ended) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        client.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
        client.end(false);
      });
    }
    this.destroy();
  }

  /**
   * Ends at once and without a word: the broker publishes the last will.
   *
   * @param why for the listener, where it was this side's decision
   */
  destroy(why?: string): void {
    if (why) this.#error ??= new Error(why);
    this.#client?.end(true);
    this.#end();
  }

  #opened(connack: IConnackPacket): void {
    if (this.#ended) return;
    this.#open = true;
    const properties = this.#options.protocol === '5' ? connack.properties : undefined;
    this.#listener.opened({
      inFlight: Math.min(IN_FLIGHT, properties?.receiveMaximum ?? IN_FLIGHT),
      maxPacketBytes: properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY,
    });
  }

  #failed(error: Error & { code?: number | string }): void {
    this.#error ??= error;
    // 'close' comes when the stream is gone; an error that leaves it open must not leave the connection half dead
    setImmediate(() => this.destroy());
  }

  #count(bytes: number): void {
    this.#bytesSincePacket += bytes;
    if (this.#bytesSincePacket <= MAX_INCOMING_BYTES) return;
    this.#failed(new Error(`the broker sent a packet of more than ${MAX_INCOMING_BYTES} bytes`));
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#client?.end(true);
    this.#listener.ended(endOf(this.#error, this.#open, this.#options));
  }
}

function clientOptions(options: ConnectionOptions): IClientOptions {
  const { address, secrets } = options;
  return {
    ...secrets,
    protocol: address.protocol,
    // MQTT.js puts it into a URL for WebSockets, where an IPv6 address needs its brackets
    hostname: address.protocol.startsWith('ws') && address.host.includes(':') ? `[${address.host}]` : address.host,
    port: address.port,
    path: address.path,
    protocolVersion: options.protocol === '5' ? 5 : 4,
    ...(options.protocol === '5' && { properties: { maximumPacketSize: MAX_INCOMING_BYTES } }),
    clientId: options.clientId,
    clean: true,
    keepalive: options.keepaliveS,
    reschedulePings: false,
    connectTimeout: options.connectTimeoutMs,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    rejectUnauthorized: true,
    will: { ...options.will, payload: Buffer.from(options.will.payload), qos: 1, retain: true },
  };
}

function deliveryOf(error: Error & { code?: unknown }): Delivery {
  return typeof error.code === 'number' && error.code >= 128 ? 'refused' : 'connection-lost';
}

const VERSION_REFUSED = [1, 132];
const CREDENTIALS_REFUSED = [4, 5, 134, 135];
const NETWORK_CALLS = ['connect', 'getaddrinfo'];

function endOf(
  error: (Error & { code?: number | string; syscall?: string }) | null,
  open: boolean,
  { address, protocol, connectTimeoutMs, secrets }: ConnectionOptions,
): ConnectionEnd {
  const where = `broker ${address.label}`;
  const why = error ? maskCredentials(error.message) : 'it closed the connection';
  const end = (kind: EndKind, message: string, willMayBeKnown = false) => ({ kind, message, willMayBeKnown });
  if (open) return end('closed', `${where}: connection lost (${why})`, true);
  if (!error) return end('closed-without-answer', `${where} closed the connection without an answer`, true);
  if (typeof error.code === 'number') {
    if (VERSION_REFUSED.includes(error.code)) {
      return end('version-refused', `${where} does not speak MQTT ${protocol}; mqtt.protocol chooses another version`);
    }
    if (CREDENTIALS_REFUSED.includes(error.code)) {
      const who = secrets.username === undefined ? 'clients without a user name' : `user ${secrets.username}`;
      return end(
        'credentials-refused',
        `${where} refuses ${who} (${why}); check mqtt.username and EDGE_MQTT_PASSWORD or mqtt.passwordFile`,
      );
    }
    return end('refused', `${where} refuses the connection (${why})`);
  }
  if (error.message === 'connack timeout') {
    return end('timeout', `${where} gave no answer within ${connectTimeoutMs} ms; check address and port`, true);
  }
  if (NETWORK_CALLS.includes(error.syscall ?? '') || error instanceof AggregateError) {
    return end(
      'unreachable',
      `${where} cannot be reached (${why || (error as NodeJS.ErrnoException).code}); check address, port and network`,
    );
  }
  if (address.tls) {
    return end('tls', `${where}: no TLS connection (${why}); check mqtt.caFile, mqtt.certFile and mqtt.keyFile`, true);
  }
  return end('closed-without-answer', `${where} ended the connection (${why})`, true);
}

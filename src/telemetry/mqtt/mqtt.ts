import { connect, type IClientOptions, type IConnackPacket, type IDisconnectPacket, type MqttClient } from 'mqtt';
import type { BrokerAddress } from './broker-address.js';
import { type BrokerReason, brokerReason } from './broker-reasons.js';
import type { BrokerSecrets } from './broker-secrets.js';
import { type CertificateValidity, chainOf, type PeerCertificate } from './certificate-validity.js';
import { type ConnectionEnd, type ConnectionError, endOf, type Heard, isByBroker, wordsOf } from './connection-end.js';
import { keepMessages, type LastingSession, sessionOptions } from './lasting-session.js';
import type { MqttProtocol } from './protocol-choice.js';
import type { WillForm } from './will-choice.js';

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
  /** Published by the broker when the connection breaks; absent: nothing is. */
  readonly will?: { readonly topic: string; readonly payload: string | Uint8Array };
  /** How the last will is left; null: not at all. */
  readonly willForm?: WillForm;
  /** Absent: the session ends with the connection, and what was received is acknowledged as it comes. */
  readonly lasting?: LastingSession;
}

/** What the broker said when it accepted. */
export interface Acceptance {
  /** Messages that may be unacknowledged at a time. */
  readonly inFlight: number;
  /** Bytes of the largest packet that it takes; Infinity where it says nothing. */
  readonly maxPacketBytes: number;
  /** The highest quality of service that it takes: what is sent with more is sent with this. */
  readonly maxQos: 0 | 1;
  /** Whether it retains messages: where it does not, they are sent all the same. */
  readonly retains: boolean;
  /** Whether it had a lasting session, and goes on with it. */
  readonly resumed: boolean;
}

export interface ConnectionListener {
  opened(acceptance: Acceptance): void;
  received(topic: string, payload: Uint8Array, retained: boolean): void;
  /** Once, last. */
  ended(end: ConnectionEnd): void;
}

/** `null`: the broker has it (QoS 1) or the socket took it (QoS 0); a reason: the broker refuses it. */
export type Delivery = null | BrokerReason | 'connection-lost';

/** A subscription that failed, with what the broker answered if it did. */
type SubscribeError = Error & { packet?: { granted?: readonly number[] } };

/** MQTT 5's reason of a DISCONNECT after which the last will is published. */
const DISCONNECT_WITH_WILL = 4;
/** The lowest code of a refusal. */
const UNSPECIFIED = 128;

export class MqttConnection {
  readonly #options: ConnectionOptions;
  readonly #listener: ConnectionListener;
  #client: MqttClient | null = null;
  #open = false;
  #ended = false;
  #error: ConnectionError | null = null;
  #acceptance: Acceptance | null = null;
  /** Of the broker's goodbye. */
  #code: number | null = null;
  #words = '';
  #isOurs = false;
  #bytesSincePacket = 0;
  #lastPacketAt = performance.now();
  #brokersChain: readonly CertificateValidity[] = [];

  constructor(options: ConnectionOptions, listener: ConnectionListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** The broker's certificate and those above it; empty without TLS, and over WebSockets. */
  get brokersChain(): readonly CertificateValidity[] {
    return this.#brokersChain;
  }

  start(): void {
    const client = connect(clientOptions(this.#options));
    this.#client = client;
    if (this.#options.lasting) keepMessages(client, this.#options.lasting.keeper);
    client.on('connect', (connack) => this.#opened(connack));
    client.on('message', (topic, payload, packet) => this.#listener.received(topic, payload, packet.retain));
    client.on('packetreceive', (packet) => {
      this.#bytesSincePacket = 0;
      this.#lastPacketAt = performance.now();
      if (packet.cmd === 'connack' || packet.cmd === 'disconnect') this.#words = wordsOf(packet.properties);
    });
    client.on('disconnect', (packet) => {
      this.#code = packet.reasonCode ?? 0;
    });
    client.on('error', (error) => this.#failed(error));
    client.on('close', () => this.#end());
    // before the certificate is judged, after which it is gone
    client.stream.prependListener('secure', () => this.#readCertificate(client));
    // MQTT.js passes on only some of the stream's errors
    client.stream.on('error', (error: ConnectionError) => {
      this.#error ??= error;
    });
    client.stream.on('data', (chunk: Uint8Array) => this.#count(chunk.length));
  }

  /** @param done called at most once; after `ended` nothing that was not delivered will be */
  publish(
    topic: string,
    payload: string | Uint8Array,
    qos: 0 | 1,
    retain: boolean,
    done: (delivery: Delivery) => void,
  ): void {
    if (this.#ended) return;
    const { maxQos = qos, retains = true } = this.#acceptance ?? {};
    const options = { qos: qos > maxQos ? maxQos : qos, retain: retain && retains };
    try {
      const bytes = typeof payload === 'string' ? payload : Buffer.from(payload);
      this.#client?.publish(topic, bytes, options, (error) => done(error ? deliveryOf(error) : null));
    } catch (error) {
      this.#failed(error as Error);
    }
  }

  /**
   * What is sent to be retained keeps its flag with MQTT 5, unless what is retained is wanted too: that is told apart by the
   * flag then. With 3.1.1 it has none for whoever is there already.
   *
   * @param done with an explanation where the broker refuses, and with its code where it gave one
   * @param retained whether what is retained is wanted too, or only where the subscription is new: with 3.1.1 it comes all the same
   */
  subscribe(
    filter: string | readonly string[],
    done: (problem: string | null, code: number | null) => void,
    retained: boolean | 'if-new' = false,
  ): void {
    const rh = retained === 'if-new' ? 1 : retained ? 0 : 2;
    const handling = this.#options.protocol === '5' && { rh, rap: !retained };
    this.#client?.subscribe(typeof filter === 'string' ? filter : [...filter], { qos: 1, ...handling }, (error) => {
      // a mistake of this side has no answer of the broker with it
      const code = (error as SubscribeError | null)?.packet?.granted?.find((granted) => granted >= UNSPECIFIED);
      if (code === undefined) done(error?.message ?? null, null);
      else {
        const { words, advice } = brokerReason(code);
        // with 3.1.1 there is no other code
        const what = code === UNSPECIFIED ? 'may this user read there?' : advice;
        done(`the broker refuses the subscription: ${words}; ${what}`, code);
      }
    });
  }

  /** @param done with an explanation where that fails */
  unsubscribe(filters: readonly string[], done: (problem: string | null) => void): void {
    this.#client?.unsubscribe([...filters], (error) => done(error?.message ?? null));
  }

  /** As `close`; a broker of MQTT 5 is told to keep nothing of a lasting session. */
  async closeSession(timeoutMs: number): Promise<void> {
    const isSaid = this.#options.protocol === '5';
    await this.#close(timeoutMs, isSaid ? { reasonCode: 0, properties: { sessionExpiryInterval: 0 } } : {});
  }

  /**
   * Says DISCONNECT and waits until the stream is closed or the time is over.
   *
   * @param withWill whether a broker of MQTT 5 is to publish the last will all the same; one of 3.1.1 never does
   */
  async close(timeoutMs: number, withWill = false): Promise<void> {
    await this.#close(
      timeoutMs,
      withWill && this.#options.protocol === '5' ? { reasonCode: DISCONNECT_WITH_WILL } : {},
    );
  }

  async #close(timeoutMs: number, goodbye: Partial<IDisconnectPacket>): Promise<void> {
    const client = this.#client;
    if (client && !this.#ended) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        client.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
        client.end(false, goodbye);
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
    this.#isOurs = true;
    if (why) this.#error ??= new Error(why);
    this.#client?.end(true);
    // one that is told to end, and waits for an answer that never comes, hears of no second end
    this.#client?.stream.destroy();
    this.#end();
  }

  #opened(connack: IConnackPacket): void {
    if (this.#ended) return;
    this.#open = true;
    const properties = this.#options.protocol === '5' ? connack.properties : undefined;
    this.#acceptance = {
      inFlight: Math.min(IN_FLIGHT, properties?.receiveMaximum ?? IN_FLIGHT),
      maxPacketBytes: properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY,
      maxQos: properties?.maximumQoS === 0 ? 0 : 1,
      retains: properties?.retainAvailable !== false,
      resumed: connack.sessionPresent,
    };
    this.#listener.opened(this.#acceptance);
  }

  #readCertificate({ stream }: MqttClient): void {
    const socket = stream as { getPeerCertificate?(detailed: true): PeerCertificate | null };
    this.#brokersChain = chainOf(socket.getPeerCertificate?.(true));
  }

  #failed(error: ConnectionError): void {
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
    const error = this.#error;
    const refusal = typeof error?.code === 'number' && !this.#open ? error.code : null;
    const heard: Heard = {
      error,
      code: this.#code ?? refusal,
      words: this.#words,
      isOpen: this.#open,
      byBroker: this.#code !== null || (error === null ? !this.#isOurs : isByBroker(error)),
      silentMs: performance.now() - this.#lastPacketAt,
      brokersChain: this.#brokersChain,
    };
    this.#listener.ended(endOf(heard, this.#options));
  }
}

function clientOptions(options: ConnectionOptions): IClientOptions {
  const { address, secrets, protocol, will, willForm } = options;
  const { clean, properties } = sessionOptions(options.lasting, protocol);
  return {
    ...secrets,
    protocol: address.protocol,
    // MQTT.js puts it into a URL for WebSockets, where an IPv6 address needs its brackets
    hostname: address.protocol.startsWith('ws') && address.host.includes(':') ? `[${address.host}]` : address.host,
    port: address.port,
    path: address.path,
    protocolVersion: protocol === '5' ? 5 : 4,
    ...(protocol === '5' && { properties: { maximumPacketSize: MAX_INCOMING_BYTES, ...properties } }),
    clientId: options.clientId,
    clean,
    keepalive: options.keepaliveS,
    reschedulePings: false,
    connectTimeout: options.connectTimeoutMs,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    rejectUnauthorized: true,
    ...(will && willForm && { will: { ...will, ...willForm, payload: Buffer.from(will.payload) } }),
  };
}

function deliveryOf(error: ConnectionError): Delivery {
  return typeof error.code === 'number' && error.code >= 128 ? brokerReason(error.code) : 'connection-lost';
}

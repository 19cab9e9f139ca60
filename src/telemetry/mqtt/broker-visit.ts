import { randomUUID } from 'node:crypto';
import type { MqttConfig } from '../../config/config.js';
import { EdgeError } from '../../foundation/errors.js';
import type { BrokerAddress } from './broker-address.js';
import { type BrokerSecrets, readSecrets } from './broker-secrets.js';
import type { CertificateValidity } from './certificate-validity.js';
import { type ConnectionEnd, outcomeOfEnd } from './connection-end.js';
import { type ConnectionOptions, type Delivery, MqttConnection } from './mqtt.js';
import type { MqttProtocol } from './protocol-choice.js';

/** Hears what a visitor subscribed to. */
export type VisitListener = (topic: string, payload: Uint8Array, retained: boolean) => void;

export interface VisitOptions {
  /** Default: one that nobody else has. It must not be that of a device that is connected: the broker would throw it out. */
  readonly clientId?: string;
  /** ms for each version of MQTT that is tried; default mqtt.connectTimeoutMs. */
  readonly connectTimeoutMs?: number;
  /** Ends the visit at once, also while it is being opened. */
  readonly signal?: AbortSignal;
}

const CLOSE_MS = 1000;

/** There was no connection, or the broker ended it. Permanent where trying again cannot help. */
export class VisitEnded extends EdgeError {
  override readonly name = 'VisitEnded';
  readonly end: ConnectionEnd;
  /** The broker's certificate and those above it; empty where it showed none. */
  readonly brokersChain: readonly CertificateValidity[];

  constructor(end: ConnectionEnd, brokersChain: readonly CertificateValidity[]) {
    super('E_PUBLISH', end.message, { permanent: end.kind === 'credentials-refused' });
    this.end = end;
    this.brokersChain = brokersChain;
  }
}

/**
 * A connection for somebody who is not the device and soon goes again. It has a client id of its own and leaves no last
 * will, so that no device is disturbed by it.
 */
export class BrokerVisit {
  /** The version of MQTT that the broker took. */
  readonly protocol: MqttProtocol;
  readonly #connection: MqttConnection;
  readonly #opened: Promise<void>;
  #end: ConnectionEnd | null = null;

  private constructor(options: ConnectionOptions, listener: VisitListener, signal: AbortSignal | undefined) {
    this.protocol = options.protocol;
    const abort = () => this.#connection.destroy('it was given up');
    let settle: () => void;
    this.#opened = new Promise((resolve) => {
      settle = resolve;
    });
    this.#connection = new MqttConnection(options, {
      opened: () => settle(),
      received: listener,
      ended: (end) => {
        this.#end = end;
        signal?.removeEventListener('abort', abort);
        settle();
      },
    });
    signal?.addEventListener('abort', abort, { once: true });
    this.#connection.start();
    if (signal?.aborted) abort();
  }

  /**
   * @throws VisitEnded where the broker cannot be reached or refuses
   * @throws EdgeError E_PUBLISH where the password or a certificate cannot be read
   */
  static async open(
    mqtt: MqttConfig,
    address: BrokerAddress,
    listener: VisitListener,
    visit: VisitOptions = {},
  ): Promise<BrokerVisit> {
    const versions: readonly MqttProtocol[] = mqtt.protocol === 'auto' ? ['5', '3.1.1'] : [mqtt.protocol];
    const secrets = await readSecrets(mqtt, address);
    let refused: VisitEnded | null = null;
    for (const protocol of versions) {
      const options = connectionOptions(mqtt, address, secrets, protocol, visit);
      const opening = new BrokerVisit(options, listener, visit.signal);
      await opening.#opened;
      if (opening.#end === null) return opening;
      refused = new VisitEnded(opening.#end, opening.brokersChain);
      if (visit.signal?.aborted || outcomeOfEnd(refused.end.kind) === 'other') break;
    }
    throw refused!;
  }

  /** The broker's certificate and those above it; empty without TLS, and over WebSockets. */
  get brokersChain(): readonly CertificateValidity[] {
    return this.#connection.brokersChain;
  }

  /** @param retained whether what is retained is wanted too @throws EdgeError E_PUBLISH where this user may not read it */
  async subscribe(filter: string, retained: boolean): Promise<void> {
    const refusal = await this.trySubscribing(filter, retained);
    if (refusal !== null) throw new EdgeError('E_PUBLISH', `${filter} cannot be read: ${refusal.problem}`);
  }

  /** As `subscribe`. @returns why not, and the broker's code where it gave one; null where the broker agrees */
  trySubscribing(
    filter: string,
    retained: boolean,
  ): Promise<{ readonly problem: string; readonly code: number | null } | null> {
    return new Promise((resolve) => {
      this.#connection.subscribe(
        filter,
        (problem, code) => resolve(problem === null ? null : { problem, code }),
        retained,
      );
    });
  }

  /** @returns why the broker refuses; null where it did not say so @throws VisitEnded where it is gone */
  async publish(topic: string, payload: string, retain: boolean): Promise<string | null> {
    const delivery = await this.deliver(topic, payload, retain);
    if (delivery === 'connection-lost') return 'the broker ended the connection';
    return delivery === null ? null : `${delivery.words}; ${delivery.advice}`;
  }

  /** Publishes at QoS 1. @returns what the broker answered @throws VisitEnded where it is gone */
  deliver(topic: string, payload: string, retain: boolean): Promise<Delivery> {
    this.checkOpen();
    return new Promise((resolve) => {
      this.#connection.publish(topic, payload, 1, retain, resolve);
    });
  }

  /** @throws VisitEnded where the broker is gone */
  checkOpen(): void {
    if (this.#end !== null) throw new VisitEnded(this.#end, this.brokersChain);
  }

  async close(): Promise<void> {
    await this.#connection.close(CLOSE_MS);
  }
}

function connectionOptions(
  { keepaliveS, connectTimeoutMs }: MqttConfig,
  address: BrokerAddress,
  secrets: BrokerSecrets,
  protocol: MqttProtocol,
  visit: VisitOptions,
): ConnectionOptions {
  return {
    address,
    secrets,
    protocol,
    clientId: visit.clientId ?? `edge-visit-${randomUUID().slice(0, 8)}`,
    keepaliveS,
    connectTimeoutMs: visit.connectTimeoutMs ?? connectTimeoutMs,
  };
}

import { randomUUID } from 'node:crypto';
import type { MqttConfig } from '../../config/config.js';
import { EdgeError } from '../../foundation/errors.js';
import type { BrokerAddress } from './broker-address.js';
import { readSecrets } from './broker-secrets.js';
import type { ConnectionEnd } from './connection-end.js';
import { type ConnectionOptions, type Delivery, MqttConnection } from './mqtt.js';
import type { MqttProtocol } from './protocol-choice.js';

/** Hears what a visitor subscribed to. */
export type VisitListener = (topic: string, payload: Uint8Array, retained: boolean) => void;

const CLOSE_MS = 1000;

/**
 * A connection for somebody who is not the device and soon goes again. It has a client id of its own and leaves no last
 * will, so that no device is disturbed by it.
 */
export class BrokerVisit {
  readonly #connection: MqttConnection;
  #end: ConnectionEnd | null = null;

  private constructor(
    options: ConnectionOptions,
    listener: VisitListener,
    opened: (end: ConnectionEnd | null) => void,
  ) {
    this.#connection = new MqttConnection(options, {
      opened: () => opened(null),
      received: listener,
      ended: (end) => {
        this.#end = end;
        opened(end);
      },
    });
    this.#connection.start();
  }

  /** @throws EdgeError E_PUBLISH where the broker cannot be reached or refuses; permanent where trying again cannot help */
  static async open(mqtt: MqttConfig, address: BrokerAddress, listener: VisitListener): Promise<BrokerVisit> {
    const versions: readonly MqttProtocol[] = mqtt.protocol === 'auto' ? ['5', '3.1.1'] : [mqtt.protocol];
    const secrets = await readSecrets(mqtt, address);
    const { keepaliveS, connectTimeoutMs } = mqtt;
    let refusal: ConnectionEnd | null = null;
    for (const protocol of versions) {
      const options = {
        address,
        secrets,
        protocol,
        clientId: `edge-visit-${randomUUID().slice(0, 8)}`,
        keepaliveS,
        connectTimeoutMs,
        will: { topic: '', payload: '' },
        willForm: null,
      };
      let visit: BrokerVisit | null = null;
      refusal = await new Promise<ConnectionEnd | null>((resolve) => {
        visit = new BrokerVisit(options, listener, resolve);
      });
      if (refusal === null) return visit!;
      if (refusal.kind !== 'version-refused' && refusal.kind !== 'closed-without-answer') break;
    }
    throw new EdgeError('E_PUBLISH', refusal!.message, { permanent: refusal!.kind === 'credentials-refused' });
  }

  /** @param retained whether what is retained is wanted too @throws EdgeError E_PUBLISH where this user may not read it */
  async subscribe(filter: string, retained: boolean): Promise<void> {
    const problem = await new Promise<string | null>((resolve) => {
      this.#connection.subscribe(filter, resolve, retained);
    });
    if (problem !== null) throw new EdgeError('E_PUBLISH', `${filter} cannot be read: ${problem}`);
  }

  /** @returns why the broker refuses; null where it did not say so @throws EdgeError E_PUBLISH where it is gone */
  async publish(topic: string, payload: string, retain: boolean): Promise<string | null> {
    this.checkOpen();
    const delivery = await new Promise<Delivery>((resolve) => {
      this.#connection.publish(topic, payload, 1, retain, resolve);
    });
    if (delivery === 'connection-lost') return 'the broker ended the connection';
    return delivery === null ? null : `${delivery.words}; ${delivery.advice}`;
  }

  /** @throws EdgeError E_PUBLISH where the broker is gone */
  checkOpen(): void {
    if (this.#end !== null) throw new EdgeError('E_PUBLISH', this.#end.message);
  }

  async close(): Promise<void> {
    await this.#connection.close(CLOSE_MS);
  }
}

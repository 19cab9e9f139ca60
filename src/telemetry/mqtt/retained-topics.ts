import { randomUUID } from 'node:crypto';
import type { MqttConfig } from '../../config/config.js';
import { EdgeError } from '../../foundation/errors.js';
import { pause } from '../../foundation/pause.js';
import type { BrokerAddress } from './broker-address.js';
import { readSecrets } from './broker-secrets.js';
import type { ConnectionEnd } from './connection-end.js';
import { type ConnectionListener, type Delivery, MqttConnection } from './mqtt.js';
import type { MqttProtocol } from './protocol-choice.js';

/** What a broker keeps at a topic. */
export interface RetainedTopic {
  readonly topic: string;
  readonly text: string;
}

/** Retained messages come at once after a subscription; there is no sign of the last one. */
const QUIET_MS = 300;
/** A broker far away, with thousands of them, may take so long. */
const LONGEST_MS = 10_000;
/** More than a device can have. */
const MAX_TOPICS = 10_000;
const LOOK_EVERY_MS = 50;
const CLOSE_MS = 1000;
const NEVER = new AbortController().signal;

/**
 * A visit at a broker, to see and clear what it retains. It has a client id of its own and leaves no last will, so that no
 * device is disturbed by it.
 */
export class RetainedTopics {
  readonly #connection: MqttConnection;
  readonly #found = new Map<string, RetainedTopic>();
  #lastAt = 0;
  #end: ConnectionEnd | null = null;

  private constructor(
    connect: (listener: ConnectionListener) => MqttConnection,
    opened: (end: ConnectionEnd | null) => void,
  ) {
    this.#connection = connect({
      opened: () => opened(null),
      received: (topic, payload, retained) => this.#received(topic, payload, retained),
      ended: (end) => {
        this.#end = end;
        opened(end);
      },
    });
  }

  /** @throws EdgeError E_PUBLISH where the broker cannot be reached or refuses; permanent where trying again cannot help */
  static async open(mqtt: MqttConfig, address: BrokerAddress): Promise<RetainedTopics> {
    const versions: readonly MqttProtocol[] = mqtt.protocol === 'auto' ? ['5', '3.1.1'] : [mqtt.protocol];
    const secrets = await readSecrets(mqtt, address);
    const { keepaliveS, connectTimeoutMs } = mqtt;
    let refusal: ConnectionEnd | null = null;
    for (const protocol of versions) {
      const connect = (listener: ConnectionListener): MqttConnection =>
        new MqttConnection(
          {
            address,
            secrets,
            protocol,
            clientId: `edge-visit-${randomUUID().slice(0, 8)}`,
            keepaliveS,
            connectTimeoutMs,
            will: { topic: '', payload: '' },
            willForm: null,
          },
          listener,
        );
      let visit: RetainedTopics | null = null;
      refusal = await new Promise<ConnectionEnd | null>((resolve) => {
        visit = new RetainedTopics(connect, resolve);
        visit.#connection.start();
      });
      if (refusal === null) return visit!;
      if (refusal.kind !== 'version-refused' && refusal.kind !== 'closed-without-answer') break;
    }
    throw new EdgeError('E_PUBLISH', refusal!.message, { permanent: refusal!.kind === 'credentials-refused' });
  }

  /** What is retained at and below a topic. @throws EdgeError E_PUBLISH where this user may not read it, or the broker is gone */
  async below(topic: string): Promise<RetainedTopic[]> {
    this.#found.clear();
    const problem = await new Promise<string | null>((resolve) => {
      this.#connection.subscribe(`${topic}/#`, resolve, true);
    });
    if (problem !== null) throw new EdgeError('E_PUBLISH', `${topic}/# cannot be read: ${problem}`);
    const begun = performance.now();
    this.#lastAt = begun;
    while (performance.now() - this.#lastAt < QUIET_MS && performance.now() - begun < LONGEST_MS)
      await pause(LOOK_EVERY_MS, NEVER);
    this.#checkOpen();
    return [...this.#found.values()]
      .filter((one) => one.topic.startsWith(`${topic}/`))
      .sort((a, b) => (a.topic < b.topic ? -1 : 1));
  }

  /** Clears what is retained at a topic. @returns why the broker refuses; null where it did not say so */
  async clear(topic: string): Promise<string | null> {
    this.#checkOpen();
    const delivery = await new Promise<Delivery>((resolve) => {
      this.#connection.publish(topic, '', 1, true, resolve);
    });
    if (delivery === 'connection-lost') return 'the broker ended the connection';
    return delivery === null ? null : `${delivery.words}; ${delivery.advice}`;
  }

  async close(): Promise<void> {
    await this.#connection.close(CLOSE_MS);
  }

  #received(topic: string, payload: Uint8Array, retained: boolean): void {
    // an empty payload is what clearing sends to whoever listens
    if (!retained || payload.length === 0 || this.#found.size >= MAX_TOPICS) return;
    this.#lastAt = performance.now();
    this.#found.set(topic, { topic, text: new TextDecoder().decode(payload) });
  }

  #checkOpen(): void {
    if (this.#end !== null) throw new EdgeError('E_PUBLISH', this.#end.message);
  }
}

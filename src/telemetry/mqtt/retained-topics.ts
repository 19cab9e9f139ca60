import type { MqttConfig } from '../../config/config.js';
import { pause } from '../../foundation/pause.js';
import type { BrokerAddress } from './broker-address.js';
import { BrokerVisit } from './broker-visit.js';

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
const NEVER = new AbortController().signal;

/** A visit at a broker, to see and clear what it retains. */
export class RetainedTopics {
  readonly #found = new Map<string, RetainedTopic>();
  #visit: BrokerVisit | null = null;
  #lastAt = 0;

  private constructor() {}

  /** @throws EdgeError E_PUBLISH where the broker cannot be reached or refuses; permanent where trying again cannot help */
  static async open(mqtt: MqttConfig, address: BrokerAddress): Promise<RetainedTopics> {
    const topics = new RetainedTopics();
    topics.#visit = await BrokerVisit.open(mqtt, address, (topic, payload, retained) =>
      topics.#received(topic, payload, retained),
    );
    return topics;
  }

  /** What is retained at and below a topic. @throws EdgeError E_PUBLISH where this user may not read it, or the broker is gone */
  async below(topic: string): Promise<RetainedTopic[]> {
    this.#found.clear();
    await this.#visit!.subscribe(`${topic}/#`, true);
    const begun = performance.now();
    this.#lastAt = begun;
    while (performance.now() - this.#lastAt < QUIET_MS && performance.now() - begun < LONGEST_MS)
      await pause(LOOK_EVERY_MS, NEVER);
    this.#visit!.checkOpen();
    return [...this.#found.values()]
      .filter((one) => one.topic.startsWith(`${topic}/`))
      .sort((a, b) => (a.topic < b.topic ? -1 : 1));
  }

  /** Clears what is retained at a topic. @returns why the broker refuses; null where it did not say so */
  clear(topic: string): Promise<string | null> {
    return this.#visit!.publish(topic, '', true);
  }

  async close(): Promise<void> {
    await this.#visit!.close();
  }

  #received(topic: string, payload: Uint8Array, retained: boolean): void {
    // an empty payload is what clearing sends to whoever listens
    if (!retained || payload.length === 0 || this.#found.size >= MAX_TOPICS) return;
    this.#lastAt = performance.now();
    this.#found.set(topic, { topic, text: new TextDecoder().decode(payload) });
  }
}

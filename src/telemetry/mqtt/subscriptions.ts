import type { Log } from '../../foundation/log.js';
import type { MqttConnection } from './mqtt.js';

/** What is refused, or not answered, is asked for again after so long: rights are granted while a connection holds. */
const ASK_AGAIN_MS = 600_000;

/** What was asked for and what the broker said to it. */
interface Asked {
  readonly retained: boolean;
  /** ms that only go forward. */
  since: number;
  answer: 'none' | 'granted' | { readonly refused: string };
}

export interface SubscriptionsOptions {
  /** A broker that says nothing for so long will not answer any more. */
  readonly patienceMs: number;
  /** ms that only go forward. */
  readonly clock: () => number;
  readonly log: Log;
}

/** What the device asked to hear on its connection of now, and what became of that: a broker may refuse it, or never answer. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #asked = new Map<string, Asked>();
  #connection: MqttConnection | null = null;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
  }

  /** A connection was made: nothing was asked for on it. */
  opened(connection: MqttConnection): void {
    this.#asked.clear();
    this.#connection = connection;
  }

  closed(): void {
    this.#connection = null;
    this.#asked.clear();
  }

  /** @param retained whether what is retained is wanted too */
  ask(filter: string, retained = false): void {
    const connection = this.#connection;
    if (connection === null) return;
    const asked: Asked = { retained, since: this.#options.clock(), answer: 'none' };
    const isNews = this.#asked.get(filter)?.answer === undefined;
    this.#asked.set(filter, asked);
    connection.subscribe(
      filter,
      (problem) => {
        if (this.#connection !== connection) return;
        asked.answer = problem === null ? 'granted' : { refused: problem };
        if (problem !== null) this.#options.log[isNews ? 'warn' : 'debug']({ topic: filter }, `MQTT: ${problem}`);
      },
      retained,
    );
  }

  /** Whether the broker said that it will hand on what comes there. */
  isGranted(filter: string): boolean {
    return this.#asked.get(filter)?.answer === 'granted';
  }

  /** Asks again for what was refused long ago. To be called now and then. */
  retry(): void {
    const at = this.#options.clock();
    for (const [filter, { answer, since, retained }] of this.#asked) {
      if (answer !== 'granted' && at - since >= ASK_AGAIN_MS) this.ask(filter, retained);
    }
  }

  /** What cannot be heard, for people; empty where everything can. @param matters whether a filter is worth a word */
  complaints(matters: (filter: string) => boolean): string[] {
    const at = this.#options.clock();
    const said: string[] = [];
    for (const [filter, { answer, since }] of this.#asked) {
      if (!matters(filter) || answer === 'granted') continue;
      if (answer !== 'none') said.push(`${answer.refused} (${filter}): nothing is heard there`);
      else if (at - since > this.#options.patienceMs) {
        said.push(`the broker does not answer the subscription to ${filter}: nothing is heard there`);
      }
    }
    return said;
  }
}

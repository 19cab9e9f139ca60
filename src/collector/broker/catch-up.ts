import type { HandedMessage } from '../../telemetry/mqtt/lasting-session.js';
import type { MqttConnection } from '../../telemetry/mqtt/mqtt.js';
import { fleetTopic } from '../inbound/fleet-topic.js';
import type { ArrivedMessage } from '../inbound/inspection.js';
import type { SessionMark } from './session-mark.js';

export interface CatchUpOptions {
  readonly connection: Pick<MqttConnection, 'subscribe' | 'unsubscribe'>;
  /** Of the session. */
  readonly mark: SessionMark;
  /** What is read once of what the broker retains; empty: nothing. */
  readonly retained: readonly string[];
  readonly take: (message: Omit<ArrivedMessage, 'receivedAt'>, kept: () => void) => void;
  /** Once everything that waited has come. */
  readonly done: () => void;
  readonly failed: (problem: string) => void;
}

/** Of these the broker is asked whether they still hold. */
const MOST_ALERTS = 1000;

/**
 * What waited at the broker for this session was overtaken by what others took meanwhile. A message to itself, behind all of it, tells
 * when that is over; then the broker is asked which of the alerts that were told so late it still retains: those hold, and no others.
 */
export class CatchUp {
  readonly #options: CatchUpOptions;
  /** Until the broker has said whether it had this session, what comes is what it kept. */
  #isLate = true;
  /** Alerts that were told late, and whether the broker retains each. */
  readonly #alerts = new Map<string, boolean>();

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  /** @param resumed whether the broker had this session, and may have kept messages for it */
  begin(resumed: boolean): void {
    const { connection, mark, retained, failed } = this.#options;
    this.#isLate = resumed;
    if (!resumed && retained.length === 0) {
      this.#options.done();
      return;
    }
    const marked = (): void => mark.ask(() => this.#caughtUp());
    mark.listen((problem) => {
      if (problem !== null) failed(problem);
      else if (retained.length === 0) marked();
      else connection.subscribe(retained, (wrong) => (wrong === null ? marked() : failed(wrong)), true);
    });
  }

  /** A message of the session. */
  hear(message: HandedMessage, kept: () => void): void {
    const { topic, payload, retained } = message;
    if (this.#options.mark.hear(message)) {
      kept();
      return;
    }
    if (!this.#isLate && this.#alerts.has(topic)) this.#alerts.set(topic, payload.length > 0);
    const read = this.#isLate ? fleetTopic(topic) : null;
    if (read?.is === 'message' && read.name === 'alert' && this.#alerts.size < MOST_ALERTS)
      this.#alerts.set(topic, false);
    this.#options.take({ ...message, late: this.#isLate && !retained }, kept);
  }

  #caughtUp(): void {
    const { connection, mark, retained, failed } = this.#options;
    this.#isLate = false;
    if (retained.length > 0) connection.unsubscribe(retained, () => undefined);
    const topics = [...this.#alerts.keys()];
    if (topics.length === 0) {
      this.#end();
      return;
    }
    const asked = (): void =>
      mark.ask(() => {
        connection.unsubscribe(topics, () => undefined);
        for (const [topic, holds] of this.#alerts)
          if (!holds)
            this.#options.take({ topic, payload: new Uint8Array(), retained: true, late: true }, () => undefined);
        this.#alerts.clear();
        this.#end();
      });
    connection.subscribe(topics, (problem) => (problem === null ? asked() : failed(problem)), true);
  }

  #end(): void {
    const { mark, done } = this.#options;
    mark.end();
    done();
  }
}

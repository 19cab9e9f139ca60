import { createHash, randomUUID } from 'node:crypto';
import type { HandedMessage } from '../../telemetry/mqtt/lasting-session.js';
import type { Delivery, MqttConnection } from '../../telemetry/mqtt/mqtt.js';

/** A message of a session to itself: once it comes, all that waited for the session before has come. */
export class SessionMark {
  readonly #connection: Pick<MqttConnection, 'subscribe' | 'unsubscribe' | 'publish'>;
  /** Nobody else listens to it, and whoever collects may write there. */
  readonly #topic: string;
  #mark = '';
  #then: () => void = () => undefined;

  /** @param clientId of the session */
  constructor(connection: Pick<MqttConnection, 'subscribe' | 'unsubscribe' | 'publish'>, clientId: string) {
    this.#connection = connection;
    const name = createHash('sha256').update(clientId).digest('hex').slice(0, 12);
    this.#topic = `edge/v1/collectors/${name}/cmd/rebirth`;
  }

  /** Listens. @param done with an explanation where the broker refuses */
  listen(done: (problem: string | null) => void): void {
    this.#connection.subscribe(this.#topic, done);
  }

  /** @param then once all has come @param sent whether the broker has it */
  ask(then: () => void, sent: (delivery: Delivery) => void = () => undefined): void {
    this.#mark = randomUUID();
    this.#then = then;
    this.#connection.publish(this.#topic, JSON.stringify({ id: this.#mark }), 1, false, sent);
  }

  /** @returns whether that was a message to itself */
  hear({ topic, payload }: HandedMessage): boolean {
    if (topic !== this.#topic) return false;
    if (this.#mark === '' || !Buffer.from(payload).toString().includes(this.#mark)) return true;
    // a broker may hand it on twice
    this.#mark = '';
    this.#then();
    return true;
  }

  /** Listens no more. */
  end(): void {
    this.#mark = '';
    this.#connection.unsubscribe([this.#topic], () => undefined);
  }
}

import type { Log } from '../../foundation/log.js';

/** Why a message never reached the broker. */
export const PUBLISH_DROP_CAUSES = [
  'queue-full',
  'outdated',
  'too-old',
  'too-large',
  'refused',
  'undeliverable',
  'invalid',
  'stopped',
] as const;
export type PublishDropCause = (typeof PUBLISH_DROP_CAUSES)[number];

/** Counts what was dropped, by cause, and complains of it once per connection. */
export class PublishDrops {
  readonly #counts = Object.fromEntries(PUBLISH_DROP_CAUSES.map((c) => [c, 0])) as Record<PublishDropCause, number>;
  /** What was complained of during this connection: the first of each cause, in words. */
  readonly #complained = new Map<PublishDropCause, string>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  get counts(): Readonly<Record<PublishDropCause, number>> {
    return { ...this.#counts };
  }

  get total(): number {
    return Object.values(this.#counts).reduce((sum, n) => sum + n, 0);
  }

  /** What was complained of during this connection, for people. */
  get complaints(): readonly string[] {
    return [...this.#complained.values()];
  }

  count(cause: PublishDropCause): void {
    this.#counts[cause]++;
  }

  /** Says why something was dropped: the first of a connection is news, the counter tells of the others. */
  complain(cause: PublishDropCause, topic: string, why: string): void {
    this.#log[this.#complained.has(cause) ? 'debug' : 'warn']({ topic }, `MQTT: ${why}`);
    if (!this.#complained.has(cause)) this.#complained.set(cause, `${why} (${topic})`);
  }

  /** A new connection: everything is news again. */
  reborn(): void {
    this.#complained.clear();
  }
}

import type { LiveKind, OutboxMessage } from './outbox.js';
import type { PublishDropCause } from './publish-drops.js';

/** Results that may wait; whoever sends commands faster than they are answered loses the oldest answers. */
export const RESULT_LANE = 64;

export type LiveMessage = OutboxMessage<LiveKind>;

/** A message on its way to the broker. */
export interface TakenLive extends LiveMessage {
  /** How often it was taken, this time included. */
  readonly attempts: number;
}

interface Waiting extends TakenLive {
  attempts: number;
}

/** Bounds on the metrics and messages of the site that wait. */
export interface LiveBounds {
  readonly maxMessages: number;
  /** Bytes of all waiting bodies, those of results included. */
  readonly maxBytes: number;
}

/**
 * What is worth something only now waits here, in memory. Order of leaving: results, then the others as they came. Where it is
 * full, the oldest metrics go first (`queue-full`): they repeat themselves. Metrics do not outlive their connection
 * (`outdated`): the first of the next one holds every value.
 */
export class LiveQueue {
  readonly #bounds: LiveBounds;
  readonly #onDrop: (message: LiveMessage, cause: PublishDropCause) => void;
  #waiting: Waiting[] = [];
  /** In the order in which they were taken. */
  readonly #taken = new Set<Waiting>();
  #bytes = 0;

  constructor(bounds: LiveBounds, onDrop: (message: LiveMessage, cause: PublishDropCause) => void) {
    this.#bounds = bounds;
    this.#onDrop = onDrop;
  }

  get length(): number {
    return this.#waiting.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  accept({ kind, topic, body, bytes, connection }: LiveMessage): void {
    this.#waiting.push({ kind, topic, body, bytes, connection, attempts: 0 });
    this.#bytes += bytes;
    this.#trim();
  }

  /** Takes the next message; null where none waits. */
  next(): TakenLive | null {
    const result = this.#waiting.findIndex(({ kind }) => kind === 'result');
    const message = this.#removeAt(Math.max(result, 0));
    if (message === null) return null;
    message.attempts++;
    this.#taken.add(message);
    return message;
  }

  /** The broker has it. */
  acknowledge(message: TakenLive): void {
    this.#taken.delete(message);
  }

  /** It is given up. */
  drop(message: TakenLive, cause: PublishDropCause): void {
    if (this.#taken.delete(message)) this.#onDrop(message, cause);
  }

  /** The connection is gone: what was taken and not acknowledged waits again, in its old place. */
  putBack(): void {
    const all = [...this.#taken, ...this.#waiting];
    this.#taken.clear();
    this.#waiting = all.filter(({ kind }) => kind !== 'metrics');
    this.#bytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const message of all) if (message.kind === 'metrics') this.#onDrop(message, 'outdated');
    this.#trim();
  }

  /** The program ends: what waits is dropped as `stopped`. */
  close(): void {
    const all = [...this.#taken, ...this.#waiting];
    this.#taken.clear();
    this.#waiting = [];
    this.#bytes = 0;
    for (const message of all) this.#onDrop(message, 'stopped');
  }

  #trim(): void {
    const count = (wanted: LiveKind) => this.#waiting.filter(({ kind }) => kind === wanted).length;
    const { maxMessages, maxBytes } = this.#bounds;
    while (count('result') > RESULT_LANE) this.#dropOldest('result');
    while (this.#waiting.length - count('result') > maxMessages || this.#bytes > maxBytes) {
      if (count('metrics') > 0) this.#dropOldest('metrics');
      else if (count('site') > 0) this.#dropOldest('site');
      else return;
    }
  }

  #dropOldest(wanted: LiveKind): void {
    const message = this.#removeAt(this.#waiting.findIndex(({ kind }) => kind === wanted));
    if (message) this.#onDrop(message, 'queue-full');
  }

  #removeAt(index: number): Waiting | null {
    const [message] = this.#waiting.splice(index, 1);
    if (message) this.#bytes -= message.bytes;
    return message ?? null;
  }
}

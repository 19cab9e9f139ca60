import {
  type DropListener,
  type Outbox,
  type OutboxBounds,
  type OutboxKind,
  type OutboxMessage,
  RESULT_LANE,
  type TakenMessage,
} from './outbox.js';
import type { PublishDropCause } from './publish-drops.js';

interface Held extends OutboxMessage {
  /** The lower, the earlier it came. */
  readonly order: number;
  attempts: number;
}

/** An outbox in memory: as safe as the process. */
export class MemoryOutbox implements Outbox {
  readonly #bounds: OutboxBounds;
  readonly #onDrop: DropListener;
  readonly #lanes: Record<OutboxKind, Lane> = { result: new Lane(), event: new Lane(), metrics: new Lane() };
  /** In the order in which they were taken. */
  readonly #taken = new Set<Held>();
  #bytes = 0;
  #order = 0;

  constructor(bounds: OutboxBounds, onDrop: DropListener) {
    this.#bounds = bounds;
    this.#onDrop = onDrop;
  }

  get length(): number {
    return this.#lanes.result.length + this.#lanes.event.length + this.#lanes.metrics.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  accept({ kind, topic, body, bytes, connection }: OutboxMessage): void {
    this.#lanes[kind].push({ kind, topic, body, bytes, connection, order: this.#order++, attempts: 0 });
    this.#bytes += bytes;
    this.#trim();
  }

  next(): TakenMessage | null {
    const message = this.#shift();
    if (message === null) return null;
    message.attempts++;
    this.#taken.add(message);
    return message;
  }

  acknowledge(message: TakenMessage): void {
    this.#taken.delete(message as Held);
  }

  drop(message: TakenMessage, cause: PublishDropCause): void {
    if (this.#taken.delete(message as Held)) this.#onDrop(message, cause);
  }

  putBack(): void {
    for (const message of [...this.#taken].reverse()) {
      this.#lanes[message.kind].unshift(message);
      this.#bytes += message.bytes;
    }
    this.#taken.clear();
    this.#trim();
  }

  close(): void {
    for (const message of this.#taken) this.#onDrop(message, 'stopped');
    this.#taken.clear();
    for (let message = this.#shift(); message !== null; message = this.#shift()) this.#onDrop(message, 'stopped');
  }

  #shift(): Held | null {
    const { result, event, metrics } = this.#lanes;
    if (result.length > 0) return this.#shiftFrom(result);
    if (event.length === 0 && metrics.length === 0) return null;
    return this.#shiftFrom(event.firstOrder < metrics.firstOrder ? event : metrics);
  }

  #trim(): void {
    const { result, event, metrics } = this.#lanes;
    const { maxMessages, maxBytes } = this.#bounds;
    while (result.length > RESULT_LANE) this.#onDrop(this.#shiftFrom(result), 'queue-full');
    while (event.length + metrics.length > maxMessages || this.#bytes > maxBytes) {
      if (metrics.length > 0) this.#onDrop(this.#shiftFrom(metrics), 'queue-full');
      else if (event.length > 0) this.#onDrop(this.#shiftFrom(event), 'queue-full');
      else return;
    }
  }

  #shiftFrom(lane: Lane): Held {
    const message = lane.shift();
    this.#bytes -= message.bytes;
    return message;
  }
}

/** A first-in, first-out list whose `shift` does not move the rest. */
class Lane {
  #messages: (Held | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#messages.length - this.#head;
  }

  /** Infinity when empty. */
  get firstOrder(): number {
    return this.#messages[this.#head]?.order ?? Number.POSITIVE_INFINITY;
  }

  push(message: Held): void {
    this.#messages.push(message);
  }

  unshift(message: Held): void {
    if (this.#head > 0) this.#messages[--this.#head] = message;
    else this.#messages.unshift(message);
  }

  shift(): Held {
    const message = this.#messages[this.#head]!;
    this.#messages[this.#head++] = undefined;
    if (this.#head > 64 && this.#head * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#head);
      this.#head = 0;
    }
    return message;
  }
}

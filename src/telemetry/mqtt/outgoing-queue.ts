/** What waits: results of commands have a small lane of their own, metrics and events share the rest. */
export type QueuedKind = 'result' | 'event' | 'metrics';

export interface QueuedMessage {
  readonly kind: QueuedKind;
  readonly topic: string;
  /** JSON object that lacks its `seq`. */
  readonly body: string;
}

/** Results that may wait; whoever sends commands faster than they are answered loses the oldest answers. */
export const RESULT_LANE = 64;

interface Entry<M> {
  readonly order: number;
  readonly message: M;
}

/**
 * The bounded memory between the program and the broker. Order of leaving: results, then metrics and events as they
 * came. When it is full (messages or bytes), the oldest metrics message goes first, and only if there is none the
 * oldest event: metrics repeat themselves, events do not. Every message pushed out is handed to `onDrop`.
 */
export class OutgoingQueue<M extends QueuedMessage> {
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  readonly #onDrop: (message: M) => void;
  readonly #lanes: Record<QueuedKind, Lane<M>> = { result: new Lane(), event: new Lane(), metrics: new Lane() };
  #bytes = 0;
  #order = 0;

  /** @param maxMessages,maxBytes bounds on waiting metrics and events together (bytes: UTF-16 units of their bodies) */
  constructor(maxMessages: number, maxBytes: number, onDrop: (message: M) => void) {
    this.#maxMessages = maxMessages;
    this.#maxBytes = maxBytes;
    this.#onDrop = onDrop;
  }

  get length(): number {
    return this.#lanes.result.length + this.#lanes.event.length + this.#lanes.metrics.length;
  }

  /** UTF-16 units of all waiting bodies. */
  get bytes(): number {
    return this.#bytes;
  }

  push(message: M): void {
    this.#lanes[message.kind].push({ order: this.#order++, message });
    this.#bytes += message.body.length;
    this.#trim();
  }

  /** Puts back what was taken and not delivered, before everything that waits; oldest first. */
  unshift(messages: readonly M[]): void {
    for (let i = messages.length - 1; i >= 0; i--) {
      const message = messages[i]!;
      this.#lanes[message.kind].unshift({ order: -this.#order++, message });
      this.#bytes += message.body.length;
    }
    this.#trim();
  }

  shift(): M | null {
    const { result, event, metrics } = this.#lanes;
    if (result.length > 0) return this.#take(result);
    if (event.length === 0 && metrics.length === 0) return null;
    return this.#take(event.firstOrder < metrics.firstOrder ? event : metrics);
  }

  #trim(): void {
    const { result, event, metrics } = this.#lanes;
    while (result.length > RESULT_LANE) this.#onDrop(this.#take(result));
    while (event.length + metrics.length > this.#maxMessages || this.#bytes > this.#maxBytes) {
      if (metrics.length > 0) this.#onDrop(this.#take(metrics));
      else if (event.length > 0) this.#onDrop(this.#take(event));
      else return;
    }
  }

  #take(lane: Lane<M>): M {
    const message = lane.shift();
    this.#bytes -= message.body.length;
    return message;
  }
}

/** A first-in, first-out list whose `shift` does not move the rest. */
class Lane<M> {
  #entries: (Entry<M> | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#entries.length - this.#head;
  }

  /** Infinity when empty. */
  get firstOrder(): number {
    return this.#entries[this.#head]?.order ?? Number.POSITIVE_INFINITY;
  }

  push(entry: Entry<M>): void {
    this.#entries.push(entry);
  }

  unshift(entry: Entry<M>): void {
    if (this.#head > 0) this.#entries[--this.#head] = entry;
    else this.#entries.unshift(entry);
  }

  shift(): M {
    const entry = this.#entries[this.#head]!;
    this.#entries[this.#head++] = undefined;
    if (this.#head > 64 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return entry.message;
  }
}

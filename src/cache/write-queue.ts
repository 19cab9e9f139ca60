import type { Entry } from './entry.js';

/** What waits to be written under a key: an entry, or null for its removal. */
export type Pending = Entry | null;

export interface WriteQueueBounds {
  /** Bytes of the waiting entries. */
  readonly maxBytes: number;
  /** Keys, removals included. */
  readonly maxKeys: number;
}

/**
 * Writes that wait for the next transaction, the last one per key. Where the disk takes nothing for long, the oldest
 * entries are dropped first; but what they replaced must not come back, so each leaves a removal behind. With too many
 * removals the queue asks for the whole table to be emptied instead (`mustClear`).
 */
export class WriteQueue {
  readonly #pending = new Map<string, Pending>();
  readonly #bounds: WriteQueueBounds;
  readonly #onDropped: (entries: number) => void;
  #bytes = 0;
  /** Nothing on disk may be believed until it was emptied. */
  mustClear = false;

  /** @param onDropped told how many entries will never reach the disk */
  constructor(bounds: WriteQueueBounds, onDropped: (entries: number) => void) {
    this.#bounds = bounds;
    this.#onDropped = onDropped;
  }

  get size(): number {
    return this.#pending.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.#bytes > this.#bounds.maxBytes || this.#pending.size > this.#bounds.maxKeys;
  }

  get(key: string): Pending | undefined {
    return this.#pending.get(key);
  }

  put(key: string, pending: Pending): void {
    this.#bytes += (pending?.bytes ?? 0) - (this.#pending.get(key)?.bytes ?? 0);
    // the last written is the last dropped
    this.#pending.delete(key);
    this.#pending.set(key, pending);
  }

  /** Drops until the bounds hold. */
  shed(): void {
    if (this.#bytes > this.#bounds.maxBytes) this.#dropOldest();
    if (this.#pending.size <= this.#bounds.maxKeys) return;
    let entries = 0;
    for (const pending of this.#pending.values()) if (pending) entries++;
    this.#onDropped(entries);
    this.clear();
    this.mustClear = true;
  }

  entries(): Iterable<[string, Pending]> {
    return this.#pending;
  }

  /** Forgets what waits, because it is written or no longer wanted. */
  clear(): void {
    this.#pending.clear();
    this.#bytes = 0;
  }

  /** Down to three quarters, so that a full queue is not walked for every write. */
  #dropOldest(): void {
    const enough = this.#bounds.maxBytes * 0.75;
    for (const [key, pending] of this.#pending) {
      if (this.#bytes <= enough) return;
      if (!pending) continue;
      this.#pending.set(key, null);
      this.#bytes -= pending.bytes;
      this.#onDropped(1);
    }
  }
}

import type { StoredMessage } from '../../store/outbox-table.js';
import { DROP_RANK, type DurableKind } from './outbox.js';

/** A message as the outbox has it in memory. */
export interface HeldMessage extends StoredMessage {
  readonly kind: DurableKind;
  /** The connection during which it was accepted; 0: none, or an earlier run. */
  readonly connection: number;
  attempts: number;
}

/** Bounds on what waits in memory. */
export interface HeldBounds {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/** What no disk takes now: it waits in memory for one that does, in the order of acceptance. */
export class HeldMessages {
  readonly #bounds: HeldBounds;
  readonly #messages = new Map<number, HeldMessage>();
  #bytes = 0;

  constructor(bounds: HeldBounds) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#messages.size;
  }

  get all(): Iterable<HeldMessage> {
    return this.#messages.values();
  }

  has(id: number): boolean {
    return this.#messages.has(id);
  }

  add(message: HeldMessage): void {
    this.#messages.set(message.id, message);
    this.#bytes += message.bytes;
  }

  remove(id: number): void {
    const message = this.#messages.get(id);
    if (message === undefined) return;
    this.#messages.delete(id);
    this.#bytes -= message.bytes;
  }

  clear(): void {
    this.#messages.clear();
    this.#bytes = 0;
  }

  /** The oldest after `afterId`, up to `throughId`. */
  page(afterId: number, throughId: number, limit: number): HeldMessage[] {
    const found: HeldMessage[] = [];
    for (const message of this.#messages.values()) {
      if (message.id > afterId && message.id <= throughId) found.push(message);
      if (found.length === limit) break;
    }
    return found;
  }

  /** Takes out what there is no room for; those `spared` stay. */
  trim(spared: (id: number) => boolean): HeldMessage[] {
    const dropped: HeldMessage[] = [];
    while (this.#messages.size > this.#bounds.maxMessages || this.#bytes > this.#bounds.maxBytes) {
      const message = this.#leastWanted(spared);
      if (message === null) break;
      this.remove(message.id);
      dropped.push(message);
    }
    return dropped;
  }

  #leastWanted(spared: (id: number) => boolean): HeldMessage | null {
    let least: HeldMessage | null = null;
    for (const message of this.#messages.values()) {
      if (spared(message.id) || (least !== null && DROP_RANK[message.kind] >= DROP_RANK[least.kind])) continue;
      least = message;
      if (DROP_RANK[message.kind] === 0) break;
    }
    return least;
  }
}

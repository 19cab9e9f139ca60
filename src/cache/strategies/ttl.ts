import type { Entry } from '../entry.js';
import type { Strategy, StrategyOptions } from './strategy.js';

interface HeapNode {
  readonly key: string;
  readonly entry: Entry;
  /** Unix ms at which the entry was to expire when it was inserted. */
  readonly expiresAt: number;
  /** Order of insertion, which decides among equals. */
  readonly order: number;
  index: number;
}

/** Soonest to expire goes first; of those that never do, the oldest. A binary heap over the times of expiry. */
export class TtlStrategy implements Strategy {
  readonly #nodes = new Map<string, HeapNode>();
  readonly #heap: HeapNode[] = [];
  readonly #options: StrategyOptions;
  #bytes = 0;
  #order = 0;

  constructor(options: StrategyOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#nodes.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Entry | undefined {
    return this.#nodes.get(key)?.entry;
  }

  peek(key: string): Entry | undefined {
    return this.#nodes.get(key)?.entry;
  }

  set(key: string, entry: Entry): void {
    this.delete(key);
    while (this.#heap.length > 0 && this.#bytes + entry.bytes > this.#options.maxBytes) {
      const [soonest] = this.#heap as [HeapNode];
      this.delete(soonest.key);
      this.#options.onEvict(soonest.key, soonest.entry);
    }
    const node = { key, entry, expiresAt: entry.expiresAt, order: this.#order++, index: this.#heap.length };
    this.#nodes.set(key, node);
    this.#bytes += entry.bytes;
    this.#heap.push(node);
    this.#rise(node);
  }

  delete(key: string): boolean {
    const node = this.#nodes.get(key);
    if (!node) return false;
    this.#nodes.delete(key);
    this.#bytes -= node.entry.bytes;
    const last = this.#heap.pop()!;
    if (last !== node) {
      this.#place(last, node.index);
      this.#rise(last);
      this.#sink(last);
    }
    return true;
  }

  clear(): void {
    this.#nodes.clear();
    this.#heap.length = 0;
    this.#bytes = 0;
  }

  *entries(): Iterable<readonly [string, Entry]> {
    for (const [key, { entry }] of this.#nodes) yield [key, entry];
  }

  #place(node: HeapNode, index: number): void {
    this.#heap[index] = node;
    node.index = index;
  }

  #rise(node: HeapNode): void {
    while (node.index > 0) {
      const parent = this.#heap[(node.index - 1) >> 1]!;
      if (before(parent, node)) return;
      const { index } = node;
      this.#place(node, parent.index);
      this.#place(parent, index);
    }
  }

  #sink(node: HeapNode): void {
    for (;;) {
      const left = this.#heap[2 * node.index + 1];
      const right = this.#heap[2 * node.index + 2];
      if (!left) return;
      const child = right && before(right, left) ? right : left;
      if (before(node, child)) return;
      const { index } = node;
      this.#place(node, child.index);
      this.#place(child, index);
    }
  }
}

function before(a: HeapNode, b: HeapNode): boolean {
  return a.expiresAt === b.expiresAt ? a.order < b.order : a.expiresAt < b.expiresAt;
}

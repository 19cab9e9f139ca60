import type { Entry } from '../entry.js';
import { LinkedList, ListNode } from './linked-list.js';
import type { Strategy, StrategyOptions } from './strategy.js';

/** First in, first out: reading saves nobody; writing a key again makes it the newest. */
export class FifoStrategy implements Strategy {
  readonly #nodes = new Map<string, ListNode>();
  readonly #list = new LinkedList();
  readonly #options: StrategyOptions;

  constructor(options: StrategyOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#nodes.size;
  }

  get bytes(): number {
    return this.#list.bytes;
  }

  get(key: string): Entry | undefined {
    return this.#nodes.get(key)?.entry;
  }

  peek(key: string): Entry | undefined {
    return this.#nodes.get(key)?.entry;
  }

  set(key: string, entry: Entry): void {
    this.delete(key);
    while (this.#list.oldest && this.#list.bytes + entry.bytes > this.#options.maxBytes) {
      const { key: oldKey, entry: old } = this.#list.oldest;
      this.delete(oldKey);
      this.#options.onEvict(oldKey, old);
    }
    const node = new ListNode(key, entry);
    this.#nodes.set(key, node);
    this.#list.push(node);
  }

  delete(key: string): boolean {
    const node = this.#nodes.get(key);
    if (!node) return false;
    this.#list.remove(node);
    return this.#nodes.delete(key);
  }

  clear(): void {
    this.#nodes.clear();
    this.#list.clear();
  }

  *entries(): Iterable<readonly [string, Entry]> {
    for (const [key, { entry }] of this.#nodes) yield [key, entry];
  }
}

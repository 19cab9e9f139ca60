import { LRUCache } from 'lru-cache';
import type { Entry } from '../entry.js';
import type { Strategy, StrategyOptions } from './strategy.js';

/** Least recently used goes first: lru-cache under a byte budget. */
export class LruStrategy implements Strategy {
  readonly #cache: LRUCache<string, Entry>;

  constructor({ maxBytes, onEvict }: StrategyOptions) {
    this.#cache = new LRUCache<string, Entry>({
      maxSize: maxBytes,
      sizeCalculation: (entry) => entry.bytes,
      dispose: (entry, key, reason) => {
        if (reason === 'evict') onEvict(key, entry);
      },
    });
  }

  get size(): number {
    return this.#cache.size;
  }

  get bytes(): number {
    return this.#cache.calculatedSize;
  }

  get(key: string): Entry | undefined {
    return this.#cache.get(key);
  }

  peek(key: string): Entry | undefined {
    return this.#cache.peek(key);
  }

  set(key: string, entry: Entry): void {
    this.#cache.set(key, entry);
  }

  delete(key: string): boolean {
    return this.#cache.delete(key);
  }

  clear(): void {
    this.#cache.clear();
  }

  entries(): Iterable<readonly [string, Entry]> {
    // pairs, which their type does not say
    return this.#cache.rentries() as Iterable<[string, Entry]>;
  }
}

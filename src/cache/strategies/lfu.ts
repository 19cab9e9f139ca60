import type { Entry } from '../entry.js';
import { FrequencySketch, hashOf } from './frequency-sketch.js';
import { LinkedList, ListNode } from './linked-list.js';
import type { Strategy, StrategyOptions } from './strategy.js';

/** Share of the budget for newcomers, and the share of the rest for entries used at least twice (Caffeine's values). */
const WINDOW_SHARE = 0.01;
const PROTECTED_SHARE = 0.8;
/** Counters of a row of the sketch at first; it grows with the entries. */
const USUAL_WIDTH = 1024;
const MIN_WIDTH = 16;

/**
 * W-TinyLFU: newcomers enter a small LRU window; who leaves it is let into the main part only if it was asked for more
 * often than the entry that would have to go (the frequency sketch knows). The main part is a segmented LRU: probation,
 * and protected for what is used again. A scan of keys read once passes through the window and displaces nothing.
 */
export class LfuStrategy implements Strategy {
  readonly #nodes = new Map<string, ListNode>();
  readonly #window = new LinkedList();
  readonly #probation = new LinkedList();
  readonly #protected = new LinkedList();
  readonly #sketch: FrequencySketch;
  readonly #options: StrategyOptions;
  readonly #windowBytes: number;
  readonly #protectedBytes: number;

  constructor(options: StrategyOptions) {
    this.#options = options;
    // as much narrower as there are fewer keys: how fast it forgets depends on its width
    this.#sketch = new FrequencySketch(
      2 ** Math.ceil(Math.log2(Math.max(MIN_WIDTH, USUAL_WIDTH * (options.sample ?? 1)))),
    );
    this.#windowBytes = options.maxBytes * WINDOW_SHARE;
    this.#protectedBytes = (options.maxBytes - this.#windowBytes) * PROTECTED_SHARE;
  }

  get size(): number {
    return this.#nodes.size;
  }

  get bytes(): number {
    return this.#window.bytes + this.#probation.bytes + this.#protected.bytes;
  }

  get(key: string): Entry | undefined {
    const node = this.#nodes.get(key);
    if (!node) {
      this.#sketch.increment(hashOf(key));
      return undefined;
    }
    this.#used(node);
    return node.entry;
  }

  peek(key: string): Entry | undefined {
    return this.#nodes.get(key)?.entry;
  }

  set(key: string, entry: Entry): void {
    const known = this.#nodes.get(key);
    if (known) {
      const list = known.list!;
      list.remove(known);
      known.entry = entry;
      list.push(known);
      this.#used(known);
    } else {
      const node = new ListNode(key, entry, hashOf(key));
      this.#nodes.set(key, node);
      this.#sketch.grow(this.#nodes.size);
      this.#sketch.increment(node.hash);
      this.#window.push(node);
    }
    this.#makeRoom();
  }

  delete(key: string): boolean {
    const node = this.#nodes.get(key);
    if (!node) return false;
    node.list!.remove(node);
    return this.#nodes.delete(key);
  }

  clear(): void {
    this.#nodes.clear();
    for (const list of [this.#window, this.#probation, this.#protected]) list.clear();
  }

  *entries(): Iterable<readonly [string, Entry]> {
    for (const list of [this.#probation, this.#window, this.#protected]) {
      for (let node = list.oldest; node; node = node.next) yield [node.key, node.entry];
    }
  }

  #used(node: ListNode): void {
    this.#sketch.increment(node.hash);
    const list = node.list!;
    if (list !== this.#probation) {
      list.touch(node);
      return;
    }
    list.remove(node);
    this.#protected.push(node);
    while (this.#protected.bytes > this.#protectedBytes) {
      const demoted = this.#protected.oldest!;
      this.#protected.remove(demoted);
      this.#probation.push(demoted);
    }
  }

  #makeRoom(): void {
    while (this.#window.bytes > this.#windowBytes) {
      const candidate = this.#window.oldest!;
      this.#window.remove(candidate);
      this.#probation.push(candidate);
      this.#contest(candidate);
    }
    // an entry that grew where it was
    while (this.bytes > this.#options.maxBytes) this.#evict(this.#victim()!);
  }

  /** The candidate takes victims' places while it is asked for more often than each; else it goes itself. */
  #contest(candidate: ListNode): void {
    while (this.bytes > this.#options.maxBytes) {
      const victim = this.#victim()!;
      if (victim === candidate || this.#sketch.estimate(candidate.hash) <= this.#sketch.estimate(victim.hash)) {
        this.#evict(candidate);
        return;
      }
      this.#evict(victim);
    }
  }

  #victim(): ListNode | null {
    const { oldest } = this.#probation;
    // a candidate alone on probation is measured against the protected
    if (oldest && (oldest.next || !this.#protected.oldest)) return oldest;
    return this.#protected.oldest ?? oldest ?? this.#window.oldest;
  }

  #evict(node: ListNode): void {
    this.delete(node.key);
    this.#options.onEvict(node.key, node.entry);
  }
}

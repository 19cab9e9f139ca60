import type { Entry } from '../entry.js';

export interface StrategyOptions {
  /** The sum of `Entry.bytes` never exceeds it. */
  readonly maxBytes: number;
  /** Share of a larger cache's keys that it has to do with, where it only stands for that one, 0..1; default 1. */
  readonly sample?: number;
  /** Called for every entry that goes to make room, not for deleted or replaced ones. */
  readonly onEvict: (key: string, entry: Entry) => void;
}

/** Holds entries within a byte budget and decides which goes when room is needed. */
export interface Strategy {
  readonly size: number;
  readonly bytes: number;
  /** Counts as a use. */
  get(key: string): Entry | undefined;
  /** Does not count as a use. */
  peek(key: string): Entry | undefined;
  /** Inserts or replaces; the entry is no larger than the budget. It may be the one that goes. */
  set(key: string, entry: Entry): void;
  delete(key: string): boolean;
  clear(): void;
  /** Those first that are worth least: put into another strategy in this order, the best stay. */
  entries(): Iterable<readonly [string, Entry]>;
}

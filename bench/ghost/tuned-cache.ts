import { setImmediate as turn } from 'node:timers/promises';
import { Cache } from '../../src/cache/cache.js';
import type { MemorySettings } from '../../src/cache/memory.js';
import type { Clock } from '../../src/foundation/clock.js';
import { OptimizationEngine } from '../../src/tune/engine/optimization-engine.js';
import { CacheStrategy } from '../../src/tune/strategies/cache-strategy.js';
import { UNSEEN } from '../../src/tune/trials/guards.js';
import type { EndedTrial } from '../../src/tune/trials/trial.js';

/** A cache with the optimization engine beside it, as the device has it, under a clock that the trace drives. */
export class TunedCacheRun {
  readonly ended: EndedTrial[] = [];
  readonly #cache: Cache;
  readonly #engine: OptimizationEngine;
  #at = 0;

  constructor(configured: MemorySettings) {
    const clock = { now: () => this.#at, unixNow: () => this.#at };
    this.#cache = new Cache({ memory: configured, cleanupInterval: 0, now: clock.unixNow });
    this.#engine = cacheEngine(clock, this.ended);
    this.#engine.register(
      new CacheStrategy({ cache: this.#cache, configured, maxBytes: 0, memoryFreeBytes: () => null, clock }),
    );
  }

  /** What is in use now. */
  get strategy(): string {
    return this.#cache.memorySettings!.strategy;
  }

  /** @returns the hit ratio of the second half, after the engine has had the first one */
  async run(keys: readonly number[], perSecond: number): Promise<number> {
    await this.#engine.start();
    let hits = 0;
    for (const [i, key] of keys.entries()) {
      if (lookUp(this.#cache, key) && i >= keys.length / 2) hits++;
      if (i % perSecond !== perSecond - 1) continue;
      this.#at += 1000;
      await this.#engine.tick();
      if (this.#at % 300_000 === 0) await this.#engine.optimizeSystem();
      await turn();
    }
    return hits / Math.ceil(keys.length / 2);
  }
}

/** As a program asks: what is not there is computed and stored. @returns whether it was there */
export function lookUp(cache: Cache, key: number): boolean {
  const name = `key:${key}`;
  if (cache.get(name) !== undefined) return true;
  cache.set(name, 1);
  return false;
}

/** An engine with the cache's strategy alone, which keeps nothing on a disk. @param ended takes each trial that has ended */
export function cacheEngine(clock: Clock, ended: EndedTrial[]): OptimizationEngine {
  return new OptimizationEngine({
    enabled: { cache: true, model: false, batching: false, scheduling: false, compression: false, database: false },
    ledger: { put: () => undefined, closeInterrupted: () => [], recent: () => [] },
    states: { keep: () => undefined, kept: () => null },
    guards: () => UNSEEN,
    circumstances: () => null,
    listener: {
      begun: () => undefined,
      ended: (trial) => void ended.push(trial),
      undoFailed: () => undefined,
      undone: () => undefined,
      notRestored: () => undefined,
    },
    clock,
  });
}

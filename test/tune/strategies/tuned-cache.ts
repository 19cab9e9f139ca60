import { setImmediate as turn } from 'node:timers/promises';
import { cacheEngine } from '../../../bench/ghost/tuned-cache.js';
import { Cache } from '../../../src/cache/cache.js';
import type { MemorySettings } from '../../../src/cache/memory.js';
import type { OptimizationEngine } from '../../../src/tune/engine/optimization-engine.js';
import { CacheStrategy } from '../../../src/tune/strategies/cache-strategy.js';
import type { EndedTrial } from '../../../src/tune/trials/trial.js';

/** A cache, the strategy that looks after it, an engine, and a clock that runs as fast as it is asked. */
export class TunedCache {
  readonly cache: Cache;
  readonly strategy: CacheStrategy;
  readonly engine: OptimizationEngine;
  readonly ended: EndedTrial[] = [];
  readonly clock = { at: 0, now: () => this.clock.at, unixNow: () => this.clock.at };
  hits = 0;
  lookups = 0;

  constructor(configured: MemorySettings, maxBytes: number, memoryFreeBytes: number | null = null) {
    const { clock } = this;
    this.cache = new Cache({ memory: configured, cleanupInterval: 0, now: clock.now });
    this.strategy = new CacheStrategy({
      cache: this.cache,
      configured,
      maxBytes,
      memoryFreeBytes: () => memoryFreeBytes,
      clock,
    });
    this.engine = cacheEngine(clock, this.ended);
    this.engine.register(this.strategy);
  }

  /** One lookup; what is not there is computed and stored. */
  ask(key: string): void {
    this.lookups++;
    if (this.cache.get(key) !== undefined) this.hits++;
    else this.cache.set(key, 1);
  }

  /** Looks keys up, so many a second, with the engine at its work. */
  async serve(keys: Iterable<string>, perSecond = 50): Promise<void> {
    let inSecond = 0;
    for (const key of keys) {
      this.ask(key);
      if (++inSecond < perSecond) continue;
      inSecond = 0;
      this.clock.at += 1000;
      await this.engine.tick();
      if (this.clock.at % 300_000 === 0) await this.engine.optimizeSystem();
      await turn();
    }
  }
}

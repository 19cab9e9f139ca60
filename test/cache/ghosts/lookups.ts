import { Cache } from '../../../src/cache/cache.js';
import type { MemorySettings } from '../../../src/cache/memory.js';
import { seeded } from '../../seeded.js';

/** Popular keys (the more, the less popular) with a scan over keys that are read once after every 1000 lookups. */
export function* lookups(count: number, keys: number, seed: number, scan = 300): Generator<string> {
  const random = seeded(seed);
  for (let i = 0, scanned = 0; i < count; i++) {
    yield `camera:${i % 8}:popular:${Math.floor(keys * random() ** 3)}`;
    if (i % 1000 === 999) for (let j = 0; j < scan; j++) yield `scan:${scanned++}`;
  }
}

/** A cache that is asked as a program asks: what is not there is computed and stored. */
export function asked(settings: MemorySettings, now: () => number = () => 0) {
  const cache = new Cache({ memory: settings, cleanupInterval: 0, now });
  return {
    cache,
    ask(key: string): boolean {
      if (cache.get(key) !== undefined) return true;
      cache.set(key, 1);
      return false;
    },
    get hitRatio(): number {
      return cache.getStats().memory!.hitRatio!;
    },
  };
}

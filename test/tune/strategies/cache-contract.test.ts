import { lookups } from '../../cache/ghosts/lookups.js';
import { strategyContract } from '../strategy-contract.js';
import { TunedCache } from './tuned-cache.js';

strategyContract('the cache strategy over a cache', () => {
  const { strategy, cache, clock } = new TunedCache({ strategy: 'lru', maxBytes: 131_072 }, 0);
  return {
    strategy,
    provoke: () => {
      let asked = 0;
      for (const key of lookups(20_000, 3000, 11)) {
        if (cache.get(key) === undefined) cache.set(key, 1);
        if (++asked % 50 > 0) continue;
        clock.at += 1000;
        strategy.observe();
      }
    },
    state: () => cache.memorySettings,
    jam: () => {
      cache.changeMemory = () => {
        throw new Error('the cache cannot be changed');
      };
    },
  };
});

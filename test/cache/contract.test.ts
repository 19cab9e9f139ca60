import { test } from 'uvu';
import { Cache } from '../../src/cache/cache.js';
import { STRATEGY_NAMES } from '../../src/cache/memory.js';
import { cacheContract } from './cache-contract.js';
import { cacheOn, freshFile } from './parts.js';

for (const strategy of STRATEGY_NAMES) {
  cacheContract(`${strategy} in memory`, (options) => new Cache({ ...options, memory: { strategy } }));
  cacheContract(`${strategy} over disk`, (options) => cacheOn(freshFile(), { ...options, memory: { strategy } }));
  // memory so small that most reads come from disk
  cacheContract(`little ${strategy} over disk`, (options) =>
    cacheOn(freshFile(), { ...options, memory: { strategy, maxBytes: 1000 } }),
  );
}
cacheContract('disk alone', (options) => cacheOn(freshFile(), { ...options, memory: false }));

test.run();

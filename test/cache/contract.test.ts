import { test } from 'uvu';
import { Cache } from '../../src/cache/cache.js';
import { needs } from '../optional.js';
import { cacheContract, local } from './cache-contract.js';
import { cacheOn, freshFile, STRATEGY_NAMES } from './parts.js';

const onDisk = needs('better-sqlite3', test);

for (const strategy of STRATEGY_NAMES) {
  cacheContract(test, `${strategy} in memory`, (options) => local(new Cache({ ...options, memory: { strategy } })));
  cacheContract(onDisk, `${strategy} over disk`, (options) =>
    local(cacheOn(freshFile(), { ...options, memory: { strategy } })),
  );
  // memory so small that most reads come from disk
  cacheContract(onDisk, `little ${strategy} over disk`, (options) =>
    local(cacheOn(freshFile(), { ...options, memory: { strategy, maxBytes: 1000 } })),
  );
}
cacheContract(onDisk, 'disk alone', (options) => local(cacheOn(freshFile(), { ...options, memory: false })));

test.run();

// Started by survival.test.ts and killed by it: writes numbered entries as fast as it can and tells the last one.
import { Cache } from '../../src/cache/cache.js';
import { open } from './parts.js';

const cache = new Cache({ disk: { open: () => open(process.argv[2]!) } });
cache.start();
const filler = 'x'.repeat(200);
let n = 0;
setInterval(() => {
  for (let i = 0; i < 20; i++) cache.set(`k${++n}`, { n, at: Date.now(), filler }, { tags: ['heavy'] });
  process.stdout.write(`${n} ${Date.now()}\n`);
}, 5);
setTimeout(() => {
  cache.invalidateByTags(['before']);
  process.stdout.write('invalidated\n');
}, 1200);
cache.set('marked', 1, { tags: ['before'] });

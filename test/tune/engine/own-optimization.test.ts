import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCache } from '../../../src/cache/library.js';
import { silentLog } from '../../../src/foundation/log.js';
import { cacheStrategy, OwnOptimization, type OwnOptimizationOptions } from '../../../src/tune/library.js';
import { temporaryFolder } from '../../temporary.js';
import { Dial } from './dial.js';

const folder = temporaryFolder('own-optimization');
const UNIX = 1_800_000_000_000;

function bench(more: Partial<OwnOptimizationOptions> = {}) {
  const dial = new Dial();
  const told: string[] = [];
  let now = 0;
  const optimization = new OwnOptimization({
    strategies: [dial],
    onTrial: ({ to, verdict }) => told.push(`${to} ${verdict}`),
    clock: { now: () => now, unixNow: () => UNIX + now },
    ...more,
  });
  const pass = async (seconds: number) => {
    for (const until = now + seconds * 1000; now < until; ) {
      now += 1000;
      await optimization.tick();
      await turn();
    }
  };
  return { dial, told, optimization, pass };
}

test('a change of a strategy is tried, judged and kept in a ledger in memory', async () => {
  const { dial, told, optimization, pass } = bench({ everyMs: 20_000 });
  await optimization.start();
  dial.wants = 4;
  await pass(42);
  assert.equal(told, ['4 null']);
  dial.value = 2;
  dial.wants = null;
  await pass(60);
  assert.equal(told, ['4 null', '4 kept']);
  assert.equal(
    optimization.trials().map(({ strategy, to, verdict }) => [strategy, to, verdict]),
    [['batching', '4', 'kept']],
  );
  optimization.stop();
});

test('what was kept, and the ledger, outlive the program in a file', async () => {
  const file = join(folder, 'trials.db');
  const first = bench({ file, everyMs: 20_000 });
  await first.optimization.start();
  first.dial.wants = 4;
  await first.pass(60);
  first.dial.value = 2;
  await first.pass(60);
  first.optimization.stop();
  const second = bench({ file });
  await second.optimization.start();
  assert.is(second.dial.at, 4);
  assert.equal(
    second.optimization.trials().map(({ verdict }) => verdict),
    ['kept'],
  );
  second.optimization.stop();
});

test('listeners and guards of the program that throw keep no trial from its end', async () => {
  const { dial, optimization, pass } = bench({
    everyMs: 20_000,
    log: silentLog,
    onTrial: () => {
      throw new Error('nobody listens');
    },
    guards: () => {
      throw new Error('no reading');
    },
  });
  await optimization.start();
  dial.wants = 4;
  await pass(42);
  assert.is(dial.at, 4);
  dial.value = 2;
  dial.wants = null;
  await pass(60);
  assert.equal(
    optimization.trials().map(({ to, verdict }) => [to, verdict]),
    [['4', 'kept']],
  );
  optimization.stop();
});

test('more errors end a trial, and the change is taken back', async () => {
  let errorShare = 0;
  const { dial, told, optimization, pass } = bench({ everyMs: 20_000, guards: () => ({ errorShare }) });
  await optimization.start();
  dial.wants = 4;
  await pass(30);
  errorShare = 0.4;
  await pass(60);
  assert.equal([told.at(-1), dial.at], ['4 rolled-back', 1]);
  optimization.stop();
});

test('a cache of the program has its strategy; one without memory has none', async () => {
  const cache = createCache();
  const optimization = new OwnOptimization({ strategies: [cacheStrategy(cache, 64 * 2 ** 20)] });
  await optimization.start();
  const { strategies } = await optimization.engine.optimizeSystem({ dryRun: true });
  optimization.stop();
  assert.equal(
    strategies.filter(({ outcome }) => outcome !== 'off').map(({ strategy, outcome }) => [strategy, outcome]),
    [['cache', 'nothing']],
  );
  cache.stop();
  assert.throws(() => cacheStrategy(createCache({ memory: false })), /no memory tier/);
});

test('two strategies of one type are refused', () => {
  assert.throws(() => bench({ strategies: [new Dial(), new Dial()] }), /one of each type/);
  assert.throws(() => bench({ everyMs: -1 }), /everyMs: expected 0 to 2147483647 ms, got -1/);
});

test.run();

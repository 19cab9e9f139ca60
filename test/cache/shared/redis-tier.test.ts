import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeEntry } from '../../../src/cache/entry.js';
import type { RedisConnection } from '../../../src/cache/shared/redis-client.js';
import { redisTier } from '../../../src/cache/shared/redis-tier.js';
import type { SharedTier } from '../../../src/cache/shared/shared-tier.js';
import { TagTimes } from '../../../src/cache/tags.js';
import { silentLog } from '../../../src/foundation/log.js';
import { needs } from '../../optional.js';
import { eventually } from '../../temporary.js';
import { secondTierContract, type TierUnderTest, TOO_LARGE } from '../second-tier-contract.js';
import { passOnServer, RedisProcess } from './redis-process.js';

const onRedis = needs('redis-server', test);

let server: RedisProcess;
let own: RedisConnection;
let prefixes = 0;

onRedis('a server is started for the cases of this file', async () => {
  server = await RedisProcess.start('--maxmemory-policy', 'noeviction');
  own = await server.connect();
});

async function tierOn(prefix: string): Promise<TierUnderTest> {
  const told: string[] = [];
  const tags = new TagTimes(Date.now);
  const others: TierUnderTest[] = [];
  const tier = redisTier({ url: server.url, prefix, maxEntryBytes: TOO_LARGE / 2 })({
    tags,
    onEvict: () => undefined,
    listener: {
      changed: () => undefined,
      invalidated: (names) => tags.invalidate(names),
      cleared: () => undefined,
      missed: () => undefined,
      degraded: () => told.push('degraded'),
      recovered: () => told.push('recovered'),
    },
    log: silentLog,
    now: Date.now,
    random: () => 0,
  });
  await tier.start();
  return {
    tier,
    tags,
    now: Date.now,
    told,
    pass: (ms) => passOnServer(own, prefix, ms),
    reopened: async () => {
      const other = await tierOn(prefix);
      others.push(other);
      return other;
    },
    corrupt: async (key) => {
      await own.command('SETRANGE', `${prefix}:e:${key}`, '40', 'xx');
    },
    breakWriting: async () => {
      await own.command('CONFIG', 'SET', 'maxmemory', '1');
    },
    mend: async () => {
      await own.command('CONFIG', 'SET', 'maxmemory', '0');
      await eventually('the tier recovers', () => tier.stats().state === 'open');
    },
    end: async () => {
      await own.command('CONFIG', 'SET', 'maxmemory', '0');
      for (const other of others) await other.end();
      await tier.stop();
    },
  };
}

secondTierContract(onRedis, 'Redis', () => tierOn(`test${++prefixes}`));

onRedis('whether a key is there is no look-up: it is neither counted nor timed', async () => {
  const world = await tierOn(`test${++prefixes}`);
  try {
    const tier = world.tier as SharedTier;
    assert.is(await tier.has('absent'), false);
    const lifetime = { ttl: 60_000, grace: 0, jitter: 0 };
    await tier.write('kept', makeEntry(1, 8, world.tags.stamp(), [], lifetime, Date.now(), 0));
    assert.is(await tier.has('kept'), true);
    assert.is(tier.stats().meanLatencyMs, null);
    await tier.read('kept');
    assert.ok(tier.stats().meanLatencyMs !== null);
  } finally {
    await world.end();
  }
});

onRedis('the server of this file ends', async () => {
  own.close();
  await server.kill();
});

test.run();

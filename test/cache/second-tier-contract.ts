import * as assert from 'uvu/assert';
import { type Entry, freshness, makeEntry } from '../../src/cache/entry.js';
import type { Awaitable, SecondTier } from '../../src/cache/second-tier.js';
import { entryBytes } from '../../src/cache/serialize.js';
import type { TagTimes } from '../../src/cache/tags.js';
import type { Register } from '../optional.js';

/** A tier and the world around it. */
export interface TierUnderTest {
  readonly tier: SecondTier;
  /** What the cache in front of the tier knows of tags. */
  readonly tags: TagTimes;
  /** Unix ms. */
  readonly now: () => number;
  /** What the tier told: `degraded`, `recovered`. */
  readonly told: string[];
  /** ms go by for what the tier holds. */
  pass(ms: number): Awaitable<void>;
  /** The tier as somebody finds it who opens it later. */
  reopened(): Promise<TierUnderTest>;
  /** Damages what is kept under the key. */
  corrupt(key: string): Awaitable<void>;
  /** From now on nothing can be written. */
  breakWriting(): Awaitable<void>;
  /** Writing works again, and the tier has had the time to find out. */
  mend(): Awaitable<void>;
  end(): Awaitable<void>;
}

/** Bytes that no entry of the tier under test may have. */
export const TOO_LARGE = 200_000;

/** What every second tier does; `test` registers one sentence of it. */
export function secondTierContract(test: Register, name: string, make: () => Promise<TierUnderTest>): void {
  const behaves = (sentence: string, body: (world: TierUnderTest) => Promise<void>) =>
    test(`${name}: ${sentence}`, async () => {
      const world = await make();
      try {
        await body(world);
      } finally {
        await world.end();
      }
    });

  behaves('gives whoever opens it later every kind of value, with its tags', async (world) => {
    const values = {
      text: 'Straße 🚗',
      nothing: null,
      list: [1, [2, { three: 3 }]],
      bytes: Uint8Array.of(1, 10, 0, 255),
      floats: Float32Array.of(0.5, -1, Number.POSITIVE_INFINITY),
      mixed: { at: new Date(5), boxes: Float32Array.of(1, 2), big: 7n, not: Number.NaN },
    };
    const tags = ['camera 3', '100 % \n Straße'];
    for (const [key, value] of Object.entries(values)) await write(world, key, value, { tags });
    const later = await world.reopened();
    for (const [key, value] of Object.entries(values)) {
      const entry = await later.tier.read(key);
      assert.equal(entry?.value, value, key);
      assert.equal(entry?.tags, tags, key);
    }
    assert.is(await later.tier.read('unheard-of'), undefined);
  });

  behaves('the last value written holds, and what is deleted is gone', async (world) => {
    await write(world, 'a', 1);
    await world.tier.flush();
    await write(world, 'a', 2);
    assert.is((await world.tier.read('a'))?.value, 2);
    assert.is(await world.tier.delete('a'), true);
    assert.is(await world.tier.delete('a'), false);
    assert.is(await world.tier.read('a'), undefined);
    assert.is(await (await world.reopened()).tier.read('a'), undefined);
  });

  behaves('an entry is fresh for its ttl, then in its grace, then over', async (world) => {
    await write(world, 'a', 1, { ttl: 60_000, grace: 60_000 });
    await world.tier.flush();
    assert.is(await standing(world, 'a'), 'fresh');
    await world.pass(59_000);
    assert.is(await standing(world, 'a'), 'fresh');
    await world.pass(2000);
    assert.is(await standing(world, 'a'), 'grace');
    await world.pass(60_000);
    assert.is(await standing(world, 'a'), 'expired');
  });

  behaves('an entry without an end is still there after ten days', async (world) => {
    await write(world, 'a', 1);
    await world.tier.flush();
    await world.pass(10 * 86_400_000);
    assert.is(await standing(world, 'a'), 'fresh');
  });

  behaves('what carries an invalidated tag is stale, here and for whoever opens it later', async (world) => {
    await write(world, 'a', 1, { tags: ['t', 'u'] });
    await write(world, 'b', 2, { tags: ['v'] });
    await world.tier.flush();
    await world.tier.invalidate(world.tags.invalidate(['u', 'unheard-of']), true);
    await write(world, 'c', 3, { tags: ['u'] });
    assert.equal(await standings(world, 'a', 'b', 'c'), ['expired', 'fresh', 'fresh']);
    assert.equal(await standings(await world.reopened(), 'a', 'b', 'c'), ['expired', 'fresh', 'fresh']);
  });

  behaves('is empty once it was cleared, and takes what comes then', async (world) => {
    await write(world, 'a', 1);
    await world.tier.flush();
    await write(world, 'b', 2);
    await world.tier.clear();
    await write(world, 'c', 3);
    const later = await world.reopened();
    assert.equal(await standings(later, 'a', 'b', 'c'), ['expired', 'expired', 'fresh']);
  });

  behaves('an entry that is too large is refused and counted, and what it was to replace is gone', async (world) => {
    await write(world, 'a', 'small');
    await world.tier.flush();
    await write(world, 'a', 'x'.repeat(TOO_LARGE));
    await world.tier.flush();
    assert.is(await world.tier.read('a'), undefined);
    assert.is(world.tier.stats().evictions.tooLarge, 1);
    assert.is(await (await world.reopened()).tier.read('a'), undefined);
  });

  behaves('a damaged entry is a miss, counted and removed', async (world) => {
    await write(world, 'a', { kept: true });
    await world.tier.flush();
    await world.corrupt('a');
    assert.is(await world.tier.read('a'), undefined);
    assert.is(world.tier.stats().evictions.corrupt, 1);
    await world.tier.flush();
    assert.is(await world.tier.read('a'), undefined);
    assert.is(world.tier.stats().evictions.corrupt, 1);
  });

  behaves('where nothing can be written it is degraded, throws nothing and recovers', async (world) => {
    await write(world, 'replaced', 'old');
    await write(world, 'deleted', 'old');
    await write(world, 'tagged', 'old', { tags: ['t'] });
    await world.tier.flush();
    assert.is(world.tier.stats().state, 'open');

    await world.breakWriting();
    await write(world, 'replaced', 'new');
    await world.tier.delete('deleted');
    await world.tier.invalidate(world.tags.invalidate(['t']), true);
    await world.tier.flush();
    assert.is(world.tier.stats().state, 'degraded');
    assert.ok(world.tier.stats().errors > 0);
    assert.type(world.tier.stats().reason, 'string');
    assert.equal(world.told, ['degraded']);

    await world.mend();
    assert.is(world.tier.stats().state, 'open');
    assert.equal(world.told, ['degraded', 'recovered']);
    const later = await world.reopened();
    assert.is.not((await later.tier.read('replaced'))?.value, 'old');
    assert.equal(await standings(later, 'deleted', 'tagged'), ['expired', 'expired']);
    await write(world, 'after', 1);
    assert.is((await world.tier.read('after'))?.value, 1);
  });
}

const FOR_EVER = { ttl: Number.POSITIVE_INFINITY, grace: 0, jitter: 0 };

/** As the cache in front of the tier does it. */
async function write(
  { tier, tags, now }: TierUnderTest,
  key: string,
  value: unknown,
  { tags: carried = [], ...lifetime }: { tags?: string[]; ttl?: number; grace?: number } = {},
): Promise<void> {
  const bytes = entryBytes(key, value);
  await tier.write(key, makeEntry(value, bytes, tags.stamp(), carried, { ...FOR_EVER, ...lifetime }, now(), 0));
}

/** How what the tier has stands by the rules of the cache in front of it; nothing counts as over. */
async function standing({ tier, tags, now }: TierUnderTest, key: string) {
  const entry: Entry | undefined = await tier.read(key);
  if (entry === undefined || tags.isStale(entry.tags, entry.stamp)) return 'expired';
  return freshness(entry, now());
}

async function standings(world: TierUnderTest, ...keys: string[]) {
  const found = [];
  for (const key of keys) found.push(await standing(world, key));
  return found;
}

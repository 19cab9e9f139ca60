import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cache } from '../../src/cache/cache.js';
import { needs } from '../optional.js';
import { endWithTests } from '../temporary.js';
import { Clock, cacheOn, fragile, freshFile, open } from './parts.js';

const onDisk = needs('better-sqlite3', test);

const DAMAGE_AT = 20_000;

/** A file with 200 entries of 1 kB, closed. */
function filled(): string {
  const file = freshFile();
  const cache = cacheOn(file);
  for (let i = 0; i < 200; i++) cache.set(`k${i}`, `${i}`.repeat(500), { tags: [`t${i % 2}`] });
  cache.stop();
  return file;
}

onDisk('after a restart everything is there, and comes to memory when it is read', () => {
  const cache = cacheOn(filled());
  assert.is(cache.get('k7'), '7'.repeat(500));
  assert.is(cache.get('k7'), '7'.repeat(500));
  const { memory, disk } = cache.getStats();
  assert.is(disk!.entries, 200);
  assert.is(disk!.hits, 1);
  assert.is(memory!.hits, 1);
  cache.stop();
});

onDisk('what was invalidated stays so after a restart, also where the clock was set back', () => {
  const file = filled();
  const clock = new Clock();
  clock.at = Date.now() + 60_000;
  const first = cacheOn(file, { now: clock.now });
  first.invalidateByTags(['t1']);
  first.set('k1', 'new', { tags: ['t1'] });
  first.stop();
  clock.at -= 30 * 86_400_000;
  const second = cacheOn(file, { now: clock.now });
  assert.equal([second.get('k0'), second.get('k1'), second.get('k3')], ['0'.repeat(500), 'new', undefined]);
  second.invalidateByTags(['t1']);
  assert.is(second.get('k1'), undefined);
  second.stop();
});

onDisk('invalidation is on disk before invalidateByTags returns', () => {
  const file = filled();
  const first = cacheOn(file);
  first.invalidateByTags(['t1']);
  // no stop, no flush: as if the process died here
  const second = cacheOn(file);
  assert.is(second.get('k1'), undefined);
  assert.is(second.get('k2'), '2'.repeat(500));
  second.stop();
  first.stop();
});

onDisk('kill -9 in the middle of heavy writing loses at most the last second and corrupts nothing', async () => {
  const file = freshFile();
  const script = join(dirname(fileURLToPath(import.meta.url)), 'heavy-writer.js');
  const child = endWithTests(spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] }));
  let told = { n: 0, at: 0 };
  let invalidated = false;
  const begun = Date.now();
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'invalidated') invalidated = true;
    else {
      const [n, at] = line.split(' ').map(Number) as [number, number];
      told = { n, at };
    }
    if (invalidated && Date.now() - begun > 3500 && child.exitCode === null) child.kill('SIGKILL');
  }
  const cache = cacheOn(file);
  assert.is(cache.getStats().disk!.setAside, 0);
  assert.is(cache.getStats().disk!.state, 'open');
  let newest = { n: 0, at: 0 };
  let n = 1;
  for (; n <= told.n; n++) {
    const entry = cache.get<typeof newest>(`k${n}`);
    if (!entry) break;
    newest = entry;
  }
  for (; n <= told.n; n++) assert.is(cache.get(`k${n}`), undefined, 'no entry without all before it');
  // a second between transactions; two more for a machine that was busy elsewhere
  assert.ok(told.at - newest.at < 3000, `lost ${told.at - newest.at} ms`);
  assert.ok(newest.n > 0);
  assert.is(cache.get('marked'), undefined);
  cache.stop();
});

onDisk('a corrupt file is set aside, told and counted, and a new one serves', () => {
  const file = filled();
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(60_000, 0xa5), 0, 60_000, 4096);
  closeSync(handle);
  const told: string[] = [];
  const cache = new Cache({ disk: { open: () => open(file) } });
  cache.events.on('setAside', (aside) => told.push(aside));
  cache.start();
  assert.is(told.length, 1);
  assert.ok(existsSync(told[0]!));
  assert.is(cache.getStats().disk!.setAside, 1);
  assert.is(cache.get('k1'), undefined);
  cache.set('k1', 1);
  cache.stop();
  const again = cacheOn(file);
  assert.is(again.get('k1'), 1);
  again.stop();
});

onDisk('a file that is no database is set aside; at most 3 such files are kept', () => {
  const file = freshFile();
  mkdirSync(dirname(file), { recursive: true });
  for (let i = 0; i < 5; i++) {
    writeFileSync(file, 'not a database, but long enough to be read as the header of one'.repeat(100));
    const cache = cacheOn(file);
    assert.is(cache.getStats().disk!.state, 'open');
    cache.stop();
  }
  const aside = readdirSync(dirname(file)).filter((name) => /corrupt-[^w]*Z(-\d)?$/.test(name));
  assert.is(aside.length, 3);
});

onDisk('a file cut short is set aside', () => {
  const file = filled();
  truncateSync(file, Math.floor(statSync(file).size / 2));
  const cache = cacheOn(file);
  assert.is(cache.getStats().disk!.setAside, 1);
  cache.stop();
});

onDisk('a database that turns corrupt while it is used is set aside at the next write; memory goes on', () => {
  const file = filled();
  const clock = new Clock();
  const broken = { code: null as string | null };
  let openings = 0;
  const disk = { open: () => (++openings === 1 ? fragile(open(file), broken) : open(file)), flushInterval: 1e9 };
  const cache = cacheOn(file, { disk, now: clock.now });
  broken.code = 'SQLITE_CORRUPT';
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(40_000, 0xa5), 0, 40_000, DAMAGE_AT);
  closeSync(handle);
  cache.set('a', 1);
  cache.flush();
  assert.is(cache.getStats().disk!.state, 'degraded');
  assert.is(cache.get('a'), 1);
  clock.at += 60_000;
  cache.flush();
  assert.is(cache.getStats().disk!.state, 'open');
  assert.is(cache.getStats().disk!.setAside, 1);
  cache.stop();
  const again = cacheOn(file);
  assert.is(again.get('a'), 1);
  again.stop();
});

onDisk('a value whose bytes changed on disk is a miss, counted, and goes', () => {
  const file = filled();
  const database = open(file);
  database.prepare("UPDATE entries SET value = substr(value, 1, 100) WHERE key = 'k1'").run();
  database.prepare("UPDATE entries SET tags = '' WHERE key = 'k2'").run();
  database.close();
  const cache = cacheOn(file);
  assert.is(cache.get('k1'), undefined);
  assert.is(cache.get('k2'), undefined);
  assert.is(cache.get('k3'), '3'.repeat(500));
  assert.is(cache.getStats().disk!.evictions.corrupt, 2);
  cache.flush();
  assert.is(cache.getStats().disk!.entries, 198);
  cache.stop();
});

onDisk('on a full disk nothing throws, memory goes on, and what waited is written when there is room again', () => {
  const file = freshFile();
  const clock = new Clock();
  const broken = { code: 'SQLITE_FULL' as string | null };
  const disk = { open: () => fragile(open(file), broken), flushInterval: 1e9 };
  const cache = cacheOn(file, { disk, now: clock.now });
  const told: string[] = [];
  cache.events.on('degraded', (reason) => told.push(reason));
  cache.events.on('recovered', () => told.push('recovered'));
  cache.set('a', 1);
  cache.flush();
  cache.invalidateByTags(['t']);
  cache.clear();
  cache.set('a', 2);
  assert.is(cache.get('a'), 2);
  assert.equal(told, ['cannot be written: database or disk is full']);
  assert.is(cache.getStats().disk!.state, 'degraded');
  broken.code = null;
  clock.at += 60_000;
  cache.flush();
  assert.equal(told.slice(1), ['recovered']);
  cache.stop();
  const again = cacheOn(file);
  assert.is(again.get('a'), 2);
  again.stop();
});

onDisk('while the disk takes nothing, what waits is bounded, and no replaced value comes back', () => {
  const file = filled();
  const clock = new Clock();
  const broken = { code: 'SQLITE_FULL' as string | null };
  const disk = { open: () => fragile(open(file), broken), flushInterval: 1e9, maxPendingBytes: 50_000 };
  const cache = cacheOn(file, { disk, now: clock.now, memory: false });
  for (let i = 0; i < 200; i++) cache.set(`k${i}`, `new ${i}`.repeat(100));
  const { pendingBytes, droppedWrites } = cache.getStats().disk!;
  assert.ok(pendingBytes <= 50_000);
  assert.ok(droppedWrites > 100);
  assert.is(cache.get('k0'), undefined);
  broken.code = null;
  clock.at += 60_000;
  cache.stop();
  const again = cacheOn(file);
  assert.is(again.get('k0'), undefined);
  assert.is(again.get('k199'), 'new 199'.repeat(100));
  again.stop();
});

onDisk('a database that cannot be opened is tried again; until then memory serves', () => {
  const file = freshFile();
  const clock = new Clock();
  let there = false;
  const openings = () => {
    if (!there) throw new Error('no such disk');
    return open(file);
  };
  const cache = cacheOn(file, { disk: { open: openings, flushInterval: 1e9 }, now: clock.now });
  cache.set('a', 1);
  assert.is(cache.get('a'), 1);
  assert.is(cache.getStats().disk!.state, 'degraded');
  there = true;
  clock.at += 1000;
  cache.flush();
  assert.is(cache.getStats().disk!.state, 'open');
  assert.is(cache.getStats().disk!.entries, 1);
  cache.stop();
});

onDisk('a database that can only be read is read; writing stays in memory', () => {
  const file = filled();
  const readOnly = () => ({ ...fragile(open(file), { code: 'SQLITE_READONLY' }), readOnly: true });
  const cache = cacheOn(file, { disk: { open: readOnly, flushInterval: 1e9 } });
  assert.is(cache.get('k1'), '1'.repeat(500));
  cache.set('new', 1);
  cache.delete('k1');
  cache.flush();
  assert.is(cache.get('new'), 1);
  assert.is(cache.get('k1'), undefined);
  assert.is(cache.getStats().disk!.state, 'degraded');
  cache.stop();
});

onDisk('the disk tier holds its own budget and lets go what was used longest ago', () => {
  const clock = new Clock();
  const file = freshFile();
  const cache = cacheOn(file, {
    memory: false,
    now: clock.now,
    disk: { open: () => open(file), maxBytes: 50_000, flushInterval: 1e9 },
  });
  for (let i = 0; i < 100; i++) {
    clock.at += 1000;
    cache.set(`k${i}`, 'x'.repeat(1000));
    cache.get('k0');
    cache.flush();
    assert.ok(cache.getStats().disk!.bytes <= 50_000);
  }
  assert.is(cache.get('k1'), undefined);
  assert.ok(cache.get('k0'));
  assert.ok(cache.get('k99'));
  assert.ok(cache.getStats().disk!.evictions.budget > 50);
  cache.stop();
});

onDisk('sweeps 10 000 rows of the disk at a time, until all that were invalidated are gone', () => {
  const cache = cacheOn(freshFile(), { memory: false });
  for (let i = 0; i < 10_050; i++) cache.set(`k${i}`, i, { tags: ['t'] });
  cache.set('other', 1, { tags: ['u'] });
  cache.flush();
  cache.invalidateByTags(['t']);
  assert.equal([cache.cleanupExpired(), cache.cleanupExpired(), cache.cleanupExpired()], [10_000, 50, 0]);
  assert.is(cache.getStats().disk!.entries, 1);
  cache.stop();
});

test.run();

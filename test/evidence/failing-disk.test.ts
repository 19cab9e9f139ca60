import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EvidenceChain } from '../../src/evidence/chain/chain.js';
import { smallDisk } from '../small-disk.js';
import { temporaryFolder } from '../temporary.js';
import { faultsOf, someChain, someDraft, somePictures, verified } from './chains.js';
import { watchDisk } from './disk-operations.js';

const dir = temporaryFolder('evidence-disk');
const HOUR = 3_600_000;

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(String, (error: NodeJS.ErrnoException) => error.code ?? error.message);
const append = (chain: EvidenceChain, mark: number, bytes?: number): Promise<string> =>
  codeOf(chain.append(someDraft(), somePictures(mark, bytes)));
const picturesOf = ({ folder }: EvidenceChain): string[] => readdirSync(join(folder, 'pictures')).sort();

test('on a full disk nothing is left of a record, and the chain goes on once there is room', async () => {
  const disk = smallDisk(join(dir, 'small'), '200k');
  if (disk === null) return;
  const chain = await someChain(disk.at);
  await chain.append(someDraft(), somePictures(1));
  assert.is(await append(chain, 2, 400_000), 'ENOSPC');
  assert.equal([chain.head.n, picturesOf(chain).length, await faultsOf(chain.folder)], [1, 2, []]);
  disk.resize('4m');
  await chain.append(someDraft(), somePictures(2, 400_000));
  assert.equal([chain.head.n, await faultsOf(chain.folder)], [2, []]);
  disk.remove();
});

test('a disk without one free block is relieved by what is too old, also after a start on it, and again', async () => {
  const disk = smallDisk(join(dir, 'full'), '400k');
  if (disk === null) return;
  let now = 1_764_000_000_000;
  const options = { now: () => now, bounds: { maxBytes: 2 ** 30, keepMs: 30 * HOUR } };
  let chain = await someChain(disk.at, options);
  for (let mark = 1; mark <= 4; mark++) {
    await chain.append(someDraft(), somePictures(mark));
    now += 10 * HOUR;
  }
  disk.fill();
  assert.is(await append(chain, 5, 300_000), 'ENOSPC', 'nothing goes for what has no room even then');
  assert.is(chain.records.length, 4);
  await chain.close();
  chain = await someChain(disk.at, options);
  for (let round = 1; round <= 2; round++) {
    const before = chain.counts.age;
    // hour by hour: a clock that leaps is not believed
    for (let hour = 0; chain.counts.age === before && hour < 30; hour++) {
      now += HOUR;
      await chain.prune();
      assert.equal(await faultsOf(chain.folder), []);
    }
    assert.ok(chain.counts.age > before, `${chain.counts.age} records went in round ${round}`);
    disk.fill();
  }
  const { removedByRetention: removed, records } = await verified(chain.folder);
  assert.equal([removed?.n, removed?.age, records], [chain.counts.age, chain.counts.age, chain.records.length]);
  rmSync(join(disk.at, 'others'));
  assert.is(await append(chain, 5), '[object Object]');
  assert.equal([chain.head.n, await faultsOf(chain.folder)], [5, []]);
  disk.remove();
});

test('on a full disk the oldest makes way for the newest, and the anchor says so', async () => {
  const disk = smallDisk(join(dir, 'ring'), '400k');
  if (disk === null) return;
  const chain = await someChain(disk.at);
  for (let mark = 1; mark <= 4; mark++) await chain.append(someDraft(), somePictures(mark));
  disk.fill();
  for (let mark = 5; mark <= 12; mark++) {
    await chain.append(someDraft(), somePictures(mark));
    assert.equal(await faultsOf(chain.folder), []);
  }
  assert.is(chain.head.n, 12);
  assert.ok(chain.counts.relieved >= 6 && chain.records.length >= 2, `${chain.records.length} are left`);
  const { removedByRetention: removed } = await verified(chain.folder);
  assert.equal([removed?.quota, removed?.n], [12 - chain.records.length, 12 - chain.records.length]);
  disk.remove();
});

test('where another program takes what the oldest left, no more of them go for records that are lost all the same', async () => {
  const disk = smallDisk(join(dir, 'taken'), '400k');
  if (disk === null) return;
  const chain = await someChain(disk.at);
  for (let mark = 1; mark <= 8; mark++) await chain.append(someDraft(), somePictures(mark));
  disk.fill();
  const stop = watchDisk(({ what, path }) => {
    if (what === 'open' && path.endsWith('context.jpg.part')) disk.fill();
  });
  for (let mark = 9; mark <= 14; mark++) assert.is(await append(chain, mark), 'ENOSPC');
  stop();
  assert.ok(chain.records.length >= 6, `${chain.records.length} of 8 are left`);
  rmSync(join(disk.at, 'others'));
  await chain.append(someDraft(), somePictures(9));
  assert.equal([chain.head.n, await faultsOf(chain.folder)], [9, []]);
  disk.remove();
});

test('what a failed record left behind and could not be removed is gone before the next one, whatever its pictures are called', async () => {
  const chain = await someChain(join(dir, 'leftovers'));
  await chain.append(someDraft(), somePictures(1));
  let broken = true;
  const stop = watchDisk(({ what, path }) => {
    const fails = broken && (what === 'remove' || (what === 'write' && path.includes('.record')));
    if (fails) throw Object.assign(new Error(`${what} fails`), { code: 'EIO' });
  });
  try {
    assert.is(await append(chain, 2), 'EIO');
    assert.ok(existsSync(join(chain.folder, 'pictures/0000000002-crop.jpg')));
    const webp = somePictures(2).map((picture) => ({ ...picture, format: 'webp' as const }));
    assert.is(await codeOf(chain.append(someDraft(), webp)), 'EIO', 'not over what is left');
    broken = false;
    await chain.append(someDraft(), webp);
  } finally {
    stop();
  }
  const webps = ['0000000002-context.webp', '0000000002-crop.webp'];
  assert.equal(picturesOf(chain), ['0000000001-context.jpg', '0000000001-crop.jpg', ...webps]);
  assert.equal(await faultsOf(chain.folder), []);
});

test('a record whose folder cannot be brought onto the medium is taken back whole', async () => {
  const chain = await someChain(join(dir, 'unsynced'));
  await chain.append(someDraft(), somePictures(1));
  const stop = watchDisk(({ what, path }) => {
    if (what === 'sync' && path.endsWith('records')) throw Object.assign(new Error('sync fails'), { code: 'EIO' });
  });
  assert.is(await append(chain, 2), 'EIO');
  stop();
  assert.equal(
    [chain.head.n, readdirSync(join(chain.folder, 'records')), picturesOf(chain).length],
    [1, ['0000000001.record'], 2],
  );
  await chain.append(someDraft(), somePictures(3));
  assert.equal([chain.head.n, await faultsOf(chain.folder)], [2, []]);
});

test('what retention could not remove does not hold up what is written, and goes with a later look', async () => {
  const chain = await someChain(join(dir, 'kept-on'), { bounds: { maxBytes: 26_000, keepMs: 30 * HOUR } });
  await chain.append(someDraft(), somePictures(1));
  await chain.append(someDraft(), somePictures(2));
  let broken = true;
  const stop = watchDisk(({ what, path }) => {
    if (broken && what === 'remove' && path.endsWith('1-crop.jpg'))
      throw Object.assign(new Error('remove fails'), { code: 'EIO' });
  });
  try {
    assert.is(await append(chain, 3), 'EIO');
    await chain.append(someDraft(), somePictures(3));
    assert.is(await codeOf(chain.prune()), 'EIO');
    assert.equal(picturesOf(chain)[0], '0000000001-crop.jpg');
    broken = false;
    await chain.prune();
  } finally {
    stop();
  }
  assert.equal([picturesOf(chain).length, await faultsOf(chain.folder)], [4, []]);
});

test.run();

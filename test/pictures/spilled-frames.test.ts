import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FilmFrames } from '../../src/pictures/film-frames.js';
import { SpilledFrames } from '../../src/pictures/spilled-frames.js';
import { temporaryFolder } from '../temporary.js';
import { greyPicture } from './memory-frames.js';

const folder = temporaryFolder('spilled');
/** Of an 8 × 4 picture. */
const BYTES = 96;

const create = (maxBytes = 1e6) => SpilledFrames.create({ scratch: join(folder, 'scratch'), maxBytes });

test('a picture comes back from the disk with its labels', async () => {
  const frames = await create();
  const labels = [{ classIndex: 1, x1: 1, y1: 1, x2: 3, y2: 3 }];
  await frames.add(greyPicture('a', 5), { labels, labelledClasses: [0, 1] });
  assert.equal((await frames.read(0)).data, Buffer.alloc(BYTES, 5));
  assert.equal([(await frames.read(0)).id, await frames.labels(0), frames.labelledClasses(0)], ['a', labels, [0, 1]]);
  await frames.close();
});

test('pictures beyond the bound are refused', async () => {
  const frames = await create(2 * BYTES + 1);
  await frames.add(greyPicture('a', 1));
  assert.is(frames.roomFor({ width: 8, height: 4 }), 1);
  await frames.add(greyPicture('b', 2));
  const error = await frames.add(greyPicture('c', 3)).catch((e: unknown) => e as Error);
  assert.match((error as Error).message, /frame 3 \(c\) would take the frames on disk beyond/);
  await frames.close();
});

test('frames that are not kept leave the disk, and make room', async () => {
  const frames = await create();
  for (let level = 0; level < 5; level++) await frames.add(greyPicture(String(level), level));
  await frames.keep([4, 1]);
  assert.equal([frames.count, frames.bytes, (await frames.read(0)).id], [2, 2 * BYTES, '4']);
  await frames.close();
});

test('closing leaves nothing behind', async () => {
  const frames = await create();
  await frames.add(greyPicture('a', 1));
  await frames.close();
  assert.equal(readdirSync(join(folder, 'scratch')), []);
  assert.ok(existsSync(join(folder, 'scratch')));
});

test('each set has a folder of its own that only this user can look into, and no name that somebody else may have taken', async () => {
  const shared = join(folder, 'shared');
  mkdirSync(shared);
  // what another user may have put there before
  writeFileSync(join(shared, 'edge-optimizer'), '');
  const sets = [
    await SpilledFrames.create({ scratch: shared, maxBytes: 1e6 }),
    await SpilledFrames.create({ scratch: shared, maxBytes: 1e6 }),
  ];
  const made = readdirSync(shared).filter((name) => name.startsWith('edge-frames-'));
  assert.is(made.length, 2);
  for (const name of made) assert.is(statSync(join(shared, name)).mode & 0o777, 0o700);
  for (const set of sets) await set.close();
  assert.equal(readdirSync(shared), ['edge-optimizer']);
});

test('frames that a killed process left behind long ago are removed, younger ones and those of others are not', async () => {
  const scratch = join(folder, 'remains');
  // no process has so high a number
  for (const name of [
    'edge-frames-99999999-abc123',
    'edge-frames-99999998-abc123',
    `edge-frames-${process.pid}-abc123`,
    'frames-99999997-abc123',
  ]) {
    mkdirSync(join(scratch, name), { recursive: true });
    writeFileSync(join(scratch, name, '0.rgb'), 'pixels');
    const age = name.includes('98') ? 3600 : 2 * 86_400;
    utimesSync(join(scratch, name), Date.now() / 1000 - age, Date.now() / 1000 - age);
  }
  const frames = await SpilledFrames.create({ scratch, maxBytes: 1e6 });
  await frames.close();
  assert.equal(
    readdirSync(scratch).sort(),
    ['frames-99999997-abc123', 'edge-frames-99999998-abc123', `edge-frames-${process.pid}-abc123`].sort(),
  );
});

test('of a long film the frames that differ most are chosen, and other frames stay', async () => {
  const frames = await create();
  await frames.add(greyPicture('other', 200));
  const film = new FilmFrames(frames, 3, ({ data }) => data.slice(0, 4));
  // 100 frames: dark, with one bright stretch and one of middling light
  for (let i = 0; i < 100; i++) await film.offer(greyPicture(String(i), i >= 60 ? 180 : i >= 30 ? 90 : 0));
  await film.choose();
  const ids = await Promise.all([0, 1, 2, 3].map(async (index) => (await frames.read(index)).id));
  assert.equal(ids, ['other', '0', '32', '64']);
  assert.equal([frames.count, film.seen, film.kept], [4, 100, 3]);
  await frames.close();
});

test.run();

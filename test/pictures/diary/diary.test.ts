import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../src/foundation/log.js';
import { decodeImage, encodeJpeg } from '../../../src/media/image.js';
import { Diary, type DiaryFrame, type DiaryOptions } from '../../../src/pictures/diary/diary.js';
import { isDiary, openDiary } from '../../../src/pictures/diary/diary-frames.js';
import { temporaryFolder } from '../../temporary.js';

const root = temporaryFolder('diary');
let folders = 0;
const NOON = Date.UTC(2026, 5, 1, 12);
const HOUR = 3_600_000;

const fresh = () => join(root, String(folders++));

async function started(folder: string, options: Partial<DiaryOptions> = {}): Promise<Diary> {
  const diary = new Diary({
    folder,
    maxBytes: 1e6,
    maxCount: 10,
    everyMs: 60_000,
    log: silentLog,
    encode: (rgb, width, height) => encodeJpeg(rgb, width, height, 90),
    localHour: (at) => new Date(at).getUTCHours(),
    ...options,
  });
  await diary.start();
  return diary;
}

/** A grey frame of 64 × 32. */
const frame = (at: number, level: number, rest: Partial<DiaryFrame> = {}): DiaryFrame => ({
  camera: 'gate',
  at,
  width: 64,
  height: 32,
  light: 2,
  vehicles: 0,
  data: new Uint8Array(64 * 32 * 3).fill(level),
  look: new Uint8Array(144).fill(level),
  ...rest,
});

const pictures = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.jpg'));
const read = (folder: string) => openDiary(folder, (bytes) => decodeImage(bytes, 640));

test('a frame that shows something new is kept as a JPEG, and can be read again', async () => {
  const folder = fresh();
  const diary = await started(folder);
  assert.is(await diary.offer(frame(NOON, 200)), true);
  assert.equal(pictures(folder), [`${NOON}-gate-20.jpg`]);
  const frames = await read(folder);
  const picture = await frames.read(0);
  assert.equal(
    [frames.count, picture.width, picture.height, picture.data[0], await frames.labels(0)],
    [1, 64, 32, 200, null],
  );
  assert.is(await isDiary(folder), true);
});

for (const umask of [0o022, 0o000]) {
  test(`with umask ${umask.toString(8)} the folder and what is in it are their owner's alone`, async () => {
    const before = process.umask(umask);
    try {
      const folder = fresh();
      const diary = await started(folder);
      await diary.offer(frame(NOON, 200));
      await diary.stop();
      const modes = ['', ...readdirSync(folder)].map((name) => (statSync(join(folder, name)).mode & 0o777).toString(8));
      assert.equal(modes, ['700', '600', '600']);
    } finally {
      process.umask(before);
    }
  });
}

test('a frame like another of its hour and light is not kept', async () => {
  const diary = await started(fresh());
  await diary.offer(frame(NOON, 100));
  assert.is(await diary.offer(frame(NOON + 1, 100)), false);
  assert.is(await diary.offer(frame(NOON + HOUR, 100)), true);
  assert.is(await diary.offer(frame(NOON + HOUR + 1, 100, { light: 0 })), true);
  assert.is(await diary.offer(frame(NOON + HOUR + 2, 100, { vehicles: 5 })), true);
  const { frames, offered, kept, alike } = diary.counts();
  assert.equal([frames, offered, kept, alike], [4, 5, 4, 1]);
});

test('a camera is asked for a frame every so often, also after its clock was set back', async () => {
  const diary = await started(fresh());
  assert.is(diary.isDue('gate', NOON), true);
  await diary.offer(frame(NOON, 1));
  assert.equal(
    [
      diary.isDue('gate', NOON + 59_999),
      diary.isDue('gate', NOON + 60_000),
      diary.isDue('gate', NOON - 1),
      diary.isDue('exit', NOON),
    ],
    [false, true, true, true],
  );
});

test('a full diary replaces frames and never holds more files than allowed', async () => {
  const folder = fresh();
  const diary = await started(folder, { maxCount: 4 });
  for (let i = 0; i < 12; i++) await diary.offer(frame(NOON + i * HOUR, 20 * i));
  for (let i = 0; i < 12; i++) await diary.offer(frame(NOON + i, (i * 97) % 256));
  const { frames, kept, replaced } = diary.counts();
  assert.equal([frames, pictures(folder).length, kept - replaced], [4, 4, 4]);
});

test('a diary keeps to its bytes', async () => {
  const folder = fresh();
  const diary = await started(folder, { maxBytes: 1500, maxCount: 1000 });
  for (let i = 0; i < 20; i++) await diary.offer(frame(NOON + i, (i * 53) % 256));
  const onDisk = pictures(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  assert.ok(onDisk <= 1500 && onDisk === diary.counts().bytes, `${onDisk} bytes`);
  assert.ok(diary.counts().frames >= 2);
});

test('a restart goes on where the last run ended', async () => {
  const folder = fresh();
  const first = await started(folder);
  await first.offer(frame(NOON, 100));
  await first.stop();
  const second = await started(folder);
  assert.equal([second.counts().frames, await second.offer(frame(NOON + 1, 100))], [1, false]);
});

test('a restart with smaller bounds removes what is too much', async () => {
  const folder = fresh();
  const first = await started(folder);
  for (let i = 0; i < 5; i++) await first.offer(frame(NOON + i, i * 40));
  await started(folder, { maxCount: 2 });
  assert.is(pictures(folder).length, 2);
  assert.is((await read(folder)).count, 2);
});

test('what a power cut left over is cleared, other files are left alone', async () => {
  const folder = fresh();
  const first = await started(folder);
  await first.offer(frame(NOON, 10));
  await first.offer(frame(NOON + 1, 90));
  truncateSync(join(folder, `${NOON}-gate-20.jpg`), 100);
  writeFileSync(join(folder, `${NOON + 2}-gate-20.jpg.part`), 'half');
  writeFileSync(join(folder, `${NOON + 3}-gate-20.jpg`), 'not in the index');
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  const second = await started(folder);
  assert.is(second.counts().frames, 1);
  assert.equal(readdirSync(folder).sort(), [`${NOON + 1}-gate-20.jpg`, 'diary.json', 'notes.txt']);
});

test('without its index a diary keeps its frames', async () => {
  const folder = fresh();
  const first = await started(folder);
  await first.offer(frame(NOON, 10));
  await first.offer(frame(NOON + 1, 90));
  writeFileSync(join(folder, 'diary.json'), '{"version":1,"fra');
  const second = await started(folder);
  assert.is(second.counts().frames, 2);
  assert.is(JSON.parse(readFileSync(join(folder, 'diary.json'), 'utf8')).frames.length, 2);
});

test('a frame that cannot be encoded is counted and loses nothing', async () => {
  const folder = fresh();
  let isBroken = true;
  const encode = async () => {
    if (isBroken) throw new Error('out of memory');
    return Buffer.from('jpeg');
  };
  const diary = await started(folder, { encode });
  assert.is(await diary.offer(frame(NOON, 10)), false);
  isBroken = false;
  assert.is(await diary.offer(frame(NOON + 1, 10)), true);
  assert.equal([diary.counts().failed, diary.counts().frames], [1, 1]);
});

test('one frame is written at a time', async () => {
  const diary = await started(fresh());
  const both = await Promise.all([diary.offer(frame(NOON, 10)), diary.offer(frame(NOON + 1, 90))]);
  assert.equal([both, diary.counts().busy], [[true, false], 1]);
});

test('a folder that cannot be used leaves the diary shut', async () => {
  const file = fresh();
  writeFileSync(file, 'a file');
  const diary = await started(join(file, 'diary'));
  assert.equal([diary.isDue('gate', NOON), await diary.offer(frame(NOON, 10))], [false, false]);
});

test('after a stop nothing is kept any more', async () => {
  const folder = fresh();
  const diary = await started(folder);
  await diary.stop();
  assert.equal(
    [await diary.offer(frame(NOON, 10)), diary.isDue('gate', NOON), existsSync(join(folder, 'diary.json'))],
    [false, false, true],
  );
});

test('an empty diary says how to fill it', async () => {
  const folder = fresh();
  await started(folder);
  const error = await read(folder).catch((e: unknown) => e as Error);
  assert.match((error as Error).message, /holds no frames yet: let the device run with diary\.enabled/);
});

test.run();

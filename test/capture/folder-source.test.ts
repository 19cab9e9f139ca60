import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeJpeg } from '../../src/media/image.js';
import { temporaryFolder } from '../temporary.js';
import { takeFrames } from './frames.js';
import { sourceContract } from './source-contract.js';
import { openCamera } from './sources.js';

const folder = temporaryFolder('folder-source');

async function pictures(name: string, files: Record<string, number | string>): Promise<string> {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, grey] of Object.entries(files)) {
    const bytes =
      typeof grey === 'string' ? grey : await encodeJpeg(new Uint8Array(32 * 16 * 3).fill(grey), 32, 16, 90);
    writeFileSync(join(path, file), bytes);
  }
  return path;
}

const three = await pictures('three', { 'p10.jpg': 200, 'p2.jpg': 100, 'p1.jpg': 10, 'notes.txt': 'no picture' });

sourceContract('folder', () => openCamera({ url: `images:${three}`, maxFps: 20 }));

async function readAll(camera: { url: string; maxFps?: number; loop?: boolean }, count = 100) {
  const source = openCamera({ pace: 'fast', ...camera }, { maxImageBytes: 10_000 });
  await source.start();
  const frames: [number, number][] = [];
  const kept = await takeFrames(source.frames(), count);
  for (const frame of kept) frames.push([Math.round(frame.data[0]! / 10) * 10, frame.sceneMs]);
  const health = source.health();
  await source.stop();
  return { frames, health };
}

async function refusal(url: string): Promise<string> {
  const source = openCamera({ url });
  const message = await source.start().then(
    () => 'started',
    (error: Error) => error.message,
  );
  assert.is(source.health().lastError?.startsWith(message), true);
  await source.stop();
  return message;
}

test('pictures are stretched to the shape that the camera says to have', async () => {
  const source = openCamera({ url: `images:${three}`, pace: 'fast', aspect: '4:1' });
  await source.start();
  const [frame] = await takeFrames(source.frames(), 1);
  await source.stop();
  assert.equal([frame!.width, frame!.height, frame!.sourceWidth, frame!.sourceHeight], [64, 16, 64, 16]);
});

test('pictures come in the order of their names, numbers counted as numbers, one second apart', async () => {
  const { frames, health } = await readAll({ url: `images:${three}` });
  assert.equal(frames, [
    [10, 0],
    [100, 1000],
    [200, 2000],
  ]);
  assert.is(health.state, 'ended');
});

test('a rate sets how far apart they are', async () => {
  const { frames } = await readAll({ url: `images:${three}`, maxFps: 4 });
  assert.equal(
    frames.map(([, ms]) => ms),
    [0, 250, 500],
  );
});

test('a folder can begin again at its end', async () => {
  const { frames } = await readAll({ url: `images:${three}`, loop: true }, 5);
  assert.equal(
    frames.map(([grey]) => grey),
    [10, 100, 200, 10, 100],
  );
});

test('broken and too large pictures are counted and passed over', async () => {
  const path = await pictures('mixed', { '1.jpg': 'rubbish', '2.png': 'x'.repeat(20_000), '3.jpg': 50 });
  const { frames, health } = await readAll({ url: `images:${path}` });
  assert.equal([frames.length, health.counters.malformed, health.counters.captured], [1, 2, 1]);
});

test('a folder without pictures is refused at the start', async () => {
  assert.match(
    await refusal(`images:${await pictures('empty', { 'a.txt': '' })}`),
    'expected .jpg, .png or .webp pictures in',
  );
  assert.match(await refusal(`images:${join(folder, 'nope')}`), 'expected a folder that can be read');
});

test('a pipe in the folder does not hold it up', async () => {
  const path = await pictures('pipe', { '2.jpg': 50 });
  execFileSync('mkfifo', [join(path, '1.jpg')]);
  const { frames, health } = await readAll({ url: `images:${path}` });
  assert.equal([frames.length, health.counters.malformed], [1, 1]);
});

test('a folder of rubbish is refused at the start', async () => {
  const path = await pictures('rubbish', { '1.jpg': 'rubbish' });
  assert.match(await refusal(`images:${path}`), 'can be decoded');
});

test.run();

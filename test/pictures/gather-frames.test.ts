import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import { silentLog } from '../../src/foundation/log.js';
import { type GatherOptions, gatherFrames } from '../../src/pictures/gather-frames.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('gather');
const CLASSES = ['car', 'truck'];

const gather = (from: string[], options: Partial<GatherOptions> = {}) =>
  gatherFrames({
    from,
    classes: CLASSES,
    log: silentLog,
    scratch: join(folder, 'scratch'),
    capture: configSchema.parse({}).capture,
    ...options,
  });

async function picture(file: string, width = 64, height = 32): Promise<void> {
  await sharp({ create: { width, height, channels: 3, background: '#808080' } }).toFile(file);
}

/** A fresh folder with these files; text, or a grey picture where it is null. */
async function made(name: string, files: Record<string, string | null>): Promise<string> {
  const path = join(folder, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    if (text === null) await picture(join(path, file));
    else writeFileSync(join(path, file), text);
  }
  return path;
}

test('pictures of a folder come with the labels of the folder beside theirs', async () => {
  const path = await made('beside', {
    'images/2.png': null,
    'images/10.png': null,
    'images/3.png': null,
    'labels/2.txt': '1 0.5 0.5 0.5 0.5',
    'labels/10.txt': '',
  });
  const { frames, notes } = await gather([path]);
  assert.equal(
    (await Promise.all([0, 1, 2].map((i) => frames.read(i)))).map(({ id }) => id),
    ['2.png', '3.png', '10.png'],
  );
  assert.equal(await frames.labels(0), [{ classIndex: 1, x1: 16, y1: 8, x2: 48, y2: 24 }]);
  assert.equal([await frames.labels(1), await frames.labels(2)], [null, []]);
  assert.equal(notes, [
    `labels from ${join(path, 'labels')}: 1 in 1 picture; labelled as empty: 1; not labelled: 1`,
    "nobody says what the numbers of the labels mean (classes.txt, data.yaml): they are taken for the model's (0 car, 1 truck)",
    `3 frames from ${path}`,
  ]);
  await frames.close();
});

test('names of classes in data.yaml bring labels to the classes of the model', async () => {
  const path = await made('names', {
    'a.png': null,
    'a.txt': '0 0.5 0.5 0.5 0.5\n1 0.5 0.5 0.5 0.5',
    'data.yaml': 'names: [tree, Truck]\n',
  });
  const { frames, notes } = await gather([path]);
  assert.equal(
    (await frames.labels(0))!.map(({ classIndex }) => classIndex),
    [1],
  );
  assert.equal(frames.labelledClasses(0), [1]);
  assert.is(notes[1], 'the model has no class "tree": its label is left out');
  await frames.close();
});

test('a COCO file gives labels in pixels of pictures that were scaled down', async () => {
  const path = await made('coco', {});
  mkdirSync(path, { recursive: true });
  await picture(join(path, 'a.png'), 1280, 640);
  const coco = {
    images: [{ id: 1, file_name: 'a.png', width: 1280, height: 640 }],
    annotations: [{ image_id: 1, category_id: 7, bbox: [640, 320, 640, 320] }],
    categories: [{ id: 7, name: 'car' }],
  };
  writeFileSync(join(folder, 'elsewhere.json'), JSON.stringify(coco));
  const { frames } = await gather([path], { labels: join(folder, 'elsewhere.json') });
  assert.is((await frames.read(0)).width, 640);
  assert.equal(await frames.labels(0), [{ classIndex: 0, x1: 320, y1: 160, x2: 640, y2: 320 }]);
  await frames.close();
});

test('a malformed label ends the work, and nothing stays on the disk', async () => {
  const path = await made('malformed', { 'a.png': null, 'a.txt': '0 0.5 0.5 0.5' });
  const error = await gather([path]).catch((e: unknown) => e as Error);
  assert.match((error as Error).message, /malformed\/a\.txt, line 1: expected class cx cy width height/);
  assert.equal(readdirSync(join(folder, 'scratch')), []);
});

test('labels that cannot be read end the work like malformed ones: a picture without them would count as empty', async () => {
  const path = await made('endless', { 'a.png': null, 'a.txt': '0 0.5 0.5 0.5 0.5\n'.repeat(300_000) });
  const error = await gather([path]).catch((e: unknown) => e as Error);
  assert.match((error as Error).message, /endless\/a\.txt has more than \d+ bytes: these are no labels/);
  assert.equal(readdirSync(join(folder, 'scratch')), []);
});

test('a picture that cannot be decoded is left out and said', async () => {
  const path = await made('broken', { 'a.png': null, 'b.png': 'no picture' });
  const { frames, notes } = await gather([path]);
  assert.is(frames.count, 1);
  assert.is(notes[0], 'no labels were found for 1 picture: accuracy is not judged by labels');
  assert.is(notes[1], `1 of 2 pictures of ${path} cannot be decoded`);
  await frames.close();
});

test('of many pictures at most so many are taken, from all over the folder', async () => {
  const path = await made('many', Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`${i}.png`, null])));
  const { frames } = await gather([path], { most: 3 });
  assert.equal(
    (await Promise.all([0, 1, 2].map((i) => frames.read(i)))).map(({ id }) => id),
    ['0.png', '3.png', '6.png'],
  );
  await frames.close();
});

test('simulated cameras give their share each, of different moments', async () => {
  const seen: string[] = [];
  const { frames } = await gather(['sim://road?cameras=2&width=160&height=120&seed=5'], {
    most: 6,
    onProgress: (source) => seen.push(source),
  });
  const ids = await Promise.all([0, 1, 2, 3, 4, 5].map(async (i) => (await frames.read(i)).id));
  assert.equal([frames.count, new Set(ids).size, new Set(seen).size], [6, 6, 2]);
  assert.is(frames.bytes, 6 * 160 * 120 * 3);
  await frames.close();
});

needs('ffmpeg', test)('of a clip frames are chosen from its beginning to its end', async () => {
  const clip = join(folder, 'clip.mp4');
  const source = 'testsrc2=size=160x120:rate=10:duration=6';
  spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', source, '-pix_fmt', 'yuv420p', clip]);
  const { frames } = await gather([clip], { most: 8 });
  const numbers = await Promise.all(
    Array.from({ length: frames.count }, async (_, i) => Number((await frames.read(i)).id.split(' ').at(-1))),
  );
  assert.is(numbers.length, 8);
  assert.equal(
    numbers,
    [...numbers].sort((a, b) => a - b),
  );
  assert.ok(numbers[0] === 0 && numbers[7]! >= 40, numbers.join(' '));
  await frames.close();
});

test('a camera that gives no frame is told with what came in place of it', async () => {
  const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/snap`;
  const error = await gather([url], { liveS: 0.5 }).catch((e: unknown) => e as Error);
  server.closeAllConnections();
  server.close();
  assert.match((error as Error).message, `${url} gave no frame: `);
  assert.match((error as Error).message, 'web page');
});

test('what is no source is refused by its name', async () => {
  const error = await gather([join(folder, 'nothing-here')]).catch((e: unknown) => e as Error);
  assert.match((error as Error).message, /nothing-here/);
  assert.match(
    ((await gather([]).catch((e: unknown) => e)) as Error).message,
    /--frames: expected a folder of pictures/,
  );
});

test.run();

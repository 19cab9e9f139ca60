import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EdgeError } from '../../src/foundation/errors.js';
import { decodeImage } from '../../src/media/image.js';
import { previewOverlay, writePreview } from '../../src/media/preview.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('preview');
const black = { data: new Uint8Array(200 * 100 * 3), width: 200, height: 100 };
const car = { x1: 50, y1: 40, x2: 150, y2: 90, label: 'car', score: 0.874 };

test('draws boxes over the picture and leaves the rest alone', async () => {
  const file = join(folder, 'latest.jpg');
  await writePreview(file, black, { boxes: [car] }, { quality: 90 });
  const { data, width, height } = await decodeImage(readFileSync(file), 640);
  assert.equal([width, height], [200, 100]);
  const brightness = (x: number, y: number) => Math.max(...data.subarray((y * 200 + x) * 3, (y * 200 + x) * 3 + 3));
  assert.is(brightness(150, 65) > 80, true);
  assert.is(brightness(100, 70) < 30, true);
  assert.is(brightness(10, 70) < 30, true);
});

test('replaces the file in one step and leaves nothing beside it', async () => {
  const file = join(folder, 'latest.jpg');
  await Promise.all([
    writePreview(file, black, { boxes: [] }, { quality: 50 }),
    writePreview(file, black, { boxes: [car] }, { quality: 50, caption: 'cam1' }),
  ]);
  assert.equal(readdirSync(folder), ['latest.jpg']);
  assert.is((await decodeImage(readFileSync(file), 640)).width, 200);
});

for (const umask of [0o022, 0o000]) {
  test(`with umask ${umask.toString(8)} it is made for its owner alone, and keeps the mode that somebody gave it`, async () => {
    const before = process.umask(umask);
    try {
      const own = join(folder, `umask-${umask}`);
      mkdirSync(own);
      const file = join(own, 'latest.jpg');
      await writePreview(file, black, { boxes: [] }, { quality: 50 });
      assert.is(statSync(file).mode & 0o777, 0o600);
      chmodSync(file, 0o644);
      await writePreview(file, black, { boxes: [] }, { quality: 50 });
      assert.is(statSync(file).mode & 0o777, 0o644);
    } finally {
      process.umask(before);
    }
  });
}

test('a box says which vehicle it is', () => {
  assert.match(previewOverlay(100, 100, { boxes: [{ ...car, trackId: 12 }] }), '>car 87 % #12<');
});

test('draws lines, with an arrow and the names of their directions, and zones', async () => {
  const lines = [{ label: 'gate', from: [20, 50], to: [180, 50], left: 'north', right: 'south' }] as const;
  const zones = [
    {
      label: 'stop',
      corners: [
        [120, 60],
        [190, 60],
        [190, 90],
        [120, 90],
      ],
    },
  ] as const;
  const file = join(folder, 'latest.jpg');
  await writePreview(file, black, { boxes: [], lines, zones }, { quality: 90 });
  const { data } = await decodeImage(readFileSync(file), 640);
  const brightness = (x: number, y: number) => Math.max(...data.subarray((y * 200 + x) * 3, (y * 200 + x) * 3 + 3));
  assert.is(brightness(70, 50) > 150, true, 'the line');
  assert.is(brightness(160, 85) > 20, true, 'the zone is tinted');
  assert.is(brightness(60, 80) < 10, true, 'the rest is not');
  const svg = previewOverlay(200, 100, { boxes: [], lines, zones });
  for (const word of ['gate', 'north', 'south', 'stop']) assert.match(svg, `>${word}<`);
});

test('the name of the left direction stands to the left of the line', () => {
  const line = { label: 'gate', from: [20, 50], to: [180, 50], left: 'L', right: 'R' } as const;
  const y = (svg: string, word: string) => Number(new RegExp(`y="([\\d.]+)"[^>]*>${word}<`).exec(svg)![1]);
  const eastward = previewOverlay(200, 100, { boxes: [], lines: [line] });
  assert.is(y(eastward, 'L') < 50 && y(eastward, 'R') > 50, true);
  const westward = previewOverlay(200, 100, { boxes: [], lines: [{ ...line, from: line.to, to: line.from }] });
  assert.is(y(westward, 'L') > 50 && y(westward, 'R') < 50, true);
});

test('a folder that is not there is an error that names the option', async () => {
  const file = join(folder, 'no', 'such', 'latest.jpg');
  const error = await writePreview(file, black, { boxes: [] }, { quality: 50 }).catch((thrown: unknown) => thrown);
  assert.instance(error, EdgeError);
  assert.is((error as EdgeError).code, 'E_OUTPUT');
  assert.match((error as EdgeError).message, 'preview.file must lie in an existing folder');
});

test('a label cannot break out of the drawing', () => {
  const svg = previewOverlay(200, 100, { boxes: [{ ...car, label: '</svg><x a="&">\u0000' }] }, '<caption>');
  assert.match(svg, '&lt;/svg&gt;&lt;x a=&quot;&amp;&quot;&gt;  87 %');
  assert.match(svg, '&lt;caption&gt;');
});

test('boxes that are not numbers do not break the drawing', async () => {
  const boxes = [{ x1: Number.NaN, y1: -5, x2: Number.POSITIVE_INFINITY, y2: 10, label: 'car' }];
  await writePreview(join(folder, 'odd.jpg'), black, { boxes }, { quality: 50 });
  assert.is((await decodeImage(readFileSync(join(folder, 'odd.jpg')), 640)).width, 200);
});

test.run();

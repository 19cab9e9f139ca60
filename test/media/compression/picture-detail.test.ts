import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CODERS, logCoarsenessOf } from '../../../src/media/compression/coders.js';
import { BLOCK_CELLS, transformBlock } from '../../../src/media/compression/cosine-transform.js';
import { likenessOf } from '../../../src/media/compression/likeness.js';
import { blockPlaces, PictureDetail, thinned } from '../../../src/media/compression/picture-detail.js';
import { PictureOutlook } from '../../../src/media/compression/picture-outlook.js';
import { decodeOwn, encodePicture } from '../../../src/media/image.js';
import { lumaOf } from '../../../src/media/picture-light.js';
import { seeded } from '../../seeded.js';
import { roadPictures } from './simulated-road.js';

const [road] = await roadPictures('sim://road?seed=8&traffic=mixed', 1);
const { picture, regions } = road!;

test('the transform of a block keeps its energy, and a flat one has only its mean, times eight', () => {
  const random = seeded(4);
  const block = Uint8Array.from({ length: BLOCK_CELLS }, () => random() * 256);
  const cells = new Float32Array(BLOCK_CELLS);
  transformBlock(block, 0, 8, cells, 0);
  const energy = (numbers: ArrayLike<number>) => Array.from(numbers).reduce((sum, value) => sum + value * value, 0);
  assert.ok(Math.abs(energy(cells) / energy(block) - 1) < 1e-6);
  transformBlock(new Uint8Array(64).fill(100), 0, 8, cells, 0);
  assert.ok(Math.abs(cells[0]! - 800) < 1e-3 && cells.subarray(1).every((value) => Math.abs(value) < 1e-3));
});

test('rounding more coarsely takes fewer bits and leaves less alike; a flat picture has no detail at all', () => {
  const detail = new PictureDetail(lumaOf(picture), 640, blockPlaces({ width: 640, height: 360 }, 256));
  assert.is(detail.blocks, 256);
  for (const rounding of ['graded', 'even'] as const) {
    const of = (coarseness: number) => [
      detail.bitsPerBlock(coarseness, rounding),
      detail.likeness(coarseness, rounding),
    ];
    const [fine, coarse] = [of(0.1), of(2)];
    assert.ok(fine[0]! > coarse[0]! && fine[1]! > coarse[1]!, `${rounding}: ${fine} ${coarse}`);
  }
  const flat = new PictureDetail(new Uint8Array(6400).fill(90), 80, blockPlaces({ width: 80, height: 80 }, 1000));
  assert.equal([flat.blocks, flat.bitsPerBlock(0.1, 'graded'), flat.likeness(0.1, 'even')], [100, 0, 1]);
});

test('places are thinned evenly', () => {
  assert.equal(thinned([0, 1, 2, 3, 4, 5, 6, 7], 3), [0, 2, 5]);
  assert.equal(thinned([1, 2], 3), [1, 2]);
});

test('what coders make of a picture is foretold within the spread that a camera begins with, three times', async () => {
  const outlook = new PictureOutlook(picture, regions);
  for (const [name, quality] of [
    ['jpeg', 70],
    ['webp-2', 70],
    ['avif-0', 50],
  ] as const) {
    const bytes = await encodePicture(picture, { ...CODERS[name], quality });
    const damage = Math.log(1 - likenessOf(picture, await decodeOwn(bytes), regions));
    const off = [
      Math.log(bytes.length) - outlook.logBytes(CODERS[name], quality),
      damage - outlook.logDamage(CODERS[name], quality),
    ];
    assert.ok(
      off.every((error) => Math.abs(error) < 0.36),
      `${name}: ${off.map((error) => error.toFixed(2))}`,
    );
  }
});

test('scales are read between their points, and go on beyond them', () => {
  const [first, second] = CODERS.jpeg.scale;
  assert.is(logCoarsenessOf(CODERS.jpeg, first![0]), first![1]);
  const middle = (first![0] + second![0]) / 2;
  assert.ok(Math.abs(logCoarsenessOf(CODERS.jpeg, middle) - (first![1] + second![1]) / 2) < 1e-9);
  for (const coder of Object.values(CODERS))
    for (let quality = 1; quality < 100; quality++)
      assert.ok(logCoarsenessOf(coder, quality) > logCoarsenessOf(coder, quality + 1), `${coder.name} ${quality}`);
});

test.run();

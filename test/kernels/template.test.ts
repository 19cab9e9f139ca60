import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileKernels } from '../../src/kernels/kernels.js';
import type { LumaPlane } from '../../src/kernels/luma-plane.js';
import {
  FACT,
  MOST_SLOPE,
  type SearchPoints,
  type TemplateBlock,
  templateBlock,
} from '../../src/kernels/template-block.js';
import { compiledTemplateWork, PLAIN_TEMPLATE_WORK } from '../../src/kernels/template-work.js';
import { seeded } from '../seeded.js';

const kernels = compileKernels(4 * 2 ** 20);
const compiled = compiledTemplateWork(kernels);
const random = seeded(23);
const between = (least: number, most: number): number => least + random() * (most - least);
const whole = (least: number, most: number): number => Math.floor(between(least, most + 1));

/** A plane of noise, hard edges and flat parts, in the kernels' memory; the pixels of three bytes are those of RGB24. */
function planeOf(width: number, height: number, step: number): LumaPlane {
  const data = kernels.memory.allocate(width * height * (step === 1 ? 1.5 : step))!;
  const flat = whole(0, 255);
  for (let i = 0; i < data.length; i++) data[i] = random() < 0.3 ? flat : random() < 0.2 ? 255 : random() * 256;
  return { width, height, data, first: step === 1 ? 0 : 1, step };
}

function blockOf(width = between(3, 150), height = between(3, 100)): TemplateBlock {
  const points = whole(25, 196);
  const block = templateBlock(points);
  for (let k = 0; k < points; k++) {
    block.dx[k] = between(-64, 64) * width;
    block.dy[k] = between(-64, 64) * height;
    block.look[k] = whole(0, 2040);
    for (let c = 0; c < 3; c++) block.slopes[c * block.count + k] = whole(-MOST_SLOPE, MOST_SLOPE);
  }
  for (let i = FACT.energy; i < block.facts.length; i++) block.facts[i] = between(-0.001, 0.001);
  block.facts[FACT.energy] = between(0, 1e6);
  block.facts[FACT.limit] = width / 4;
  for (let c = 0; c < 3; c++) block.facts[FACT.sum + c] = whole(-90, 90);
  return block;
}

function pointsOf({ dx, dy, look }: TemplateBlock): SearchPoints {
  const count = Math.floor(Math.min(whole(24, 66), dx.length) / 4) * 4;
  const table = Int32Array.from([dx, dy, look].flatMap((numbers) => [...numbers.subarray(0, count)]));
  return { count, table, energy: between(0, 1e6), lookSum: whole(0, 1e5), lookUnit: 0.125 };
}

const planes = [1, 3].flatMap((step) => [
  planeOf(160, 90, step),
  planeOf(320, 240, step),
  planeOf(10, 8, step),
  planeOf(2, 2, step),
]);

/** A place in or around a picture. */
const placeIn = ({ width, height }: LumaPlane) => ({
  x: between(-0.4, 1.4) * width,
  y: between(-0.4, 1.4) * height,
  scale: between(0.4, 1.8),
});

test('templates are sampled alike, everywhere, at all sizes', () => {
  for (const plane of planes) {
    for (let i = 0; i < 60; i++) {
      const block = blockOf();
      const { x, y, scale } = placeIn(plane);
      const [expected, found] = [new Int16Array(block.count), new Int16Array(block.count)];
      PLAIN_TEMPLATE_WORK.sample(plane, block, x, y, scale, expected);
      compiled.sample(plane, block, x, y, scale, found);
      assert.equal(found, expected, `${plane.width}x${plane.height}, ${plane.step}: ${x}, ${y}, ${scale}`);
    }
  }
});

test('templates are aligned alike, to the last bit', () => {
  for (const plane of planes) {
    for (let i = 0; i < 60; i++) {
      const [block, from] = [blockOf(), placeIn(plane)];
      const lumaScale = i % 2 === 0 ? 1 : 255 / 219;
      const expected = PLAIN_TEMPLATE_WORK.align(plane, lumaScale, block, from);
      const found = compiled.align(plane, lumaScale, block, from);
      assert.equal(found, expected, `${plane.width}x${plane.height}, ${plane.step}: ${JSON.stringify(from)}`);
    }
  }
});

test('templates are searched for alike, inside, at the edge and outside, near and wide', () => {
  for (const plane of planes) {
    for (let i = 0; i < 25; i++) {
      const points = pointsOf(blockOf());
      const ranges = { rangeX: whole(0, 25), rangeY: whole(0, 9), step: whole(1, 7) };
      const places = { ...placeIn(plane), ...ranges };
      const expected = PLAIN_TEMPLATE_WORK.search(plane, 1, points, places);
      const found = compiled.search(plane, 1, points, places);
      assert.equal(found, expected, `${plane.width}x${plane.height}, ${plane.step}: ${JSON.stringify(places)}`);
    }
  }
});

test('templates are searched for alike by every step from place to place', () => {
  for (let step = 1; step <= 9; step++) {
    for (const plane of planes.slice(0, 2)) {
      const points = pointsOf(blockOf(30, 20));
      const places = { x: plane.width * 0.51, y: plane.height * 0.47, scale: 1.2, rangeX: 4 * step, rangeY: 9, step };
      const found = compiled.search(plane, 1, points, places);
      assert.equal(found, PLAIN_TEMPLATE_WORK.search(plane, 1, points, places), `step ${step}, ${plane.width}`);
    }
  }
});

test('a picture at the very end of the memory is searched like any other', () => {
  const small = compileKernels(2 ** 20);
  const [width, height] = [72, 64];
  // all but as much as the picture has is taken, so that it ends where the memory does
  for (let bytes = 2 ** 20; bytes >= width * height; bytes -= 64) {
    const rest = small.memory.allocate(bytes);
    if (rest === null) continue;
    small.memory.free(rest);
    small.memory.allocate(bytes - width * height);
    break;
  }
  const data = small.memory.allocate(width * height)!.fill(3);
  assert.is(small.memory.allocate(64), null);
  const plane = { width, height, data, first: 0, step: 1 };
  const points = { count: 4, table: new Int32Array(12), energy: 1, lookSum: 0, lookUnit: 0.125 };
  const places = { x: width - 6, y: height - 1.5, scale: 1, rangeX: 0, rangeY: 0, step: 1 };
  const found = compiledTemplateWork(small).search(plane, 1, points, places);
  assert.equal(found, PLAIN_TEMPLATE_WORK.search(plane, 1, points, places));
});

test('a picture that lies elsewhere is looked at where it is', () => {
  const [plane, block] = [planes[1]!, blockOf()];
  const elsewhere = { ...plane, data: Uint8Array.from(plane.data) };
  const from = { x: 150, y: 110, scale: 1 };
  assert.equal(compiled.align(elsewhere, 1, block, from), compiled.align(plane, 1, block, from));
  const places = { ...from, rangeX: 9, rangeY: 4, step: 2 };
  const points = pointsOf(block);
  assert.equal(compiled.search(elsewhere, 1, points, places), compiled.search(plane, 1, points, places));
});

test('a template of more points than sums hold is refused', () => {
  assert.throws(() => templateBlock(257), /at most 256, got 257/);
});

test.run();

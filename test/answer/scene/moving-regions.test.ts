import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CHANGED, DOUBTED } from '../../../src/answer/scene/block-background.js';
import { BLOCKS, GRID_HEIGHT, GRID_WIDTH } from '../../../src/answer/scene/grid.js';
import { MovingRegions } from '../../../src/answer/scene/moving-regions.js';

/** Blocks with this value, in a rectangle or nowhere. */
function blocks(x = 0, y = 0, width = 0, height = 0, value = CHANGED): Uint8Array {
  const grid = new Uint8Array(BLOCKS);
  for (let row = y; row < y + height; row++) grid.fill(value, row * GRID_WIDTH + x, row * GRID_WIDTH + x + width);
  return grid;
}

type Box = [number, number, number, number];
const boxAt = (x: number, y: number, width: number, height: number): Box => [
  x / GRID_WIDTH,
  y / GRID_HEIGHT,
  (x + width) / GRID_WIDTH,
  (y + height) / GRID_HEIGHT,
];

/** An inference looks at a change at a place where there is this; the change then goes away. */
function ask(regions: MovingRegions, x: number, found: Box[]): number {
  const expected = regions.find(blocks(x, 10, 4, 2), blocks());
  regions.resolve(found);
  regions.find(blocks(), blocks());
  return expected;
}

test('blocks that changed together are one region with its edges', () => {
  const regions = new MovingRegions();
  const expected = regions.find(blocks(16, 9, 4, 3), blocks());
  assert.is(regions.regions.length, 1);
  const [{ left, top, right, bottom, chance, blocks: members }] = regions.regions as [(typeof regions.regions)[0]];
  assert.equal([left, top, right, bottom], [0.25, 0.25, 0.3125, 12 / 36]);
  assert.is(members.length, 12);
  assert.is(expected, chance);
  assert.ok(chance > 0 && chance < 1);
});

test('two regions are expected to be more vehicles than one', () => {
  const regions = new MovingRegions();
  const one = regions.find(blocks(16, 9, 4, 3), blocks());
  const both = blocks(16, 9, 4, 3);
  for (const [i, value] of blocks(40, 20, 4, 3).entries()) both[i]! |= value;
  assert.is(regions.find(both, blocks()), 2 * one);
});

test('a single block, a doubted one and what is under known vehicles are no regions', () => {
  const regions = new MovingRegions();
  assert.is(regions.find(blocks(5, 5, 1, 1), blocks()), 0);
  assert.is(regions.find(blocks(5, 5, 4, 4, DOUBTED), blocks()), 0);
  assert.is(regions.find(blocks(5, 5, 4, 4), blocks(4, 4, 6, 6)), 0);
  assert.equal(regions.regions, []);
});

test('beside a known vehicle a change is less likely to be another one', () => {
  const regions = new MovingRegions();
  const alone = regions.find(blocks(5, 5, 2, 4), blocks());
  assert.ok(regions.find(blocks(5, 5, 2, 4), blocks(7, 5, 4, 4)) < alone);
});

test('where inferences find vehicles the chance rises, where they find none it falls; elsewhere it is between', () => {
  const regions = new MovingRegions();
  const first = ask(regions, 10, []);
  for (let i = 0; i < 10; i++) {
    ask(regions, 10, []);
    ask(regions, 30, [boxAt(30, 10, 4, 2)]);
  }
  const [without, between, often] = [ask(regions, 10, []), ask(regions, 50, []), ask(regions, 30, [])];
  assert.ok(without < 0.5 * first, `${without} of ${first}`);
  assert.ok(often > 0.7, `${often}`);
  assert.ok(without < between && between < often, `${between}`);
});

test('however often changes elsewhere were no vehicles, one where nobody looked yet is worth an inference', () => {
  const regions = new MovingRegions();
  for (let i = 0; i < 200; i++) ask(regions, 10, []);
  assert.ok(ask(regions, 40, []) > 0.1);
  assert.ok(regions.find(blocks(50, 20, 2, 1), blocks()) > 0.1);
});

test('where inferences looked the chance is by size: two blocks are hardly a vehicle, a tenth of the picture is', () => {
  const chanceOf = (width: number, height: number) => {
    const regions = new MovingRegions();
    regions.find(blocks(10, 10, 2, 1), blocks());
    regions.resolve([]);
    regions.find(blocks(), blocks());
    return regions.find(blocks(10, 10, width, height), blocks());
  };
  const [two, eight, many] = [chanceOf(2, 1), chanceOf(4, 2), chanceOf(20, 10)];
  assert.ok(two < 0.03, `${two}`);
  assert.ok(eight > 3 * two && eight < 0.25, `${eight}`);
  assert.ok(many > 0.6, `${many}`);
});

test('a camera whose vehicles are small believes small regions anywhere, and large ones no more than before', () => {
  const regions = new MovingRegions();
  const chanceAt = (x: number, width: number, height: number) => regions.find(blocks(x, 30, width, height), blocks());
  const [small, large] = [chanceAt(50, 2, 1), chanceAt(30, 12, 4)];
  for (let i = 0; i < 10; i++) {
    regions.find(blocks(4 * i, 10, 2, 1), blocks());
    regions.resolve([boxAt(4 * i, 10, 2, 2)]);
    regions.find(blocks(), blocks());
  }
  assert.ok(chanceAt(50, 2, 1) > 0.5 && small < 0.15, `${chanceAt(50, 2, 1)}, ${small}`);
  assert.is(chanceAt(30, 12, 4), large);
});

test('a place where vehicles begin to come is believed again', () => {
  const regions = new MovingRegions();
  for (let i = 0; i < 50; i++) ask(regions, 10, []);
  const before = ask(regions, 10, [boxAt(10, 10, 4, 2)]);
  for (let i = 0; i < 10; i++) ask(regions, 10, [boxAt(10, 10, 4, 2)]);
  const after = ask(regions, 10, []);
  assert.ok(before < 0.1 && after > 0.6, `${before}, ${after}`);
});

test('what an inference did not explain is not asked about again until it grows', () => {
  const regions = new MovingRegions();
  assert.ok(regions.find(blocks(10, 10, 4, 2), blocks()) > 0);
  regions.resolve([]);
  for (let i = 0; i < 20; i++) assert.is(regions.find(blocks(10, 10, 4, 2), blocks()), 0);
  assert.is(regions.find(blocks(10, 10, 5, 2), blocks()), 0);
  assert.ok(regions.find(blocks(8, 8, 10, 6), blocks()) > 0);
});

test('what grows a little at a time is asked about again too', () => {
  const regions = new MovingRegions();
  regions.find(blocks(10, 10, 2, 2), blocks());
  regions.resolve([]);
  let width = 2;
  while (width < 30 && regions.find(blocks(10, 10, width, 2), blocks()) === 0) width++;
  assert.ok(width > 2 && width < 12, `${width}`);
});

test('what was not explained is followed while it moves', () => {
  const regions = new MovingRegions();
  regions.find(blocks(10, 10, 3, 2), blocks());
  regions.resolve([]);
  for (let x = 11; x < 50; x++) assert.is(regions.find(blocks(x, 10, 3, 2), blocks()), 0, `at ${x}`);
});

test('once it was gone for a picture it is new', () => {
  const regions = new MovingRegions();
  regions.find(blocks(10, 10, 3, 2), blocks());
  regions.resolve([]);
  regions.find(blocks(), blocks());
  assert.ok(regions.find(blocks(10, 10, 3, 2), blocks()) > 0);
});

test('an inference counts the vehicles that no region had announced', () => {
  const regions = new MovingRegions();
  regions.find(blocks(10, 10, 4, 2), blocks());
  assert.is(regions.resolve([boxAt(11, 10, 4, 4), boxAt(40, 20, 4, 4), boxAt(50, 20, 4, 4)]), 2);
  assert.is(regions.resolve([boxAt(11, 10, 4, 4)]), 1);
  assert.is(regions.resolve([]), 0);
});

test.run();

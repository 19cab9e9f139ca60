import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BlockGrid } from '../../src/kernels/block-grid.js';
import { compileKernels } from '../../src/kernels/kernels.js';
import { plainShiftedBlocks } from '../../src/kernels/plain/shifted-blocks.js';
import { compiledShiftedBlocks, createShiftedBlocks } from '../../src/kernels/shifted-blocks.js';
import { seeded } from '../seeded.js';

const kernels = compileKernels(4 * 2 ** 20);
const random = seeded(41);
const between = (least: number, most: number): number => least + random() * (most - least);
const ends = (pixels: number, parts: number) =>
  Int32Array.from({ length: parts }, (_, i) => Math.floor(((i + 1) * pixels) / parts));

function gridOf(width: number, height: number, across: number, down: number): BlockGrid {
  return { width, height, columnEnds: ends(width, across), rowEnds: ends(height, down) };
}

test('random planes, grids and shifts have the means that plain TypeScript finds, to the last bit', () => {
  for (let i = 0; i < 100; i++) {
    const [width, height] = [Math.floor(between(30, 300)), Math.floor(between(20, 120))];
    const grid = gridOf(width, height, Math.floor(between(2, width / 3)), Math.floor(between(2, height / 3)));
    const plane = Uint8Array.from({ length: width * height }, () => random() * 256);
    const blocks = grid.columnEnds.length * grid.rowEnds.length;
    const shift = { x: between(-9, 9), y: between(-9, 9), turn: between(-0.03, 0.03), growth: between(-0.03, 0.03) };
    const [expected, found] = [new Float32Array(blocks), new Float32Array(blocks).fill(-1)];
    plainShiftedBlocks(grid, plane, shift, expected);
    compiledShiftedBlocks(grid, kernels)(plane, shift, found);
    assert.equal(found, expected, `${width}x${height}`);
  }
});

test('blocks that lie elsewhere have what lies there, between the pixels too', () => {
  const [width, height] = [128, 72];
  const scene = (x: number, y: number) => 128 + 50 * Math.sin(x / 9) + 50 * Math.sin(y / 7);
  const planeAt = (x: number, y: number) =>
    Uint8Array.from({ length: width * height }, (_, i) => scene((i % width) - x, Math.floor(i / width) - y) + 0.5);
  const grid = gridOf(width, height, 16, 9);
  const [still, moved] = [new Float32Array(144), new Float32Array(144)];
  const shifted = createShiftedBlocks(grid);
  shifted(planeAt(0, 0), { x: 0, y: 0, turn: 0, growth: 0 }, still);
  shifted(planeAt(3.4, -2.7), { x: 3.4, y: -2.7, turn: 0, growth: 0 }, moved);
  for (let row = 1; row < 8; row++) {
    for (let column = 1; column < 15; column++) {
      const block = row * 16 + column;
      assert.ok(Math.abs(still[block]! - moved[block]!) < 1, `${column}, ${row}: ${still[block]}, ${moved[block]}`);
    }
  }
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BlockGrid } from '../../src/kernels/block-grid.js';
import { compiledBlockSums, createBlockSums } from '../../src/kernels/block-sums.js';
import { compileKernels } from '../../src/kernels/kernels.js';
import { plainBlockSums } from '../../src/kernels/plain/block-sums.js';
import { seeded } from '../seeded.js';

const kernels = compileKernels(4 * 2 ** 20);
const ends = (pixels: number, parts: number) =>
  Int32Array.from({ length: parts }, (_, i) => Math.floor(((i + 1) * pixels) / parts));

function gridOf(width: number, height: number, across: number, down: number): BlockGrid {
  return { width, height, columnEnds: ends(width, across), rowEnds: ends(height, down) };
}

test('random planes and grids have the sums that plain TypeScript finds', () => {
  const random = seeded(21);
  const whole = (most: number) => 1 + Math.floor(random() * most);
  for (let i = 0; i < 100; i++) {
    const [width, height] = [whole(200), whole(90)];
    const grid = gridOf(width, height, whole(70), whole(40));
    const plane = Uint8Array.from({ length: width * height }, () => random() * 256);
    const blocks = grid.columnEnds.length * grid.rowEnds.length;
    const [expected, found] = [new Int32Array(blocks), new Int32Array(blocks).fill(-1)];
    plainBlockSums(grid, plane, expected);
    compiledBlockSums(grid, kernels)(plane, found);
    assert.equal(found, expected);
  }
});

test('white in the highest block that is summed in 16 bits, and in a higher one', () => {
  for (const height of [257, 258, 600]) {
    const found = new Int32Array(1);
    createBlockSums(gridOf(40, height, 1, 1))(new Uint8Array(40 * height).fill(255), found);
    assert.is(found[0], 255 * 40 * height);
  }
});

test('a plane at the very end of the memory is summed like any other', () => {
  const small = compileKernels(2 ** 20);
  const { memory } = small;
  const [width, height] = [72, 64];
  // all but as much as the plane has is taken, so that it ends where the memory does
  for (let bytes = 2 ** 20; bytes >= width * height; bytes -= 64) {
    const rest = memory.allocate(bytes);
    if (rest === null) continue;
    memory.free(rest);
    memory.allocate(bytes - width * height);
    break;
  }
  const plane = memory.allocate(width * height)!.fill(3);
  assert.is(memory.allocate(64), null);
  const found = new Int32Array(1);
  compiledBlockSums(gridOf(width, height, 1, 1), small)(plane, found);
  assert.is(found[0], 3 * width * height);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BLOCKS, blockStart, CELLS, emptySignature } from '../../../src/answer/scene/grid.js';
import { SignatureReader } from '../../../src/answer/scene/signature.js';

function read(width: number, height: number, colour: (x: number, y: number) => readonly number[]) {
  const pixels = new Uint8Array(width * height * 3);
  for (let p = 0; p < width * height; p++) pixels.set(colour(p % width, Math.floor(p / width)), p * 3);
  const signature = emptySignature();
  new SignatureReader(width, height).read(pixels, signature);
  return signature;
}

test('a picture of any size has 64 x 36 blocks', () => {
  for (const [width, height] of [
    [1280, 720],
    [640, 360],
    [641, 479],
    [160, 120],
    [40, 20],
    [1, 1],
  ] as const) {
    const { luma } = read(width, height, () => [100, 100, 100]);
    assert.is(luma.length, 2304);
    assert.ok(
      luma.every((v) => Math.abs(v - 100) < 0.001),
      `${width}x${height}`,
    );
  }
});

test('blocks differ by at most one pixel and leave none out', () => {
  const starts = Array.from({ length: 65 }, (_, i) => blockStart(i, 64, 1000));
  assert.is(starts[0], 0);
  assert.is(starts[64], 1000);
  const sizes = new Set(starts.slice(1).map((start, i) => start - starts[i]!));
  assert.equal([...sizes].sort(), [15, 16]);
});

test('luma weighs red, green and blue as BT.601 does', () => {
  assert.ok(Math.abs(read(640, 360, () => [200, 0, 0]).luma[0]! - 59.8) < 0.01);
  assert.ok(Math.abs(read(640, 360, () => [0, 200, 0]).luma[0]! - 117.4) < 0.01);
  assert.ok(Math.abs(read(640, 360, () => [0, 0, 200]).luma[0]! - 22.8) < 0.01);
});

test('a block is the mean of its own pixels', () => {
  const { luma } = read(640, 360, (x, y) => (x >= 20 && x < 30 && y >= 10 && y < 20 ? [250, 250, 250] : [50, 50, 50]));
  assert.is(Math.round(luma[64 + 2]!), 250);
  assert.is([...luma].filter((v) => v > 51).length, 1);
});

test('chroma is red less blue, and green less their mean, per cell of 4 x 4 blocks', () => {
  const { chroma } = read(640, 360, (x) => (x < 40 ? [120, 60, 20] : [90, 90, 90]));
  assert.is(chroma.length, 2 * CELLS);
  assert.ok(Math.abs(chroma[0]! - 100) < 0.001 && Math.abs(chroma[1]!) < 0.001);
  assert.ok(Math.abs(chroma[CELLS]! + 10) < 0.001);
});

test('noise of 8 grey levels leaves less than 2.5 in a block', () => {
  let state = 7;
  const noise = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
  const deviation = 8 * Math.sqrt(12);
  const { luma } = read(1280, 720, () => [1, 1, 1].map(() => 128 + noise() * deviation));
  const mean = luma.reduce((sum, v) => sum + v, 0) / BLOCKS;
  const spread = Math.sqrt(luma.reduce((sum, v) => sum + (v - mean) ** 2, 0) / BLOCKS);
  assert.ok(spread < 2.5, `${spread}`);
});

test('a buffer that is too small and an impossible size are refused', () => {
  const signature = emptySignature();
  assert.throws(() => new SignatureReader(64, 36).read(new Uint8Array(5), signature), /picture of 6912 bytes, got 5/);
  assert.throws(() => new SignatureReader(0, 36), /0x36 pixels has no signature/);
});

test.run();

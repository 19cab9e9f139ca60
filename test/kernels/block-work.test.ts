import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BlockLesson, BlockPair } from '../../src/kernels/block-pair.js';
import { type BlockState, blockState } from '../../src/kernels/block-state.js';
import { compiledBlockWork, PLAIN_BLOCK_WORK } from '../../src/kernels/block-work.js';
import { compileKernels } from '../../src/kernels/kernels.js';
import { seeded } from '../seeded.js';

const [ACROSS, BLOCKS] = [64, 2304];
const kernels = compileKernels(2 ** 21);
const compiled = compiledBlockWork(kernels);
const random = seeded(47);
const between = (least: number, most: number): number => least + random() * (most - least);
const numbers = (one: () => number): Float32Array => Float32Array.from({ length: BLOCKS }, one);
const flags = (share: number): Uint8Array => Uint8Array.from({ length: BLOCKS }, () => (random() < share ? 1 : 0));

/** Everything that a state has, as bytes: NaN is like NaN. */
const bytesOf = (state: BlockState): Buffer[] =>
  Object.values(state)
    .filter((part) => ArrayBuffer.isView(part))
    .map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength));

/** Two states of the same numbers, one of them in the memory of the kernels. */
function twins(): [BlockState, BlockState] {
  const [own, theirs] = [blockState(BLOCKS, ACROSS, null), blockState(BLOCKS, ACROSS, kernels)];
  own.usual.set(numbers(() => between(-20, 290)));
  own.other.set(numbers(() => (random() < 0.5 ? Number.NaN : between(0, 255))));
  own.otherFor.set(numbers(() => between(0, 1e4)));
  own.noise.set(numbers(() => between(0.02, 12)));
  own.factor.set(numbers(() => between(1, 4)));
  own.levels.set(numbers(() => (random() < 0.1 ? 60 : between(4, 60))));
  own.before.set(numbers(() => between(-30, 30)));
  own.known.set(flags(0.9));
  own.skip.set(flags(0.2));
  for (const [i, bytes] of bytesOf(own).entries()) bytes.copy(bytesOf(theirs)[i]!);
  return [own, theirs];
}

function pairOf(usual: Float32Array, gain: number, offset: number): BlockPair {
  const apart = between(0, 40);
  const to = numbers(() => between(0, 255));
  for (let i = 0; i < BLOCKS; i++) {
    if (random() < 0.8) to[i] = Math.min(255, Math.max(0, usual[i]! * gain + offset + between(-apart, apart)));
  }
  return {
    from: usual,
    to,
    known: random() < 0.5 ? null : flags(between(0, 1)),
    masked: flags(random() < 0.5 ? 0 : between(0, 1)),
    mayBeOther: random() < 0.5,
  };
}

test('pictures are compared alike, and learned from alike, to the last bit', () => {
  for (let round = 0; round < 60; round++) {
    const [own, theirs] = twins();
    const light = round % 3 === 0 ? { gain: 1, offset: 0 } : { gain: between(0.2, 5), offset: between(-90, 90) };
    const pair = pairOf(own.usual, light.gain, light.offset);
    const [expected, found] = [new Uint8Array(BLOCKS), new Uint8Array(BLOCKS)];
    const counts = [
      PLAIN_BLOCK_WORK.compare(own, pair, light, expected),
      compiled.compare(theirs, { ...pair, from: theirs.usual }, light, found),
    ];
    assert.is(counts[1], counts[0], `${round}: blocks that differ`);
    assert.equal(found, expected, `${round}: which differ`);
    assert.equal(bytesOf(theirs), bytesOf(own), `${round}: compared`);
    const lesson: BlockLesson = {
      luma: pair.to,
      follows: flags(between(0, 1)),
      sees: random() < 0.8,
      share: between(0, 0.4),
      kept: between(0.9, 1),
    };
    const [beyond, beyondToo] = [new Int32Array(BLOCKS), new Int32Array(BLOCKS)];
    const left = PLAIN_BLOCK_WORK.follow(own, lesson, light, beyond);
    assert.is(compiled.follow(theirs, lesson, light, beyondToo), left, `${round}: left over`);
    assert.equal(beyondToo, beyond, `${round}: which are left over`);
    assert.equal(bytesOf(theirs), bytesOf(own), `${round}: learned`);
  }
});

test('a vehicle differs, a block alone by a little does not', () => {
  const state = blockState(BLOCKS, ACROSS, kernels);
  state.levels.fill(10);
  const from = new Float32Array(BLOCKS).fill(100);
  const to = from.slice();
  for (const block of [640, 641, 704, 705]) to[block] = 140;
  to[1500] = 112;
  const into = new Uint8Array(BLOCKS);
  const pair = { from, to, known: null, masked: new Uint8Array(BLOCKS), mayBeOther: false };
  assert.is(compiled.compare(state, pair, { gain: 1, offset: 0 }, into), 4);
  assert.equal([into[640], into[705], into[1500]], [1, 1, 0]);
});

test('where the memory of the kernels is full, the same is done elsewhere', () => {
  const full = compileKernels(2 ** 17);
  const state = blockState(BLOCKS, ACROSS, full);
  assert.is(full.memory.addressOf(state.levels), null);
  state.levels.fill(4);
  const pair = {
    from: new Float32Array(BLOCKS).fill(90),
    to: numbers(() => between(80, 120)),
    known: null,
    masked: new Uint8Array(BLOCKS),
    mayBeOther: false,
  };
  const [expected, found] = [new Uint8Array(BLOCKS), new Uint8Array(BLOCKS)];
  const light = { gain: 1, offset: 0 };
  const count = PLAIN_BLOCK_WORK.compare(state, pair, light, expected);
  assert.ok(count > 0);
  assert.is(compiledBlockWork(full).compare(state, pair, light, found), count);
  assert.equal(found, expected);
});

test('the memory of states that nobody holds any more is given back', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const small = compileKernels(2 ** 20);
  // five fill it
  for (let i = 0; i < 12; i++) {
    blockState(BLOCKS, ACROSS, small);
    gc();
    await new Promise(setImmediate);
  }
  assert.is.not(small.memory.addressOf(blockState(BLOCKS, ACROSS, small).levels), null);
});

test.run();

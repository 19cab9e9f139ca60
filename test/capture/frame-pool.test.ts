import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FramePool, ROOM_BEFORE } from '../../src/capture/frame-pool.js';
import { PooledFrame } from '../../src/capture/pooled-frame.js';
import { kernels } from '../../src/kernels/kernels.js';
import { testFrame } from './frames.js';

test('a buffer that was given back is taken again', () => {
  const pool = new FramePool(2);
  const buffer = pool.take(6);
  assert.is(buffer.byteLength, 6);
  pool.give(buffer);
  assert.is(pool.take(6), buffer);
  assert.is.not(pool.take(6), buffer);
});

test('keeps no more buffers than it was told', () => {
  const pool = new FramePool(1);
  const [a, b] = [pool.take(6), pool.take(6)];
  pool.give(a);
  pool.give(b);
  assert.is(pool.take(6), a);
  assert.is.not(pool.take(6), b);
});

test('forgets buffers of another size', () => {
  const pool = new FramePool(4);
  const small = pool.take(6);
  pool.give(pool.take(6));
  assert.is(pool.take(12).byteLength, 12);
  pool.give(small);
  assert.is(pool.take(12).byteLength, 12);
});

test('buffers lie in the memory of the kernels, which has them again once they are let go and come back', () => {
  const memory = kernels().compiled!.memory;
  const pool = new FramePool(4);
  const [kept, out] = [pool.take(1000), pool.take(1000)];
  const [first, second] = [memory.addressOf(kept)!, memory.addressOf(out)!];
  pool.give(kept);
  pool.drain();
  pool.give(out);
  const again = new FramePool(4);
  assert.equal(
    [again.take(1000), again.take(1000)].map((one) => memory.addressOf(one)),
    [first, second],
  );
});

test('where that memory is full, buffers lie elsewhere, with the same room before them', () => {
  const pool = new FramePool(1);
  const large = pool.take(2 ** 30);
  assert.is(kernels().compiled!.memory.addressOf(large), null);
  assert.is(large.byteOffset, ROOM_BEFORE);
  pool.give(large);
});

test('a frame released twice gives its pixels back once', () => {
  const pool = new FramePool(4);
  const frame = new PooledFrame({ ...testFrame(0), data: pool.take(6) }, pool);
  frame.release();
  frame.release();
  assert.is(pool.take(6), frame.data);
  assert.is.not(pool.take(6), frame.data);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FramePool } from '../../src/capture/frame-pool.js';
import { PooledFrame } from '../../src/capture/pooled-frame.js';
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

test('a frame released twice gives its pixels back once', () => {
  const pool = new FramePool(4);
  const frame = new PooledFrame({ ...testFrame(0), data: pool.take(6) }, pool);
  frame.release();
  frame.release();
  assert.is(pool.take(6), frame.data);
  assert.is.not(pool.take(6), frame.data);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FrameQueue } from '../../src/capture/frame-queue.js';
import { takeFrames, testFrame } from './frames.js';

test('a full drop-oldest queue releases and counts the oldest frame', async () => {
  const queue = new FrameQueue(2, 'drop-oldest');
  const frames = [0, 1, 2].map(testFrame);
  for (const frame of frames) await queue.push(frame);
  queue.end();
  assert.is(queue.dropped, 1);
  assert.is(frames[0]!.released, 1);
  assert.equal(
    (await takeFrames(queue, 9)).map((f) => f.seq),
    [1, 2],
  );
});

test('a full waiting queue holds the producer back and drops nothing', async () => {
  const queue = new FrameQueue(1, 'wait');
  await queue.push(testFrame(0));
  let admitted = false;
  const push = queue.push(testFrame(1)).then(() => {
    admitted = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(admitted, false);
  assert.is((await takeFrames(queue, 1))[0]!.seq, 0);
  await push;
  assert.is((await takeFrames(queue, 1))[0]!.seq, 1);
  assert.is(queue.dropped, 0);
});

test('a reader that waits gets the next frame, then the end', async () => {
  const queue = new FrameQueue(1, 'drop-oldest');
  const reading = takeFrames(queue, 9);
  await queue.push(testFrame(7));
  queue.end();
  assert.equal(
    (await reading).map((f) => f.seq),
    [7],
  );
});

test('an error ends the reading after the frames that came before it', async () => {
  const queue = new FrameQueue(2, 'wait');
  await queue.push(testFrame(0));
  queue.end(new Error('broke'));
  assert.is((await takeFrames(queue, 1)).length, 1);
  await takeFrames(queue, 1).then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, 'broke'),
  );
  assert.equal(await takeFrames(queue, 1), []);
});

test('discard releases what waits, and so does every later push', async () => {
  const queue = new FrameQueue(1, 'wait');
  const frames = [0, 1, 2].map(testFrame);
  await queue.push(frames[0]!);
  const held = queue.push(frames[1]!);
  queue.discard();
  await held;
  await queue.push(frames[2]!);
  assert.equal(
    frames.map((f) => f.released),
    [1, 1, 1],
  );
  assert.equal(await takeFrames(queue, 1), []);
});

test('a reader that breaks out of its loop ends the queue', async () => {
  const queue = new FrameQueue(4, 'drop-oldest');
  const frames = [0, 1].map(testFrame);
  for (const frame of frames) await queue.push(frame);
  for await (const _ of queue) break;
  assert.is(frames[1]!.released, 1);
});

test.run();

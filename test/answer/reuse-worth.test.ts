import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReuseWorth } from '../../src/answer/reuse-worth.js';

/** Frames that take 2 ms each to answer, and 8 ms to infer. @param isInferred by number @returns the first after which it rests; null of none */
function answer(worth: ReuseWorth, frames: number, isInferred: (index: number) => boolean, inferenceMs = 8) {
  for (let index = 0; index < frames; index++) {
    if (isInferred(index)) worth.inferred(inferenceMs);
    worth.answered(isInferred(index), 2);
    if (worth.rests) return index + 1;
  }
  return null;
}

function rest(worth: ReuseWorth, isQuiet: (index: number) => boolean = () => false): number {
  let frames = 0;
  while (worth.rests) worth.restedFor(isQuiet(frames++));
  return frames;
}

test('where every frame is inferred nevertheless, looking is given up within twenty frames', () => {
  assert.is(
    answer(new ReuseWorth(), 100, () => true),
    16,
  );
});

test('where more frames are answered than the looking costs, it goes on for ever, and through a busy second', () => {
  assert.is(
    answer(new ReuseWorth(), 10_000, (index) => index % 3 > 0),
    null,
  );
  const worth = new ReuseWorth();
  assert.is(
    answer(worth, 200, (index) => index % 10 === 0),
    null,
  );
  assert.is(
    answer(worth, 25, () => true),
    null,
  );
});

test('the dearer an inference, the fewer frames answered without are enough', () => {
  const oneInTen = (index: number) => index % 10 > 0;
  assert.is.not(answer(new ReuseWorth(), 1000, oneInTen), null);
  assert.is(answer(new ReuseWorth(), 1000, oneInTen, 80), null);
});

test('as long as nobody says what an inference takes, it pays', () => {
  const worth = new ReuseWorth();
  for (let i = 0; i < 1000; i++) worth.answered(true, 5);
  assert.is(worth.rests, false);
});

test('each failure makes the rest twice as long, up to a thousand frames, and success makes it short again', () => {
  const worth = new ReuseWorth();
  const rests = Array.from({ length: 8 }, () => {
    const took = answer(worth, 100, () => true);
    return [took, rest(worth)];
  });
  assert.equal(rests, [
    [16, 30],
    [8, 60],
    [8, 120],
    [8, 240],
    [8, 480],
    [8, 960],
    [8, 1000],
    [8, 1000],
  ]);
  answer(worth, 100, () => false);
  answer(worth, 100, () => true);
  assert.is(rest(worth), 30);
});

test('it is tried as soon as nothing moves, but not for a single frame and not at once', () => {
  const worth = new ReuseWorth();
  answer(worth, 100, () => true);
  assert.is(
    rest(worth, () => true),
    10,
  );
  answer(worth, 100, () => true);
  assert.is(
    rest(worth, (index) => index % 3 > 0 || index >= 20),
    22,
  );
});

test('another model begins without what was measured of the one before', () => {
  const worth = new ReuseWorth();
  answer(worth, 100, () => true);
  worth.renew();
  assert.is(worth.rests, false);
  for (let i = 0; i < 100; i++) worth.answered(true, 5);
  assert.is(worth.rests, false);
});

test.run();

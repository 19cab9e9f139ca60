import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SizesByPlace } from '../../../src/answer/tracking/sizes-by-place.js';
import { Random } from '../../../src/simulator/random.js';

const PICTURE = { width: 640, height: 360 };
/** Perspective: sides by how far down a middle is, pixels. */
const WIDTH_AT = (y: number) => 10 + 0.3 * y;
const HEIGHT_AT = (y: number) => 8 + 0.2 * y;

/** So many boxes all over the picture, scattered by a tenth, every so-manieth of something else. */
function teach(sizes: SizesByPlace, boxes: number, { oddEvery = 0, times = 1, seed = 1 } = {}): SizesByPlace {
  const random = new Random(seed);
  const scatter = (): number => 1 + 0.2 * (random.next() - 0.5);
  for (let i = 1; i <= boxes; i++) {
    const [x, y] = [640 * random.next(), 360 * random.next()];
    const odd = oddEvery > 0 && i % oddEvery === 0 ? 3 : 1;
    sizes.learn(x, y, times * odd * WIDTH_AT(y) * scatter(), times * odd * HEIGHT_AT(y) * scatter());
  }
  return sizes;
}

const within = (value: number, expected: number, share: number): boolean =>
  Math.abs(value - expected) <= share * expected;

test('what is large below and small above is known so after a few dozen boxes, also where none was', () => {
  const sizes = new SizesByPlace(PICTURE);
  assert.not(sizes.isKnown(320, 180));
  teach(sizes, 40);
  for (const [x, y] of [
    [320, 180],
    [60, 340],
    [600, 40],
  ] as const) {
    assert.ok(sizes.isKnown(x, y), `${x}, ${y}`);
    assert.ok(within(sizes.widthAt(x, y), WIDTH_AT(y), 0.12), `${sizes.widthAt(x, y)} at ${y}`);
    assert.ok(within(sizes.heightAt(x, y), HEIGHT_AT(y), 0.12), `${sizes.heightAt(x, y)} at ${y}`);
  }
});

test('one lorry in six does not make every vehicle one', () => {
  const sizes = teach(new SizesByPlace(PICTURE), 120, { oddEvery: 6 });
  assert.ok(within(sizes.widthAt(320, 180), WIDTH_AT(180), 0.2), String(sizes.widthAt(320, 180)));
});

test('boxes of one lane tell nothing of what is far from it', () => {
  const sizes = new SizesByPlace(PICTURE);
  for (let i = 0; i < 40; i++) sizes.learn(100 + (i % 5), 340 - (i % 7), 110, 76);
  assert.ok(sizes.isKnown(102, 337));
  assert.not(sizes.isKnown(600, 60));
});

test('a camera that comes to look otherwise without a word is learned anew, and one that is told is at once', () => {
  const sizes = teach(new SizesByPlace(PICTURE), 200);
  teach(sizes, 400, { times: 2, seed: 2 });
  assert.ok(within(sizes.widthAt(320, 180), 2 * WIDTH_AT(180), 0.12), String(sizes.widthAt(320, 180)));
  sizes.forget();
  assert.not(sizes.isKnown(320, 180));
  teach(sizes, 40);
  assert.ok(within(sizes.widthAt(320, 180), WIDTH_AT(180), 0.12));
});

test('a camera that sways takes along what is known', () => {
  const sizes = teach(new SizesByPlace(PICTURE), 100);
  const before = sizes.heightAt(320, 180);
  sizes.shift(0, 30);
  assert.is(sizes.heightAt(320, 210), before);
});

test('no side is shorter than a few pixels beyond the horizon, where nothing is known', () => {
  const sizes = teach(new SizesByPlace(PICTURE), 100);
  assert.not(sizes.isKnown(320, -200));
  assert.is(sizes.heightAt(320, -200), 4);
});

test('thousands of boxes at one place leave what is known elsewhere uncertain, never wrong in its sign', () => {
  const sizes = teach(new SizesByPlace(PICTURE), 60);
  for (let i = 0; i < 20_000; i++) sizes.learn(100, 300, 100, 68);
  assert.ok(within(sizes.widthAt(100, 300), 100, 0.05));
  assert.ok(Number.isFinite(sizes.widthAt(600, 60)) && sizes.widthAt(600, 60) >= 4);
  teach(sizes, 60, { seed: 3 });
  assert.ok(within(sizes.widthAt(600, 340), WIDTH_AT(340), 0.15), String(sizes.widthAt(600, 340)));
});

test.run();

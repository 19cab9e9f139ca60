import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { likenessOf } from '../../../src/media/compression/likeness.js';
import { seeded } from '../../seeded.js';

const [WIDTH, HEIGHT] = [64, 48];

/** Grey levels by pixel. */
function grey(level: (x: number, y: number) => number) {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let i = 0; i < WIDTH * HEIGHT; i++) data.fill(level(i % WIDTH, Math.floor(i / WIDTH)), i * 3, i * 3 + 3);
  return { width: WIDTH, height: HEIGHT, data };
}

test('a picture is like itself, and unlike its negative', () => {
  const stripes = grey((x) => (x % 8 < 4 ? 60 : 180));
  const negative = grey((x) => (x % 8 < 4 ? 180 : 60));
  assert.is(likenessOf(stripes, stripes, []), 1);
  assert.ok(likenessOf(stripes, negative, []) < -0.9);
});

test('two flat pictures are compared by their brightness alone: (2·100·150 + 6.5) / (100² + 150² + 6.5)', () => {
  const found = likenessOf(
    grey(() => 100),
    grey(() => 150),
    [],
  );
  assert.ok(Math.abs(found - 30006.5025 / 32506.5025) < 1e-9, String(found));
});

test('only what is in the regions counts, cut off at the edge, and a region smaller than a window has one', () => {
  const random = seeded(1);
  const original = grey((x) => x * 3);
  const damaged = grey((x) => (x < 32 ? x * 3 : Math.floor(random() * 255)));
  assert.is(likenessOf(original, damaged, [[0, 0, 32, 48]]), 1);
  assert.ok(likenessOf(original, damaged, [[32, 0, 64, 48]]) < 0.2);
  assert.is(likenessOf(original, damaged, [[-20, -20, 3, 3]]), 1);
  assert.ok(likenessOf(original, damaged, [[62, 46, 90, 90]]) < 0.5);
});

test.run();

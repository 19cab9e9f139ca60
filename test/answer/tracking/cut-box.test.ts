import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { completeBox } from '../../../src/answer/tracking/cut-box.js';
import { SizesByPlace } from '../../../src/answer/tracking/sizes-by-place.js';

const PICTURE = { width: 640, height: 360 };
const NONE = { left: false, top: false, right: false, bottom: false };

/** Vehicles of 80 × 60 everywhere. */
function known(): SizesByPlace {
  const sizes = new SizesByPlace(PICTURE);
  for (let i = 0; i < 60; i++) sizes.learn((i * 97) % 640, (i * 53) % 360, 80, 60);
  return sizes;
}

function complete(part: readonly number[], edges: Partial<typeof NONE>, sizes: SizesByPlace | null): number[] {
  const box = Float32Array.from(part);
  completeBox(box, 0, { ...NONE, ...edges }, PICTURE, sizes);
  return Array.from(box, Math.round);
}

test('where sizes are not known, a part reaches to the edge that it came from', () => {
  assert.equal(complete([100, 250, 180, 290], { bottom: true }, null), [100, 250, 180, 360]);
  assert.equal(complete([50, 100, 90, 150], { left: true }, new SizesByPlace(PICTURE)), [0, 100, 90, 150]);
});

test('what came in at the lower edge leaves it when all of it must be there', () => {
  assert.equal(complete([100, 330, 180, 350], { bottom: true }, known()), [100, 330, 180, 360]);
  const [, , , bottom] = complete([100, 250, 180, 270], { bottom: true }, known());
  assert.ok(bottom! >= 310 && bottom! <= 315, String(bottom));
});

test('at each edge by the side that it cuts', () => {
  const sizes = known();
  assert.equal(complete([200, 100, 230, 160], { left: true }, sizes), [146, 100, 230, 160]);
  assert.equal(complete([400, 100, 430, 160], { right: true }, sizes), [400, 100, 484, 160]);
  assert.equal(complete([100, 90, 180, 110], { top: true }, sizes), [100, 47, 180, 110]);
  assert.equal(complete([400, 200, 430, 220], { right: true, bottom: true }, sizes), [400, 200, 484, 263]);
});

test('a lorry is as much longer as it is wider', () => {
  const [, , , bottom] = complete([100, 200, 260, 220], { bottom: true }, known());
  assert.ok(bottom! >= 320 && bottom! <= 330, String(bottom));
});

test('a part that is larger than a whole one stays as it was seen', () => {
  assert.equal(complete([100, 200, 180, 290], { bottom: true }, known()), [100, 200, 180, 290]);
});

test.run();

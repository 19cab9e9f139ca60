import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkRgbPicture } from '../../src/frame/rgb-picture.js';

test('a picture has the bytes that its size says', () => {
  checkRgbPicture(1, 1, new Uint8Array(3));
  checkRgbPicture(2, 3, Buffer.alloc(18));
  for (const bytes of [17, 19]) {
    const check = () => checkRgbPicture(2, 3, new Uint8Array(bytes));
    assert.throws(check, new RegExp(`expected 18 bytes for 2 × 3 in RGB24, got ${bytes}`));
  }
});

test('a size that no picture has is refused', () => {
  for (const [width, height] of [
    [0, 0],
    [-2, -2],
    [Number.NaN, 4],
    [1.5, 2],
    [9000, 9000],
  ] as const) {
    const check = () => checkRgbPicture(width, height, new Uint8Array(12));
    assert.throws(
      check,
      (error: Error) => error instanceof RangeError && /^size: expected whole numbers/.test(error.message),
    );
  }
});

test('what is no bytes is refused', () => {
  for (const data of [undefined, 'street.jpg', [0, 0, 0], new ArrayBuffer(3)]) {
    assert.throws(
      () => checkRgbPicture(1, 1, data),
      (error: Error) => error instanceof TypeError,
    );
  }
});

test.run();

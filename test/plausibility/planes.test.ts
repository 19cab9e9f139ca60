import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PictureSample } from '../../src/plausibility/picture-sample.js';
import { ViewPicture } from '../../src/plausibility/view-picture.js';

const [width, height] = [64, 36];
/** Grey that grows from left to right, as RGB24 and in the numbers of a camera whose black is 16. */
const grey = (pixel: number) => 4 * (pixel % width);
const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => grey(Math.floor(i / 3)));
const data = new Uint8Array(width * height * 1.5).fill(128);
for (let i = 0; i < width * height; i++) data[i] = Math.round(16 + (grey(i) * 219) / 255);

test('samples and views of a picture are the same in I420 as in RGB24', () => {
  const [own, by] = [new PictureSample(width, height), new PictureSample(width, height)];
  own.read({ width, height, data, yuv: 'i420-bt601' });
  by.read({ width, height, data: rgb });
  const [view, viewBy] = [new ViewPicture(), new ViewPicture()];
  view.add({ width, height, data, yuv: 'i420-bt601' }, 1);
  viewBy.add({ width, height, data: rgb }, 1);
  const pairs = [
    [own.bytes, by.bytes],
    [view.bytes(), viewBy.bytes()],
  ] as const;
  for (const [found, expected] of pairs) {
    assert.is(found.length, expected.length);
    for (const [i, value] of found.entries()) assert.ok(Math.abs(value - expected[i]!) <= 1, `${i}: ${value}`);
  }
});

test.run();

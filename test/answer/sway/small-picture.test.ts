import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SmallPicture } from '../../../src/answer/sway/small-picture.js';
import { seeded } from '../../seeded.js';

test('a small picture has the means of 4 by 4 pixels, of planes and of packed pixels; what is over is left out', () => {
  const random = seeded(3);
  const [width, height] = [26, 17];
  const data = Uint8Array.from({ length: width * height * 1.5 }, () => random() * 256);
  const small = new SmallPicture({ width, height });
  const planar = small.of({ width, height, data, first: 0, step: 1, scale: 1.2 });
  assert.equal([planar.width, planar.height, planar.scale], [6, 4, 1.2]);
  const got = [...planar.data];
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 6; x++) {
      let sum = 0;
      for (let k = 0; k < 16; k++) sum += data[(y * 4 + (k >> 2)) * width + x * 4 + (k & 3)]!;
      assert.is(got[y * 6 + x], Math.floor(sum / 16 + 0.5));
    }
  }
  const packed = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) packed[3 * i + 1] = data[i]!;
  assert.equal([...small.of({ width, height, data: packed, first: 1, step: 3, scale: 1 }).data], got);
});

test.run();

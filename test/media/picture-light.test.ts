import sharp, { type Sharp } from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lightOf, type Rgb } from '../../src/media/picture-light.js';
import { aimedRoad } from '../cli/aim/aimed-road.js';

const test = suite('picture light');

async function changed(change: (picture: Sharp) => Sharp): Promise<Rgb> {
  const { width, height, data } = await aimedRoad();
  const changedData = await change(sharp(data, { raw: { width, height, channels: 3 } }))
    .raw()
    .toBuffer();
  return { width, height, data: changedData };
}

test('a lens out of focus costs sharpness, step by step; half the light costs none', async () => {
  const sharpest = lightOf(await aimedRoad()).sharpness ?? 0;
  const [soft, softer, darker] = await Promise.all([
    changed((picture) => picture.blur(1)),
    changed((picture) => picture.blur(3)),
    changed((picture) => picture.linear(0.5)),
  ]);
  const [blurred = 0, moreBlurred = 0, dark = 0] = [soft, softer, darker].map((one) => lightOf(one).sharpness ?? 0);
  assert.ok(blurred < sharpest * 0.85, `${blurred} of ${sharpest}`);
  assert.ok(moreBlurred < blurred, `${moreBlurred} of ${blurred}`);
  assert.ok(dark > sharpest * 0.85, `${dark} of ${sharpest}`);
});

test('black and white shares are those of the pixels, and a grey card has no texture', async () => {
  const half = { width: 4, height: 2, data: Uint8Array.from([...Array(12).fill(0), ...Array(12).fill(255)]) };
  const { black, white, mean } = lightOf(half);
  assert.equal([black, white, Math.round(mean)], [0.5, 0.5, 128]);
  const card = { width: 8, height: 8, data: new Uint8Array(192).fill(128) };
  assert.equal(lightOf(card), { sharpness: null, mean: 128, black: 0, white: 0 });
});

test.run();

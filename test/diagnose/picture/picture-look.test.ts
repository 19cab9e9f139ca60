import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pictureFactsOf, spoilOf } from '../../../src/diagnose/picture/picture-look.js';
import type { Rgb } from '../../../src/media/picture-light.js';

const test = suite('look at a picture');

/** A grey picture whose levels are told by place. */
function drawn(level: (x: number, y: number) => number): Rgb {
  const [width, height] = [320, 240];
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at++) data.fill(level(at % width, Math.floor(at / width)), at * 3, at * 3 + 3);
  return { width, height, data };
}

const spoil = (level: (x: number, y: number) => number) => spoilOf(pictureFactsOf(drawn(level)));

test('one bright ball before black is no blurred lens, a picture of soft waves is', () => {
  assert.is(
    spoil((x, y) => (Math.hypot(x - 100, y - 100) < 20 ? 255 : 0)),
    null,
  );
  assert.is(
    spoil((x, y) => 128 + 60 * Math.sin(x / 12) + 60 * Math.sin(y / 12)),
    'blurred',
  );
});

test('a dark road with a few lights is none, a dark one with nothing lit is', () => {
  assert.is(
    spoil((x, y) => ((x * 7 + y * 13) % 40 < 2 ? 160 : 12)),
    null,
  );
  assert.is(
    spoil((x, y) => (x + y) % 25),
    'dark',
  );
});

test.run();

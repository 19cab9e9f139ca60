import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PrivacyMask } from '../../src/frame/privacy-mask.js';

const picture = (width: number, height: number) => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(9),
});
const rowsOf = ({ width, height, data }: ReturnType<typeof picture>): string[] =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (data[(y * width + x) * 3] === 0 ? '#' : '.')).join(''),
  );

test('areas are black, with every pixel that they touch', () => {
  const mask = new PrivacyMask([
    [
      [0, 0],
      [0.3, 0],
      [0.3, 0.5],
      [0, 0.5],
    ],
    [
      [0.8, 0.9],
      [1, 0.9],
      [1, 1],
      [0.8, 1],
    ],
  ]);
  const small = picture(4, 4);
  mask.paint(small);
  assert.equal(rowsOf(small), ['##..', '##..', '....', '...#']);
  assert.is(small.data.filter((byte) => byte === 0).length, 5 * 3);
  const large = picture(8, 4);
  mask.paint(large);
  assert.equal(rowsOf(large), ['###.....', '###.....', '........', '......##']);
});

test('without areas nothing changes', () => {
  const whole = picture(2, 2);
  new PrivacyMask([]).paint(whole);
  assert.equal(rowsOf(whole), ['..', '..']);
});

test.run();

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VIEW_CELLS, ViewPicture } from '../../src/plausibility/view-picture.js';

const test = suite('view picture');
const grey = (level: number) => ({ width: 320, height: 180, data: new Uint8Array(320 * 180 * 3).fill(level) });

test('a view is settled after two minutes, and what passed for some seconds has faded', () => {
  const view = new ViewPicture();
  for (let now = 0; now <= 118_000; now += 500) view.see(grey(now >= 20_000 && now < 26_000 ? 250 : 100), now);
  assert.is(view.isSettled, false);
  view.see(grey(100), 120_000);
  assert.is(view.isSettled, true);
  const bytes = view.bytes();
  assert.is(bytes.length, VIEW_CELLS);
  assert.ok(bytes.every((cell) => cell >= 100 && cell < 110));
  view.clear();
  assert.is(view.isSettled, false);
});

test('each cell is the mean of its part, also of a picture smaller than the cells are many', () => {
  const half = grey(0);
  for (let at = 0; at < half.data.length; at += 3) half.data.fill((at / 3) % 320 < 160 ? 0 : 200, at, at + 3);
  const view = new ViewPicture();
  view.add(half, 1);
  assert.equal([...view.bytes().subarray(30, 34)], [0, 0, 200, 200]);
  view.add({ width: 2, height: 2, data: new Uint8Array(12).fill(77) }, 1);
  assert.ok(view.bytes().every((cell) => cell === 77));
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DamageWindow } from '../../src/capture/damage-window.js';

test('nothing is damaged before a complaint', () => {
  const window = new DamageWindow();
  window.keyFrame();
  assert.equal([window.picture(0), window.picture(40)], [false, false]);
});

test('where no key frame ever shows, pictures are doubted for 30 s', () => {
  const window = new DamageWindow();
  window.picture(0);
  window.complained();
  const damaged = Array.from({ length: 35 }, (_, second) => window.picture(1000 + second * 1000));
  assert.is(damaged.lastIndexOf(true), 30);
  assert.is(damaged.indexOf(false), 31);
});

test('a key frame behind a picture that was beyond decoding is sound', () => {
  const window = new DamageWindow();
  window.complained();
  window.lost();
  assert.is(window.picture(0), true);
  window.complained();
  window.lost();
  window.keyFrame();
  assert.is(window.picture(40), false);
});

test('each complaint begins the time anew', () => {
  const window = new DamageWindow();
  window.complained();
  window.picture(0);
  window.picture(9000);
  window.picture(18_000);
  window.complained();
  assert.is(window.picture(27_000), true);
  assert.is(window.picture(36_000), true);
  assert.is(window.picture(45_000), true);
  assert.is(window.picture(54_000), true);
  assert.is(window.picture(58_000), false);
});

test('a clock that jumps ends no doubt', () => {
  const window = new DamageWindow();
  window.complained();
  window.picture(0);
  assert.is(window.picture(1e9), true);
  assert.is(window.picture(null), true);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { haveChanged } from '../../../src/tune/trials/circumstances.js';
import { NOON } from './samples.js';

test('another hour, temperature, load, number of cameras or of known points are other circumstances', () => {
  assert.is(haveChanged(NOON, { ...NOON, hour: 14 }), true);
  assert.is(haveChanged(NOON, { ...NOON, temperature: 66 }), true);
  assert.is(haveChanged(NOON, { ...NOON, load: 6.1 }), true);
  assert.is(haveChanged(NOON, { ...NOON, cameras: 3 }), true);
  assert.is(haveChanged(NOON, { ...NOON, points: 9 }), true);
});

test('what moves a little is the same, also over midnight and on an empty road', () => {
  assert.is(haveChanged(NOON, { hour: 13, temperature: 56, load: 5, cameras: 2, points: 8 }), false);
  assert.is(haveChanged({ ...NOON, hour: 23 }, { ...NOON, hour: 0 }), false);
  assert.is(haveChanged({ ...NOON, load: 0 }, { ...NOON, load: 0.25 }), false);
});

test('a reading that is missing at one time tells of no change', () => {
  assert.is(haveChanged({ ...NOON, temperature: null, load: null }, NOON), false);
  assert.is(haveChanged(NOON, { ...NOON, temperature: null, load: null }), false);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { circumstancesOf, haveChanged } from '../../../src/tune/trials/circumstances.js';
import { knobsAt, observationOf, SMALL } from '../control/board.js';
import { NOON } from './samples.js';

test('they are those of an observation, and what is no rate counts as nothing', () => {
  const camera = { framesPerS: 25, inferredPerS: 1, vehicles: 1 };
  const cameras = [1.23456, 2, Number.NaN, Number.POSITIVE_INFINITY, -1].map((wantedPerS, i) => {
    return { ...camera, camera: `camera-${i}`, wantedPerS };
  });
  const unixNow = Date.UTC(2026, 5, 1, 23, 59);
  assert.equal(circumstancesOf(observationOf(knobsAt(SMALL), 0, { unixNow, cameras }), 7), {
    hour: 23,
    temperature: 45,
    load: 3.23,
    cameras: 5,
    points: 7,
  });
});

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

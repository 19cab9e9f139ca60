import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { besideMeasurement } from '../../src/profile/beside-measurement.js';
import { comparable } from '../../src/profile/measurement.js';
import type { Measurement } from '../../src/store/measurement.js';

const test = suite('a candidate measured beside the one in use');

const measured = (variant: string, imagesPerSecond: number, drift = 1): Measurement =>
  ({
    variant,
    provider: 'cpu',
    threads: 1,
    batch: 1,
    workers: 1,
    p50Ms: 1000 / imagesPerSecond,
    imagesPerSecond,
    spread: 0.01,
    drift,
    failure: null,
  }) as Measurement;

test('the first time the one in use is kept too, as what later ones are held against', () => {
  const kept = besideMeasurement([measured('own', 100), measured('other', 40)], 'other', []);
  assert.equal(
    kept.map(({ variant, drift }) => [variant, drift]),
    [
      ['own', 1],
      ['other', 1],
    ],
  );
});

test('on a busier device the candidate counts as it would have been', () => {
  const stored = [measured('own', 100)];
  const [kept] = besideMeasurement([measured('own', 50), measured('other', 20)], 'other', stored);
  assert.is(kept!.drift, 0.5);
  assert.is(comparable(kept!)!.imagesPerSecond, 40);
  assert.is(comparable(kept!)!.p50Ms, 25);
});

test('what is stored of the one in use may have been measured on a busy device itself', () => {
  const stored = [measured('own', 50, 0.5)];
  assert.is(besideMeasurement([measured('own', 100), measured('other', 40)], 'other', stored)[0]!.drift, 1);
});

test('the one in use alone is kept as it is', () => {
  assert.equal(
    besideMeasurement([measured('own', 100)], 'own', []).map(({ variant }) => variant),
    ['own'],
  );
});

test.run();

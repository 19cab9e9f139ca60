import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Counts } from '../../../src/optimize/gate/likeness.js';
import { refusalOf } from '../../../src/optimize/gate/verdict.js';

const OPTIONS = { classes: ['car', 'truck'], minF1: 0.97, minClassF1: 0.85, minReference: 50 };

const counts = (reference: number, found: number, reported = found, justified = reported): Counts => ({
  reference,
  found,
  reported,
  justified,
});

function verdict(car: Counts, truck: Counts, options = OPTIONS): string | null {
  const sum = (key: keyof Counts) => car[key] + truck[key];
  return refusalOf(counts(sum('reference'), sum('found'), sum('reported'), sum('justified')), [car, truck], options);
}

test('a variant that lost almost nothing passes', () => {
  assert.is(verdict(counts(400, 398), counts(60, 58)), null);
});

test('a variant that lost too many is refused with how many, and of which class most', () => {
  assert.is(
    verdict(counts(352, 326), counts(60, 48)),
    "F1 0.952 is below 0.97 of the parent's: 38 of 412 vehicles lost, worst class truck 0.89",
  );
});

test('boxes without a vehicle are named', () => {
  assert.is(
    verdict(counts(100, 100, 120, 100), counts(100, 100, 120, 100)),
    "F1 0.909 is below 0.97 of the parent's: 0 of 200 vehicles lost, 40 of 240 boxes without one",
  );
});

test('too few vehicles are no ground for a verdict', () => {
  assert.is(
    verdict(counts(40, 40), counts(9, 9)),
    'the parent found 49 vehicles on these frames, at least 50 are needed to judge: give more frames, or busier ones',
  );
});

test('a class that is gone is not hidden by a common one', () => {
  assert.is(
    verdict(counts(4000, 4000), counts(60, 40)),
    "F1 of class truck 0.800 is below 0.85 of the parent's: 20 of 60 lost",
  );
});

test('a class of a few boxes decides nothing', () => {
  assert.is(verdict(counts(4000, 4000), counts(6, 0)), null);
});

test('a number just below the bound is not written as the bound', () => {
  assert.match(verdict(counts(50_000, 47_087), counts(0, 0))!, /^F1 0\.969996 is below 0\.97 /);
});

test.run();

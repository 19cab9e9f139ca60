import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { paretoFront } from '../../src/profile/pareto.js';

const point = (variant: string, accuracy: number | null, p50Ms: number, imagesPerSecond: number) => ({
  variant,
  accuracy,
  p50Ms,
  imagesPerSecond,
});

const names = (...points: ReturnType<typeof point>[]) => paretoFront(points).map(({ variant }) => variant);

test('what another beats in one respect and equals in the rest is left out', () => {
  assert.equal(names(point('a', 1, 5, 100), point('b', 1, 5, 90), point('c', 0.98, 5, 100)), ['a']);
});

test('faster, more, or more accurate: each is a reason to stay; the fastest comes first', () => {
  assert.equal(names(point('accurate', 1, 9, 50), point('fast', 0.97, 3, 60), point('many', 0.97, 20, 300)), [
    'fast',
    'accurate',
    'many',
  ]);
});

test('two that are alike both stay', () => {
  assert.equal(names(point('a', 1, 5, 100), point('b', 1, 5, 100)), ['a', 'b']);
});

test('an accuracy that nobody measured neither beats nor is beaten by another variant', () => {
  assert.equal(names(point('measured', 1, 5, 100), point('unknown', null, 4, 200)), ['unknown', 'measured']);
  assert.equal(names(point('measured', 1, 5, 100), point('unknown', null, 9, 20)), ['measured', 'unknown']);
});

test('configurations of one variant are compared although its accuracy is not known', () => {
  assert.equal(names(point('v', null, 5, 100), point('v', null, 6, 90)), ['v']);
});

test.run();

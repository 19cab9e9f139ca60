import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { frameDifferences, neighbours, roundDifferences, spread } from '../../bench/dashboard/with-and-without.js';

const rounds = [
  { without: 10, with: 12 },
  { without: 30, with: 33 },
  { without: 31, with: 32 },
];
const itself = (value: number): number => value;

test('a slow minute is in both stretches of a round, and not in their difference', () => {
  assert.equal(roundDifferences(rounds, itself), [2, 3, 1]);
});

test('noise is what two stretches of the same kind that follow one another differ by', () => {
  // without with | with without | without with
  assert.equal(neighbours(rounds, itself), [21, 1]);
});

test('a frame of the clip is held beside itself; one that came one way only is left out', () => {
  const times = (entries: Readonly<Record<string, number[]>>) => ({ byFrame: new Map(Object.entries(entries)) });
  const differences = frameDifferences([
    { without: times({ a: [10], b: [20] }), with: times({ a: [11], b: [25] }) },
    { without: times({ a: [12], c: [7] }), with: times({ a: [13] }) },
  ]);
  assert.equal(differences, [1, 5]);
});

test('a row has the middle and the quartiles', () => {
  assert.equal(spread('ms', [1, 2, 3, 4, 5]), { ms: 3, msFrom: 2, msTo: 4 });
});

test.run();

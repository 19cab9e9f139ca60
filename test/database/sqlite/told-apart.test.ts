import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type PairOfTimes, timesAsLong } from '../../../src/database/sqlite/told-apart.js';
import { Random } from '../../../src/simulator/random.js';

/** What is said of pairs as they come; and after how many. */
function told(pairOf: (at: number) => PairOfTimes): readonly [times: number, pairs: number] {
  const pairs: PairOfTimes[] = [];
  for (;;) {
    pairs.push(pairOf(pairs.length));
    const times = timesAsLong(pairs);
    if (times !== null) return [times, pairs.length];
  }
}

/** A machine that is up to three times slower for a while, and now and then does something else in between. */
function onBusyMachine(random: Random, times: number): (at: number) => PairOfTimes {
  return (at) => {
    const pace = 1 + 2 * Math.abs(Math.sin(at));
    const time = (ms: number): number => ms * pace * (1 + 0.01 * random.next()) * (random.next() < 0.05 ? 1.5 : 1);
    return [time(times), time(1)];
  };
}

test('what takes much longer is told after three pairs, whatever the machine does meanwhile', () => {
  const [times, pairs] = told((at) => (at === 1 ? [9, 3] : [3, 1]));
  assert.equal([times, pairs], [3, 3]);
});

test('what takes the same time cannot be told apart, and a slow machine does not make it seem so', () => {
  const random = new Random(7);
  const wrong = Array.from({ length: 500 }, () => told(onBusyMachine(random, 1))[0]).filter((times) => times !== 1);
  assert.ok(wrong.length <= 2, `${wrong.length} of 500: ${wrong}`);
});

test('a tenth is told apart, on a slow machine too', () => {
  const random = new Random(8);
  const found = Array.from({ length: 500 }, () => told(onBusyMachine(random, 1.1))[0]).filter((times) => times > 1.05);
  assert.ok(found.length >= 450, `${found.length} of 500`);
});

test('a third is told apart where one time of ten is several times too long', () => {
  const random = new Random(9);
  const time = (ms: number): number => ms * (random.next() < 0.1 ? 2 + 5 * random.next() : 1 + 0.05 * random.next());
  const found = Array.from({ length: 500 }, () => told(() => [time(1.34), time(1)])[0]);
  const missed = found.filter((times) => times < 1.2);
  assert.ok(missed.length <= 10, `${missed.length} of 500`);
});

test('which of the two comes first makes no difference', () => {
  const [times] = told(() => [1, 4]);
  assert.is(times, 0.25);
});

test.run();

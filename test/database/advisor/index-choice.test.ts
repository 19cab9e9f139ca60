import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { IndexCandidate } from '../../../src/database/advisor/candidates.js';
import {
  type CostQuestion,
  type CostSource,
  chosenWith,
  type DifferenceQuestion,
  IndexChoice,
  type IndexSet,
  type TrialIndex,
} from '../../../src/database/advisor/index-choice.js';
import { Random } from '../../../src/simulator/random.js';

const indexOf = (name: string, ...columns: string[]): TrialIndex => {
  const candidate: IndexCandidate = {
    table: 't',
    columns: columns.map((column) => ({ column, descending: false })),
    where: null,
    covering: false,
  };
  return { name, candidate };
};
const [a, ab, c] = [indexOf('a', 'a'), indexOf('ab', 'a', 'b'), indexOf('c', 'c')];
const BYTES = new Map([
  [a, 100],
  [ab, 150],
  [c, 100],
]);

/** A clock that is off by up to a tenth whenever it is asked for costs; a closer look is right, and sees nothing below a fiftieth. */
class NoisyCosts implements CostSource<readonly number[]> {
  constructor(
    readonly truth: (set: IndexSet) => readonly number[],
    readonly random: Random,
  ) {}

  costs({ set }: CostQuestion): readonly number[] {
    return this.truth(set).map((ms) => ms * (1 + 0.1 * this.random.next()));
  }

  differences({ set, versus }: DifferenceQuestion): readonly number[] {
    const other = this.truth(versus);
    return this.truth(set).map((ms, at) => (Math.abs(ms / other[at]! - 1) < 0.02 ? 0 : ms - other[at]!));
  }
}

/** What is chosen by a hundred noisy clocks; each set of names once. */
function choices(truth: (names: ReadonlySet<string>) => readonly number[]): string[] {
  const all = Array.from({ length: 100 }, (_, seed) => {
    const costs = new NoisyCosts((set) => truth(new Set(set.map(({ name }) => name))), new Random(seed + 1));
    const choice = new IndexChoice([a, ab, c], (index) => BYTES.get(index)!, 0.01);
    return chosenWith(choice.best([[a], [ab], [c]]), costs)
      .map(({ name }) => name)
      .sort()
      .join();
  });
  return [...new Set(all)];
}

test('of two indexes that do as well the narrower is taken, whatever the clock says', () => {
  assert.equal(
    choices((has) => [has.has('a') || has.has('ab') ? 10 : 100, 50]),
    ['a'],
  );
});

test('a wide index that saves a sort is taken, whatever the clock says', () => {
  assert.equal(
    choices((has) => [has.has('ab') ? 10 : has.has('a') ? 13 : 100, 50]),
    ['ab'],
  );
});

test('an index that saves nothing is not taken because a clock was late', () => {
  assert.equal(
    choices((has) => [has.has('a') ? 10 : 100, has.has('c') ? 49.9 : 50]),
    ['a'],
  );
});

test('an index that costs writing more than it saves reading is not taken', () => {
  assert.equal(
    choices((has) => [has.has('a') ? 10 : 100, has.has('c') ? 40 : 50, has.has('c') ? 30 : 10]),
    ['a'],
  );
});

test.run();

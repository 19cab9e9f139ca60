import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseFilters, possibleCounts } from '../../../src/optimize/prune/choose-filters.js';
import type { Costs } from '../../../src/optimize/prune/measure-costs.js';

/** A layer of `size` filters, each of which costs the heads the same. */
function layer(size: number, ...byHead: number[]): Costs {
  const order = Array.from({ length: size }, (_, i) => i);
  const line = (cost: number) => Float64Array.from({ length: size / 2 }, (_, i) => (i + 1) * cost);
  return {
    ranking: { group: { channels: order, producers: [], reason: null }, order },
    byHead: byHead.map(line),
  };
}

const EQUAL_WORK = { saving: (_removed: unknown, _ranking: unknown, count: number) => count };

function chosen(costs: readonly Costs[], ratio: number, work = EQUAL_WORK): number[] {
  return [...chooseFilters(costs, work, { ratio, step: 8 }).values()];
}

test('what is left of a layer is a multiple of the step, and at least its share', () => {
  assert.equal(possibleCounts(48, 8, 0.5), [8, 16, 24]);
  assert.equal(possibleCounts(20, 8, 0.5), [4]);
  assert.equal(possibleCounts(8, 8, 0.5), []);
});

test('the filters that cost least go first', () => {
  assert.equal(chosen([layer(32, 0.2), layer(32, 0.1)], 0.25), [0, 16]);
});

test('filters that save more work may cost more', () => {
  const dear = layer(32, 0.2);
  const work = {
    saving: (_removed: unknown, ranking: unknown, count: number) => (ranking === dear.ranking ? 100 * count : count),
  };
  assert.equal(chosen([dear, layer(32, 0.1)], 0.25, work), [16, 0]);
});

test('the loss is spread over the heads', () => {
  assert.equal(chosen([layer(32, 0.1, 0), layer(32, 0, 0.11)], 0.25), [8, 8]);
});

test('no layer loses more than it can', () => {
  assert.equal(chosen([layer(32, 0.1), layer(32, 9)], 0.9), [16, 16]);
});

test.run();

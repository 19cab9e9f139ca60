import { setTimeout } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inOrder } from '../../src/cli/in-order.js';

const never = new AbortController().signal;

test('results come in the order of the items, however long each takes, and no more are worked on than allowed', async () => {
  let working = 0;
  let most = 0;
  const work = async (ms: number) => {
    most = Math.max(most, ++working);
    await setTimeout(ms);
    working--;
    return ms;
  };
  const results: number[] = [];
  for await (const result of inOrder([20, 1, 10, 0, 5], 2, work, never)) results.push(result);
  assert.equal(results, [20, 1, 10, 0, 5]);
  assert.is(most, 2);
});

test('once aborted nothing more is begun, and what was begun is still given', async () => {
  const abort = new AbortController();
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    return item;
  };
  const results: number[] = [];
  for await (const result of inOrder([1, 2, 3, 4, 5], 2, work, abort.signal)) {
    results.push(result);
    abort.abort();
  }
  assert.equal(results, [1, 2]);
  assert.equal(begun, [1, 2]);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { backoffDelay, Retries } from '../../src/foundation/backoff.js';

const backoff = { initialMs: 500, maxMs: 30_000 };

test('the pause doubles with each try', () => {
  assert.equal(
    [0, 1, 2, 3].map((attempt) => backoffDelay(attempt, backoff, 0)),
    [250, 500, 1000, 2000],
  );
});

test('the pause never exceeds its cap, even after years', () => {
  assert.is(backoffDelay(6, backoff, 0.999_999) < 30_000, true);
  assert.is(backoffDelay(1_000_000, backoff, 0), 15_000);
});

test('jitter spreads the pause over its upper half', () => {
  assert.is(backoffDelay(1, backoff, 0), 500);
  assert.is(backoffDelay(1, backoff, 0.5), 750);
});

test('a connection that held begins the pauses anew, one that broke at once does not', () => {
  const retries = new Retries({ initialMs: 1000, maxMs: 60_000 }, () => 0.5);
  assert.equal([retries.next(null), retries.next(null)], [750, 1500]);
  assert.is(retries.next(500), 3000);
  assert.is(retries.next(10_000), 750);
  assert.is(retries.next(null), 1500);
});

test('years of failing end at the longest pause', () => {
  const retries = new Retries({ initialMs: 1000, maxMs: 60_000 }, () => 0);
  for (let i = 0; i < 5000; i++) retries.next(null);
  assert.is(retries.next(null), 30_000);
});

test.run();

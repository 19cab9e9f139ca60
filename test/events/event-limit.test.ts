import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EventLimit } from '../../src/events/event-limit.js';

/** How many of `count` events go out that come at the same moment. */
const burst = (limit: EventLimit, count: number, now: number) =>
  Array.from({ length: count }, () => limit.take(now)).filter(Boolean).length;

test('lets a second of events through at once and counts what is more', () => {
  const limit = new EventLimit(20);
  assert.is(burst(limit, 50, 0), 20);
  assert.is(limit.dropped, 30);
});

test('after that as many as time allows', () => {
  const limit = new EventLimit(20);
  burst(limit, 20, 0);
  assert.is(burst(limit, 5, 100), 2);
  assert.is(burst(limit, 5, 120), 0);
  assert.is(burst(limit, 5, 150), 1);
  assert.is(burst(limit, 100, 3_600_000), 20);
});

test('a clock that is set back neither helps nor hurts', () => {
  const limit = new EventLimit(10);
  burst(limit, 10, 1_000_000);
  assert.is(burst(limit, 1, 0), 0);
  assert.is(burst(limit, 5, 100), 1);
});

test.run();

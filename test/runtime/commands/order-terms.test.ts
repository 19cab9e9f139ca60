import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isOver, orderTerm } from '../../../src/runtime/commands/order-terms.js';

const HOUR_MS = 3_600_000;
const NOW = 1_700_000_000_000;

test('an order holds until its time is over by either clock', () => {
  const term = orderTerm(NOW, NOW + HOUR_MS, 'key', { wall: NOW, steady: 5 });
  assert.is(isOver(term, { wall: NOW + HOUR_MS - 1, steady: HOUR_MS + 4 }), false);
  assert.is(isOver(term, { wall: NOW + HOUR_MS, steady: 6 }), true, 'the clock was set forward');
  assert.is(isOver(term, { wall: NOW - HOUR_MS, steady: HOUR_MS + 5 }), true, 'the clock was set back');
});

test('after a restart it holds for what is left, and a clock that says 1970 prolongs it to no more than was ordered', () => {
  const later = orderTerm(NOW, NOW + HOUR_MS, 'key', { wall: NOW + HOUR_MS / 2, steady: 0 });
  assert.is(later.endsAt, HOUR_MS / 2);
  const early = orderTerm(NOW, NOW + HOUR_MS, 'key', { wall: 12_000, steady: 0 });
  assert.is(early.endsAt, HOUR_MS);
  const over = orderTerm(NOW, NOW + HOUR_MS, 'key', { wall: NOW + 2 * HOUR_MS, steady: 0 });
  assert.is(isOver(over, { wall: NOW + 2 * HOUR_MS, steady: 0 }), true);
});

test('one without an end holds until it is taken back', () => {
  const term = orderTerm(NOW, null, 'key', { wall: NOW, steady: 0 });
  assert.is(isOver(term, { wall: NOW * 2, steady: NOW }), false);
});

test.run();

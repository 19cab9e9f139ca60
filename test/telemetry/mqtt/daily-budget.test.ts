import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DailyBudget } from '../../../src/telemetry/mqtt/daily-budget.js';

const HOUR = 3_600_000;

/** Tells it where there is room. */
function take(budget: DailyBudget, bytes: number, now: number, reserve: number): boolean {
  if (!budget.hasRoom(bytes, now, reserve)) return false;
  budget.spend(bytes, now);
  return true;
}

test('in no 24 hours more is let through than the budget, however much is asked', () => {
  const budget = new DailyBudget(1_000_000);
  const taken: number[] = [];
  for (let second = 0; second < 3 * 86_400; second++) {
    let bytes = 0;
    while (take(budget, 250, second * 1000, 0)) bytes += 250;
    taken.push(bytes);
  }
  const day = (from: number) => taken.slice(from, from + 86_400).reduce((sum, bytes) => sum + bytes, 0);
  assert.ok(day(0) <= 1_000_000 && day(0) > 990_000, `${day(0)}`);
  assert.ok(day(86_400) <= 900_500 && day(86_400) > 899_000, `${day(86_400)}`);
});

test('what must be told goes at the cost of what need not be', () => {
  const budget = new DailyBudget(240_000);
  budget.spend(24_000, 0);
  assert.not.ok(take(budget, 100, 0, 0));
  assert.not.ok(take(budget, 9100, HOUR, 0));
  assert.ok(take(budget, 9000, HOUR, 0));
  budget.spend(10_000_000, HOUR);
  assert.is(budget.left, -240_000, 'a debt is bounded, so that events come back in time');
  assert.is(budget.overdrawn, 10_000_000 - 240_000, 'what is forgotten of it is told, for who may pay');
});

test('the last of it is kept for what is more important', () => {
  const budget = new DailyBudget(10_000);
  assert.ok(take(budget, 500, 0, 0.5));
  assert.not.ok(take(budget, 1, 0, 0.5));
  assert.ok(take(budget, 250, 0, 0.25));
  assert.ok(take(budget, 250, 0, 0));
  assert.not.ok(take(budget, 1, 0, 0));
});

test('without a bound everything goes, and a clock that stands still or goes back fills nothing', () => {
  const endless = new DailyBudget(0);
  endless.spend(1e12, 0);
  assert.ok(take(endless, 1e12, 0, 0.75));
  assert.equal([endless.overdrawn, endless.burst, endless.bytesPerS], [0, Number.POSITIVE_INFINITY, 0]);
  endless.count(7);
  assert.is(endless.spent, 1e12 * 2 + 7);
  const budget = new DailyBudget(240_000);
  budget.spend(24_000, HOUR);
  assert.not.ok(take(budget, 1, 0, 0));
  assert.not.ok(take(budget, 1, HOUR, 0));
});

test.run();

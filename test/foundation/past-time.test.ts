import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pastTime } from '../../src/foundation/past-time.js';

const NOW = Date.UTC(2026, 10, 27, 12);

test('a span is so long ago', () => {
  assert.is(pastTime('90s', NOW), NOW - 90_000);
  assert.is(pastTime('1.5h', NOW), NOW - 5_400_000);
  assert.is(pastTime(' 7d ', NOW), NOW - 7 * 86_400_000);
  assert.is(pastTime('1h30m', NOW), NOW - 5_400_000);
});

test('a date, Unix seconds and Unix ms are themselves', () => {
  assert.is(pastTime('2026-11-27T08:00Z', NOW), Date.UTC(2026, 10, 27, 8));
  assert.is(pastTime('2026-11-27', NOW), Date.UTC(2026, 10, 27));
  assert.is(pastTime('1700000000', NOW), 1_700_000_000_000);
  assert.is(pastTime('1700000000000', NOW), 1_700_000_000_000);
  assert.is(pastTime('now', NOW), NOW);
});

test('what is none of them is nothing', () => {
  for (const text of ['', '7', 'yesterday', '7 days', '-3h', '2026-13-45', '7x', 'NaN', '999999y', '9'.repeat(40)])
    assert.is(pastTime(text, NOW), null);
});

test.run();

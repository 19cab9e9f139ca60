import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LinkHealth } from '../../src/store/link.js';
import { historyMetrics } from '../../src/store/metrics.js';

const readings = (health: LinkHealth | null) =>
  historyMetrics(() => health).map((row) => [row.name, [...row.read()][0]![1]]);

test('the history tells whether it is degraded, what it dropped and which files it set aside', () => {
  const health: LinkHealth = {
    state: 'degraded',
    reason: 'full',
    errors: 9,
    setAside: 1,
    droppedWrites: 7,
  };
  assert.equal(readings(health), [
    ['history_degraded', 1],
    ['history_dropped_writes', 7],
    ['history_set_aside', 1],
  ]);
  assert.is(readings({ ...health, state: 'open' })[0]![1], 0);
});

test('without a history there are no readings, not zeros', () => {
  assert.equal(
    readings(null).map(([, value]) => value),
    [null, null, null],
  );
});

test.run();

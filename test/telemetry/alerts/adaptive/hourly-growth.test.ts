import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HourlyGrowth } from '../../../../src/telemetry/alerts/adaptive/hourly-growth.js';

const MINUTE = 60_000;

test('is what an hour adds, once there are ninety minutes', () => {
  const growth = new HourlyGrowth();
  for (let i = 0; i < 89; i++) assert.is(growth.add(i * MINUTE, 100 + i), null);
  assert.is(growth.add(89 * MINUTE, 189), 60);
});

test('a gap, or a clock that is set back, begins anew', () => {
  for (const at of [89 + 11, 20]) {
    const growth = new HourlyGrowth();
    for (let i = 0; i < 90; i++) growth.add(i * MINUTE, i);
    assert.is(growth.add(at * MINUTE, 90), null, `${at}`);
  }
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MAX_ALERTS, RetainedAlerts } from '../../src/telemetry/retained-alerts.js';

test('alerts keep their latest state only, and are told again to a new connection', () => {
  const alerts = new RetainedAlerts();
  alerts.set('hot', '{"a":1}');
  alerts.set('hot', '{"a":2}');
  assert.is(alerts.next()!.body, '{"a":2}');
  assert.is(alerts.next(), null);
  alerts.reborn();
  const again = alerts.next()!;
  alerts.set('hot', null);
  alerts.acknowledged(again);
  const cleared = alerts.next()!;
  assert.is(cleared.body, null);
  alerts.acknowledged(cleared);
  alerts.reborn();
  assert.is(alerts.next(), null);
});

test('there is a bound on alerts', () => {
  const alerts = new RetainedAlerts();
  for (let i = 0; i < MAX_ALERTS; i++) assert.is(alerts.set(`a${i}`, '{}'), true);
  assert.is(alerts.set('one-more', '{}'), false);
  assert.is(alerts.set('a0', null), true);
});

test.run();

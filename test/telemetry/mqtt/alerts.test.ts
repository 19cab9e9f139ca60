import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { brokerRefuses, clientIdIsShared } from '../../../src/telemetry/mqtt/alerts.js';

test('all that the broker does not take is one alert, which is over when it takes everything', () => {
  assert.equal(brokerRefuses({ refusals: ['no births', 'no wills'] }), {
    severity: 'warning',
    message: 'no births; no wills',
  });
  assert.is(brokerRefuses({ refusals: [] }), null);
});

test('a shared client id is an alert of its own', () => {
  assert.equal(clientIdIsShared({ clientIdShared: 'another one' }), { severity: 'warning', message: 'another one' });
  assert.is(clientIdIsShared({ clientIdShared: null }), null);
});

test.run();

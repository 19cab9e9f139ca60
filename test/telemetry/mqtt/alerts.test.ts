import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  brokerRefuses,
  certificatesExpire,
  clientIdIsShared,
  clockIsWrong,
} from '../../../src/telemetry/mqtt/alerts.js';

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

test('certificates that expire within two weeks are an alert, with whose and when', () => {
  const day = (text: string): number => Date.parse(`${text}T12:00:00Z`);
  const broker = { subject: 'box', from: day('2026-01-01'), to: day('2026-12-15') };
  const own = { subject: 'cabinet7', from: day('2026-01-01'), to: day('2026-12-01') };
  assert.is(certificatesExpire({ certificates: { broker, own } }, day('2026-11-01')), null);
  assert.is(certificatesExpire({ certificates: { broker: null, own: null } }, day('2026-11-01')), null);
  assert.is(
    certificatesExpire({ certificates: { broker, own } }, day('2026-12-03'))?.message,
    "the broker's certificate (box) expires on 2026-12-15, in 12 days; mqtt.certFile expired on 2026-12-01",
  );
});

test('a clock that says a time before the program was built is an alert', () => {
  const built = Date.parse('2026-06-01T12:00:00Z');
  assert.is(clockIsWrong(built, built), null);
  assert.is(clockIsWrong(0, built)?.message, 'the clock says 1970-01-01, and this program was built on 2026-06-01');
});

test.run();

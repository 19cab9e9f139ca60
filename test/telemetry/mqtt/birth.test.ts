import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { longestBirth } from '../../../src/telemetry/mqtt/birth.js';
import { BIRTH } from './capture-broker.js';
import { keepsTo } from './message-schemas.js';

const HEAD = { bdSeq: 1_700_000_003_000_123, ts: 1_700_000_003_000, seq: 0, boot: '0123abcd' };

test('the longest birth that fits is taken, and says what it lacks', () => {
  const whole = longestBirth(HEAD, BIRTH, () => true)!;
  assert.equal(whole.omitted, []);
  assert.equal(JSON.parse(whole.payload), { online: true, ...HEAD, alertsFollow: true, ...BIRTH });
  const short = longestBirth(HEAD, BIRTH, (bytes) => bytes < whole.bytes)!;
  assert.equal(JSON.parse(short.payload), {
    online: true,
    ...HEAD,
    alertsFollow: true,
    omitted: ['metrics'],
    version: '0.1.0',
    model: 'roadside-n',
    variant: 'fp32',
    provider: 'cpu',
  });
  const smallest = longestBirth(HEAD, BIRTH, (bytes) => bytes < short.bytes)!;
  assert.equal(JSON.parse(smallest.payload), {
    online: true,
    ...HEAD,
    omitted: ['metrics', 'version', 'model', 'variant', 'provider'],
  });
  for (const { payload, bytes } of [whole, short, smallest]) {
    assert.ok(keepsTo('status', JSON.parse(payload)));
    assert.is(bytes, payload.length);
  }
  assert.is(
    longestBirth(HEAD, BIRTH, (bytes) => bytes < smallest.bytes),
    null,
  );
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SharedClientId } from '../../../src/telemetry/mqtt/shared-client-id.js';

const closedAt = (at: number, more = {}) => {
  return { code: null, byBroker: true, connectedMs: 2000, at, withMessages: false, ...more };
};

test('what the broker says twice is certain, for ten minutes', () => {
  const shared = new SharedClientId();
  shared.ended(closedAt(0, { code: 142 }));
  assert.is(shared.verdict(0), null);
  shared.ended(closedAt(5000, { code: 142 }));
  assert.is(shared.verdict(5000), 'certain');
  assert.is(shared.takenOver, 2);
  assert.is(shared.verdict(605_000), null);
});

test('connections that did nothing and were closed soon look like it, and are it once another was heard', () => {
  const shared = new SharedClientId();
  for (const at of [0, 5000, 10_000]) shared.ended(closedAt(at));
  assert.is(shared.verdict(10_000), null);
  shared.ended(closedAt(15_000));
  assert.is(shared.verdict(15_000), 'likely');
  shared.heardStranger(17);
  shared.heardStranger(17);
  assert.is(shared.verdict(15_000), 'likely', 'that may be the previous run of this device');
  shared.heardStranger(18);
  assert.is(shared.verdict(15_000), 'certain');
});

test('a network that breaks, a broker that dislikes messages and one that restarts do not look like it', () => {
  const shared = new SharedClientId();
  for (let n = 0; n < 9; n++) shared.ended(closedAt(n, { byBroker: false }));
  for (let n = 0; n < 9; n++) shared.ended(closedAt(n, { withMessages: true }));
  for (let n = 0; n < 9; n++) shared.ended(closedAt(n, { code: 139 }));
  for (const connectedMs of [2000, 2000, 2000, 70_000, 2000]) shared.ended(closedAt(9, { connectedMs }));
  assert.is(shared.verdict(9), null);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SharedClientId } from '../../../src/telemetry/mqtt/shared-client-id.js';

const closedAt = (at: number, more = {}) => {
  return { code: null, byBroker: true, connectedMs: 2000, at, withMessages: false, ...more };
};
const retained = (bdSeq: number, online = false) => ({ bdSeq, online, retained: true });
const live = (bdSeq: number, online: boolean) => ({ bdSeq, online, retained: false });

test('what the broker says twice is certain, for half an hour', () => {
  const shared = new SharedClientId();
  shared.ended(closedAt(0, { code: 142 }));
  assert.is(shared.verdict(0), null);
  shared.ended(closedAt(5000, { code: 142 }));
  assert.is(shared.verdict(5000), 'client-id');
  assert.is(shared.takenOver, 2);
  assert.is(shared.verdict(1_805_000), null);
});

test('connections that did nothing and were closed soon look like it, and are it once another was heard', () => {
  const shared = new SharedClientId();
  for (const at of [0, 5000, 10_000]) shared.ended(closedAt(at));
  assert.is(shared.verdict(10_000), null);
  shared.ended(closedAt(15_000));
  assert.is(shared.verdict(15_000), 'client-id-likely');
  shared.heardStranger(retained(17), 15_000);
  shared.heardStranger(retained(17), 15_000);
  assert.is(shared.verdict(15_000), 'client-id-likely', 'that may be the previous run of this device');
  assert.is(shared.rival(15_000), null);
  shared.heardStranger(retained(18), 15_000);
  assert.is(shared.verdict(15_000), 'client-id');
});

test('somebody heard after our own birth is enough with two closed connections, whatever was on its way', () => {
  const shared = new SharedClientId();
  shared.heardOurs();
  shared.ended(closedAt(90_000_000, { connectedMs: 90_000_000, withMessages: true }));
  shared.heardStranger(retained(17, true), 90_001_000);
  assert.is(shared.rival(90_001_000), null, 'a broker may have it from its disk');
  shared.heardStranger(retained(18, false), 90_001_500);
  assert.is(shared.rival(90_001_500), 18);
  shared.ended(closedAt(90_002_000, { withMessages: true }));
  assert.is(shared.verdict(90_002_000), null, 'one may be a restart of the broker');
  shared.ended(closedAt(90_004_000, { connectedMs: 600_000 }));
  assert.is(shared.verdict(90_004_000), 'client-id');
  assert.is(shared.verdict(92_000_000), null, 'half an hour later nothing of it was seen any more');
});

test('a broker that crashes again and again, and brings an old status back each time, does not look like it', () => {
  const shared = new SharedClientId();
  shared.heardStranger(retained(7), 0);
  shared.heardOurs();
  for (let n = 1; n < 4; n++) {
    shared.ended(closedAt(n * 100_000, { connectedMs: 30_000, withMessages: true }));
    shared.heardStranger(retained(n === 1 ? 5 : 7, true), n * 100_000 + 1);
  }
  assert.is(shared.rival(300_001), null);
  assert.is(shared.verdict(300_001), null);
});

test('a network that breaks, a broker that dislikes messages and one that restarts do not look like it', () => {
  const shared = new SharedClientId();
  for (let n = 0; n < 9; n++) shared.ended(closedAt(n, { byBroker: false }));
  for (let n = 0; n < 9; n++) shared.ended(closedAt(n, { withMessages: true }));
  for (let n = 0; n < 9; n++) shared.ended(closedAt(n, { code: 139 }));
  for (const connectedMs of [2000, 2000, 2000, 70_000, 2000]) shared.ended(closedAt(9, { connectedMs }));
  assert.is(shared.verdict(9), null);
});

test('a birth of another while this connection goes on is of a device with the name and another client id, until it ends', () => {
  const shared = new SharedClientId();
  shared.heardOurs();
  shared.heardStranger(live(9, false), 0);
  assert.is(shared.verdict(0), null, 'a last will of the previous run that came late');
  shared.heardStranger(live(17, true), 1000);
  assert.is(shared.verdict(1000), 'name');
  shared.heardStranger(live(17, false), 2000);
  assert.is(shared.verdict(2000), null);
});

test.run();

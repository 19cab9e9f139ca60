import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UPLINK_BOUNDS, UplinkSchedule } from '../../../src/telemetry/uplink/uplink-schedule.js';

test('an alert goes before the rest of a still, and the still goes on where it was cut off', () => {
  const uplink = new UplinkSchedule();
  uplink.rate.carried(100_000, 10_000);
  uplink.offerStill('s', 12_000, 0);
  const first = uplink.next()!;
  assert.equal(first, { kind: 'still', id: 's', offset: 0, bytes: 5000, isLast: false });
  uplink.offerAlert('a', 700);
  uplink.sent(first);
  assert.equal(uplink.next(), { kind: 'alert', id: 'a', offset: 0, bytes: 700, isLast: true });
  uplink.sent(uplink.next()!);
  assert.is(uplink.next()!.offset, 5000);
  // a piece that failed is given again
  assert.equal(uplink.next(), uplink.next());
});

test('stills get the bytes that the link carries, and less where a backlog must drain', () => {
  const uplink = new UplinkSchedule();
  assert.is(uplink.stillBytes(), UPLINK_BOUNDS.mostStillBytes);
  uplink.rate.carried(200_000, 10_000);
  for (let i = 0; i <= 20; i++) uplink.offerStill(String(i), 1, i * 1000);
  // 20 kB/s and a still a second
  assert.ok(Math.abs(uplink.stillBytes() - 20_000) < 100, String(uplink.stillBytes()));
  uplink.offerStill('large', 600_000, 21_000);
  assert.ok(Math.abs(uplink.stillBytes() - 10_000) < 500, String(uplink.stillBytes()));
  uplink.rate.carried(0, 120_000);
  assert.is(uplink.stillBytes(), UPLINK_BOUNDS.leastStillBytes);
});

test('what does not fit into the backlog waits on the disk, and comes in order', () => {
  const uplink = new UplinkSchedule({ ...UPLINK_BOUNDS, maxBacklogBytes: 1000 });
  for (let i = 0; i < 5; i++) uplink.offerStill(String(i), 400, i);
  assert.equal([uplink.backlogBytes, uplink.deferred], [800, 3]);
  const order: string[] = [];
  for (let piece = uplink.next(); piece !== null; piece = uplink.next()) {
    assert.ok(uplink.backlogBytes <= 1000);
    if (piece.isLast) order.push(piece.id);
    uplink.sent(piece);
  }
  assert.equal(order, ['0', '1', '2', '3', '4']);
  assert.ok(uplink.isIdle);
});

test('beyond all bounds the oldest go, and are counted', () => {
  const uplink = new UplinkSchedule({ ...UPLINK_BOUNDS, maxBacklogBytes: 10, maxDeferred: 2, maxAlerts: 2 });
  for (let i = 0; i < 5; i++) uplink.offerStill(String(i), 10, i);
  for (let i = 0; i < 5; i++) uplink.offerAlert(String(i), 10);
  assert.equal(uplink.dropped, { alerts: 3, stills: 2 });
  assert.equal([uplink.next()!.kind, uplink.next()!.id], ['alert', '3']);
});

test.run();

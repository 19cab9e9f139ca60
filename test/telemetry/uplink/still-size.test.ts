import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { STILL_SIZE_BOUNDS, StillSize } from '../../../src/telemetry/uplink/still-size.js';
import { UplinkRate } from '../../../src/telemetry/uplink/uplink-rate.js';

test('stills get the bytes that the link carries, and less where a backlog must drain', () => {
  const rate = new UplinkRate();
  const size = new StillSize(rate);
  assert.is(size.bytes(0), STILL_SIZE_BOUNDS.mostBytes);
  rate.carried(200_000, 10_000);
  for (let i = 0; i <= 20; i++) size.made(i * 1000);
  // 20 kB/s and a still a second
  assert.ok(Math.abs(size.bytes(0) - 20_000) < 100, String(size.bytes(0)));
  assert.ok(Math.abs(size.bytes(600_000) - 10_000) < 100, String(size.bytes(600_000)));
  rate.carried(0, 120_000);
  assert.is(size.bytes(0), STILL_SIZE_BOUNDS.leastBytes);
});

test('an outage counts, and one of an hour is forgotten as fast as one of some minutes', () => {
  const afterOutage = (ms: number): number => {
    const rate = new UplinkRate();
    rate.carried(0, ms);
    rate.carried(200_000, 20_000);
    return rate.bytesPerS!;
  };
  assert.ok(afterOutage(3_600_000) > 4000, String(afterOutage(3_600_000)));
  assert.ok(afterOutage(300_000) - afterOutage(3_600_000) < 10);
});

test('a piece is what goes in half a second, within bounds', () => {
  const rate = new UplinkRate();
  assert.is(rate.pieceBytes, 2000);
  rate.carried(100_000, 10_000);
  assert.is(rate.pieceBytes, 5000);
  rate.carried(100_000_000, 1000);
  assert.is(rate.pieceBytes, 65_536);
});

test.run();

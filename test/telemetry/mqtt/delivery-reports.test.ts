import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DeliveryReports } from '../../../src/telemetry/mqtt/delivery-reports.js';

const HOUR = 3_600_000;

test('how far the streams are is told a minute after the start and every hour', () => {
  const reports = new DeliveryReports(0);
  assert.is(reports.isDue(59_999, false), false);
  assert.is(reports.isDue(60_000, false), true);
  reports.told(60_000);
  assert.is(reports.isDue(60_000 + HOUR - 1, false), false);
  assert.is(reports.isDue(60_000 + HOUR, false), true);
});

test('drops are told at once, but not more often than every 10 s', () => {
  const reports = new DeliveryReports(0);
  assert.is(reports.isDue(0, true), true);
  reports.told(0);
  assert.is(reports.isDue(9999, true), false);
  assert.is(reports.isDue(10_000, true), true);
});

test('what is called for, as at the end of a backlog, is told, once', () => {
  const reports = new DeliveryReports(0);
  reports.callFor();
  assert.is(reports.isDue(1, false), true);
  reports.told(1);
  assert.is(reports.isDue(2, false), false);
});

test('a broker that takes no report is told of drops more and more rarely, until it takes one', () => {
  const reports = new DeliveryReports(0);
  for (const at of [0, 10_000, 30_000, 70_000]) {
    assert.is(reports.isDue(at - 1, true), at === 0);
    assert.is(reports.isDue(at, true), true);
    reports.told(at);
  }
  reports.taken();
  assert.is(reports.isDue(80_000, true), true);
});

test.run();

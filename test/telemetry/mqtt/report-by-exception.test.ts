import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReportByException, splitReport } from '../../../src/telemetry/mqtt/report-by-exception.js';

test('only what changed is reported, everything at every n-th report and after a reset', () => {
  const reports = new ReportByException(3);
  assert.equal(reports.next({ a: 1, b: null }), { values: { a: 1, b: null }, full: true });
  assert.is(reports.next({ a: 1, b: null }), null);
  assert.equal(reports.next({ a: 1, b: 2, c: 'x' }), { values: { b: 2, c: 'x' }, full: false });
  assert.equal(reports.next({ a: 1, b: 2, c: 'x' }), { values: { a: 1, b: 2, c: 'x' }, full: true });
  reports.reset();
  assert.equal(reports.next({ a: 1, b: 2, c: 'x' })!.full, true);
});

test('a value that is gone is reported as null, once', () => {
  const reports = new ReportByException(10);
  reports.next({ a: 1, b: 2 });
  assert.equal(reports.next({ a: 1 }), { values: { b: null }, full: false });
  assert.is(reports.next({ a: 1 }), null);
});

test('a number is told again once it is far enough from what was told, however slowly it drifts', () => {
  const reports = new ReportByException(0, (name, value, told) => Math.abs(value - told) > (name === 'load' ? 5 : 0));
  reports.next({ load: 50, drops: 1 });
  for (const load of [52, 54, 55]) assert.is(reports.next({ load, drops: 1 }), null);
  assert.equal(reports.next({ load: 56, drops: 2 }), { values: { load: 56, drops: 2 }, full: false });
  assert.is(reports.next({ load: 51, drops: 2 }), null);
  assert.equal(reports.next({ load: null, drops: 2 }), { values: { load: null }, full: false });
  assert.equal(reports.next({ load: 51, drops: 2 }), { values: { load: 51 }, full: false });
});

test('what was told otherwise is no news', () => {
  const reports = new ReportByException(0);
  reports.next({ a: 1, b: 1 });
  reports.told({ a: 2, b: 1 });
  assert.is(reports.next({ a: 2, b: 1 }), null);
});

test('a report is split only where a message must be smaller, and loses nothing', () => {
  const values = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`metric_${n}`, n]));
  assert.equal(splitReport(values, Number.POSITIVE_INFINITY), [values]);
  const parts = splitReport(values, 400);
  assert.equal(parts.length, 3);
  assert.equal(Object.assign({}, ...parts), values);
  for (const part of parts) assert.ok(JSON.stringify(part).length <= 310);
  assert.equal(splitReport(values, 150), [values], 'that is hopeless');
});

test.run();

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

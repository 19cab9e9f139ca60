import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReportByException } from '../../../src/telemetry/mqtt/report-by-exception.js';

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

test.run();

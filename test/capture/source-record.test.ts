import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SourceRecord } from '../../src/capture/source-record.js';

const HOUR_MS = 3_600_000;

test('a change of the picture’s size counts, its first size does not', () => {
  const record = new SourceRecord(0);
  record.arrived(640, 360, 0);
  record.arrived(640, 360, 100);
  assert.is(record.counters.resolutionChanges, 0);
  record.arrived(640, 480, 200);
  record.arrived(640, 360, 300);
  assert.is(record.counters.resolutionChanges, 2);
  assert.is(record.counters.captured, 4);
  assert.is(record.at(300).measuredFps, 10);
});

test('reconnects and stalls are counted for ever, and for the last hour', () => {
  const record = new SourceRecord(0);
  record.stalled(0);
  record.reconnected(1000);
  record.reconnected(HOUR_MS / 2);
  const { reconnectsLastHour, stallsLastHour } = record.at(HOUR_MS / 2);
  assert.equal([reconnectsLastHour, stallsLastHour], [2, 1]);
  const later = record.at(HOUR_MS + 120_000);
  assert.equal([later.reconnectsLastHour, later.stallsLastHour], [1, 0]);
  assert.equal([record.counters.reconnects, record.counters.stalls], [2, 1]);
});

test('the last failure is kept in words, without the camera’s password', () => {
  const record = new SourceRecord(0);
  assert.is(record.at(0).lastError, null);
  assert.is(record.failed(new Error('cannot open rtsp://viewer:s3cret@cam/1')), record.at(0).lastError);
  assert.not.match(record.at(0).lastError!, /s3cret/);
});

test('what was received in place of a picture is kept until a frame comes or the reader starts again', () => {
  const record = new SourceRecord(0);
  assert.is(record.refusal, null);
  record.refused('HTTP 401');
  record.refused('a page\n  from http://viewer:s3cret@cam/login');
  assert.is(record.refusal, 'a page from http://***@cam/login');
  record.arrived(640, 360, 0);
  assert.is(record.refusal, null);
  record.refused('HTTP 401');
  record.reconnected(1);
  assert.is(record.refusal, null);
  record.refused('x'.repeat(1000));
  assert.is(record.refusal!.length, 300);
});

test.run();

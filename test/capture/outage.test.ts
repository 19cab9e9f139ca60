import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Outage } from '../../src/capture/outage.js';

test('an outage is told once with each reason', () => {
  const outage = new Outage();
  const told = ['HTTP 401', 'HTTP 401', 'a login page', 'HTTP 401', 'a login page'].map((reason) =>
    outage.lost(reason),
  );
  assert.equal(told, ['begins', 'goes on', 'changed', 'goes on', 'goes on']);
});

test('how long was waited, or where ffmpeg keeps what it complains about, makes no other reason', () => {
  const outage = new Outage();
  assert.is(outage.lost('no frame for 5000 ms: [h264 @ 0x55d0aa] no frame!'), 'begins');
  assert.is(outage.lost('no frame for 10000 ms: [h264 @ 0x7f31bb] no frame!'), 'goes on');
});

test('the next outage is told again', () => {
  const outage = new Outage();
  outage.lost('HTTP 401');
  outage.over();
  assert.is(outage.lost('HTTP 401'), 'begins');
});

test('five reasons are told, not one for each of thousands', () => {
  const outage = new Outage();
  const told = Array.from({ length: 1000 }, (_, index) => outage.lost(`page ${index}`));
  assert.is(told.filter((kind) => kind !== 'goes on').length, 5);
});

test('of a camera that is lost every few seconds five losses are told, the last as one of many', () => {
  const outage = new Outage();
  const told = Array.from({ length: 8 }, () => [outage.lost('the stream ended', 6000), outage.over()]);
  const [once, last, more] = [
    ['begins', true],
    ['flaps', false],
    ['goes on', false],
  ];
  assert.equal(told, [once, once, once, once, last, more, more, more]);
});

test('a camera that held for a minute is told of again', () => {
  const outage = new Outage();
  for (let i = 0; i < 8; i++) {
    outage.lost('the stream ended', 6000);
    outage.over();
  }
  assert.is(outage.lost('the stream ended', 60_000), 'begins');
  assert.is(outage.over(), true);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Backoff, ProtocolChoice } from '../../../src/telemetry/mqtt/reconnect.js';

test('pauses double up to the longest and are shortened by up to half at random', () => {
  const longest = new Backoff(1000, 60_000, () => 0);
  assert.equal(
    Array.from({ length: 8 }, () => longest.next(null)),
    [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000],
  );
  const half = new Backoff(1000, 60_000, () => 1);
  assert.equal([half.next(null), half.next(null)], [500, 1000]);
});

test('a connection that held begins the pauses anew, one that broke at once does not', () => {
  const backoff = new Backoff(1000, 60_000, () => 0);
  backoff.next(null);
  backoff.next(null);
  assert.is(backoff.next(500), 4000);
  assert.is(backoff.next(3_600_000), 1000);
});

test('years of failing do not overflow', () => {
  const backoff = new Backoff(1000, 60_000, () => 0);
  for (let i = 0; i < 5000; i++) backoff.next(null);
  assert.is(backoff.next(null), 60_000);
});

test('auto takes version 5, then 3.1.1 at once where 5 is refused', () => {
  const choice = new ProtocolChoice('auto');
  assert.is(choice.current, '5');
  assert.is(choice.after('other'), false);
  assert.is(choice.current, '5');
  assert.is(choice.after('version-refused'), true);
  assert.is(choice.current, '3.1.1');
  assert.is(choice.after('version-refused'), false, 'not in circles without a pause');
  assert.is(choice.current, '5');
});

test('connections closed without an answer take turns until a version was accepted', () => {
  const choice = new ProtocolChoice('auto');
  assert.is(choice.after('closed-without-answer'), false);
  assert.is(choice.current, '3.1.1');
  choice.after('accepted');
  choice.after('closed-without-answer');
  assert.is(choice.current, '3.1.1');
});

test('a fixed version stays', () => {
  const choice = new ProtocolChoice('3.1.1');
  assert.is(choice.after('version-refused'), false);
  assert.is(choice.current, '3.1.1');
});

test.run();

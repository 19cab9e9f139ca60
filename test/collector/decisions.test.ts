import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clockOffsetMs, nextClockOffset, placedTime } from '../../src/collector/device/clock-offset.js';
import { presenceOf } from '../../src/collector/device/presence.js';
import { isRebirthDue, NO_REBIRTH, rebirthAsked } from '../../src/collector/device/rebirth-plan.js';
import { SeqCheck } from '../../src/collector/numbers/seq-check.js';
import { StreamCheck } from '../../src/collector/numbers/stream-check.js';

const MINUTE = 60_000;

test('a device is what it says, until it was silent for too long', () => {
  const limits = { staleMs: 10, goneMs: 100 };
  const at = (online: boolean | null, silentMs: number) => presenceOf({ online, heardAt: 0 }, silentMs, limits);
  assert.equal([at(true, 9), at(true, 10), at(true, 100)], ['online', 'stale', 'gone']);
  assert.equal([at(false, 9), at(false, 99), at(false, 100)], ['offline', 'offline', 'gone']);
  assert.equal([at(null, 9), at(null, 10)], ['unknown', 'stale']);
});

test('the shortest way tells the clock; one that was set is believed after two windows', () => {
  let state = nextClockOffset(null, 0, 500);
  assert.is(clockOffsetMs(state), -500);
  state = nextClockOffset(state, MINUTE, MINUTE + 40);
  state = nextClockOffset(state, 2 * MINUTE, 2 * MINUTE + 900);
  assert.is(clockOffsetMs(state), -40);
  // set forward by an hour: at once; back: after two windows
  const ahead = nextClockOffset(state, 3 * MINUTE + 3_600_000, 3 * MINUTE + 50);
  assert.is(clockOffsetMs(ahead), 3_600_000 - 50);
  let back = ahead;
  for (let minute = 4; minute < 26; minute++) back = nextClockOffset(back, minute * MINUTE, minute * MINUTE + 60);
  assert.is(clockOffsetMs(back), -60);
  assert.is(clockOffsetMs(null), null);
});

test('a time is corrected where the clock is wrong by more than the way of a message', () => {
  assert.is(placedTime(1000, null), 1000);
  assert.is(placedTime(1000, -400), 1000);
  assert.is(placedTime(10_000_000, 3_600_000), 6_400_000);
});

test('a birth is asked for at once, then more and more rarely, at last once an hour', () => {
  assert.ok(isRebirthDue(NO_REBIRTH, 0));
  let plan = rebirthAsked(NO_REBIRTH, 0);
  assert.not(isRebirthDue(plan, MINUTE - 1));
  assert.ok(isRebirthDue(plan, MINUTE));
  plan = rebirthAsked(plan, MINUTE);
  assert.not(isRebirthDue(plan, 3 * MINUTE - 1));
  for (let times = 0; times < 20; times++) plan = rebirthAsked(plan, 0);
  assert.not(isRebirthDue(plan, 60 * MINUTE - 1));
  assert.ok(isRebirthDue(plan, 60 * MINUTE));
  // a clock that was set back
  assert.ok(isRebirthDue(plan, -1));
});

test('numbers of a connection: doubles, gaps, what fills them later, and what uses one up without saying it', () => {
  const check = new SeqCheck();
  for (const seq of [0, 1, 4]) assert.ok(check.take(seq));
  assert.not(check.take(1));
  assert.is(check.missing, 2);
  assert.ok(check.take(3));
  assert.is(check.missing, 1);
  // 4 is another one's: it is the next behind all of them
  assert.ok(check.takeUnnamed());
  assert.ok(check.take(6));
  const later = new SeqCheck(JSON.parse(JSON.stringify(check.kept())));
  assert.equal([later.missing, later.heard], [1, 6]);
  // the same again
  assert.not(later.take(4));
  assert.not(later.takeUnnamed());
  assert.equal([later.missing, later.heard], [1, 6]);
});

test('a stream goes on after a restart as if there had been none', () => {
  const takes = (check: StreamCheck, ...numbers: number[]) =>
    numbers.map((n) => check.take({ n, historical: false, topic: 'event' }));
  const whole = new StreamCheck();
  const cut = new StreamCheck();
  takes(whole, 1, 2, 5);
  takes(cut, 1, 2, 5);
  const restored = new StreamCheck(false, JSON.parse(JSON.stringify(cut.kept())));
  for (const check of [whole, restored]) {
    takes(check, 6, 7);
    check.state({ low: 7, next: 8 });
    check.dropped({ kind: 'event', cause: 'too-old', from: 3, to: 3, count: 1 });
  }
  assert.equal(restored.verdict(), whole.verdict());
  assert.equal([restored.verdict().lost, restored.verdict().toldDropped], [[[4, 4]], 1]);
});

test('a stream full of holes and reports without end stay small', () => {
  const check = new StreamCheck();
  for (let n = 1; n < 10_000; n += 2) check.take({ n, historical: false, topic: 'event' });
  for (let n = 2; n < 2000; n += 2) check.dropped({ kind: 'event', cause: 'too-old', from: n, to: n, count: 1 });
  const kept = check.kept();
  assert.ok(kept.ranges.length <= 1000 && kept.told.length <= 256);
  assert.ok(kept.forgotten > 0);
  assert.is(check.verdict().received, 5000);
});

test.run();

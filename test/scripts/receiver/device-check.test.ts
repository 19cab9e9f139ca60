import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DeviceCheck, isSound } from '../../../scripts/receiver/device-check.js';

const EVENT = 'edge/v1/a/b/event/north';
const DELIVERY = 'edge/v1/a/b/report/delivery';

/** A receiver, and ways to send it something. */
function receiving(fromStart = true) {
  const check = new DeviceCheck(fromStart);
  const event = (n: number, more: object = {}) => check.take(EVENT, JSON.stringify({ stream: 's', n, ...more }));
  const told = (n: number, state: object, dropped: object[] = []) =>
    check.take(DELIVERY, JSON.stringify({ stream: 's', n, streams: [{ stream: 's', ...state }], dropped }));
  const verdict = () => check.verdicts()[0]!;
  return { check, event, told, verdict };
}

test('everything once and in order is complete', () => {
  const { event, told, verdict } = receiving();
  for (let n = 1; n <= 5; n++) assert.is(event(n), 'new');
  told(6, { low: 6, next: 6 });
  const { received, doubles, lostCount, waiting, outOfOrder, low } = verdict();
  assert.equal([received, doubles, lostCount, waiting, outOfOrder, low], [6, 0, 0, 0, 0, 6]);
  assert.is(isSound(verdict()), true);
});

test('a double is told as such, and is not out of order', () => {
  const { event, verdict } = receiving();
  event(1);
  event(2);
  assert.is(event(1, { historical: true }), 'double');
  event(3);
  assert.equal([verdict().doubles, verdict().outOfOrder], [1, 0]);
});

test('history comes behind what is live: each is in order for itself', () => {
  const { event, verdict } = receiving();
  event(10);
  event(1, { historical: true });
  event(11);
  event(2, { historical: true });
  assert.is(verdict().outOfOrder, 0);
  event(4, { historical: true });
  event(3, { historical: true });
  assert.is(verdict().outOfOrder, 1);
  assert.is(isSound(verdict()), false);
});

test('a number that never came is lost once the device says that it was delivered, and may come until then', () => {
  const { event, told, verdict } = receiving();
  for (const n of [1, 2, 4, 5]) event(n);
  assert.equal([verdict().lostCount, verdict().waiting], [0, 1]);
  told(6, { low: 3, next: 6 });
  assert.equal([verdict().lostCount, verdict().waiting], [0, 1]);
  told(7, { low: 7, next: 7 });
  assert.equal([verdict().lost, verdict().lostCount, verdict().waiting], [[[3, 3]], 1, 0]);
  assert.is(isSound(verdict()), false);
});

test('what the broker had kept says how far a device is, and not that what was sent before must come', () => {
  const check = new DeviceCheck();
  const take = (topic: string, n: number, retained: boolean, more: object = {}) =>
    check.take(`edge/v1/a/b/${topic}`, JSON.stringify({ stream: 's', n, ...more }), retained);
  const told = { streams: [{ stream: 's', low: 60, next: 62 }], dropped: [] };
  assert.is(take('report/accuracy', 20, true), 'new');
  assert.is(take('report/delivery', 60, true, told), 'new');
  const before = check.verdicts()[0]!;
  assert.equal([before.first, before.received, before.lostCount, before.waiting], [62, 0, 0, 0]);

  for (const n of [148, 149, 151]) take('event/north', n, false);
  take('report/delivery', 152, false, { streams: [{ stream: 's', low: 152, next: 153 }], dropped: [] });
  const { first, received, lost } = check.verdicts()[0]!;
  assert.equal([first, received, lost], [148, 4, [[150, 150]]]);
  // again after a reconnect: neither a double nor out of order
  assert.is(take('report/accuracy', 20, true), 'double');
  assert.equal([check.verdicts()[0]!.doubles, check.verdicts()[0]!.outOfOrder], [0, 0]);
});

test('the end of a stream that never came is seen as well', () => {
  const { event, told, verdict } = receiving();
  event(1);
  told(5, { low: 5, next: 5 });
  assert.equal(verdict().lost, [[2, 4]]);
});

test('what the device says that it gave up is not lost, but one number more is', () => {
  const { check, event, told, verdict } = receiving();
  for (const n of [1, 5, 9]) event(n);
  const drops = [{ stream: 's', kind: 'event', cause: 'queue-full', from: 2, to: 8, count: 6 }];
  told(10, { low: 10, next: 10 }, drops);
  assert.equal([verdict().toldDropped, verdict().lostCount, isSound(verdict())], [6, 0, true]);
  assert.equal(check.verdicts()[0]!.dropped, { 'event queue-full': 6 });

  const worse = receiving();
  for (const n of [1, 5, 9]) worse.event(n);
  worse.told(10, { low: 10, next: 10 }, [{ ...drops[0], count: 5 }]);
  assert.equal([worse.verdict().lostCount, isSound(worse.verdict())], [1, false]);
});

test('told ranges that overlap are counted together', () => {
  const { event, told, verdict } = receiving();
  for (const n of [1, 6]) event(n);
  told(7, { low: 7, next: 7 }, [
    { stream: 's', kind: 'event', cause: 'queue-full', from: 2, to: 5, count: 3 },
    { stream: 's', kind: 'traffic', cause: 'queue-full', from: 4, to: 4, count: 1 },
  ]);
  assert.equal([verdict().toldDropped, verdict().lostCount], [4, 0]);
});

test('who comes later knows nothing of what was before', () => {
  const { event, told, verdict } = receiving(false);
  event(100);
  told(101, { low: 90, next: 101 }, [{ stream: 's', kind: 'event', cause: 'queue-full', from: 1, to: 50, count: 40 }]);
  assert.equal([verdict().first, verdict().lostCount, verdict().waiting], [90, 0, 10]);
});

test('an older report of a backlog may come after a newer one that is live, but not after a newer one of the backlog', () => {
  const check = new DeviceCheck();
  const outOfOrder = (n: number, historical: boolean) => {
    check.take('edge/v1/a/b/report/accuracy', JSON.stringify({ stream: 's', n, ...(historical && { historical }) }));
    return check.verdicts()[0]!.outOfOrder;
  };
  assert.is(outOfOrder(9, false), 0);
  assert.is(outOfOrder(5, true), 0);
  assert.is(outOfOrder(4, true), 1);
  assert.is(outOfOrder(8, false), 2);
});

test('reports overtake: the newest of each topic comes first, and none of them is out of order', () => {
  const { check, event, verdict } = receiving();
  event(8);
  check.take('edge/v1/a/b/report/accuracy', '{"stream":"s","n":5}');
  event(9);
  assert.is(verdict().outOfOrder, 0);
});

test('streams and devices are told apart, and what has no number is left alone', () => {
  const check = new DeviceCheck();
  check.take(EVENT, '{"stream":"s","n":1}');
  check.take(EVENT, '{"stream":"t","n":1}');
  check.take('edge/v1/a/c/event/north', '{"stream":"s","n":1}');
  assert.equal(
    check.verdicts().map(({ device, stream, doubles }) => [device, stream, doubles]),
    [
      ['a/b', 's', 0],
      ['a/b', 't', 0],
      ['a/c', 's', 0],
    ],
  );
  for (const payload of ['', 'no json', '[]', '{"n":1}', '{"stream":"s","n":"1"}']) {
    assert.is(check.take(EVENT, payload), 'unnumbered');
  }
  assert.is(check.take('other/topic', '{"stream":"s","n":1}'), 'unnumbered');
});

test.run();

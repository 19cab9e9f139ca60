import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WatchSlots } from '../../../../src/diagnose/checks/cameras/watch-slots.js';

const test = suite('watch slots');

test('who waits goes in by trouble, and whose time is over does not', async () => {
  const slots = new WatchSlots(1);
  assert.is(await slots.enter(0, 0), true);
  const order: string[] = [];
  const waiting = [
    slots.enter(0, 5000).then((isIn) => order.push(`calm ${isIn}`)),
    slots.enter(2, 5000).then((isIn) => order.push(`degraded ${isIn}`)),
    slots.enter(3, -1).then((isIn) => order.push(`late ${isIn}`)),
  ];
  await waiting[2];
  slots.leave();
  await waiting[1];
  slots.leave();
  await waiting[0];
  assert.equal(order, ['late false', 'degraded true', 'calm true']);
  // the last one gives its place back to nobody
  slots.leave();
  assert.is(await slots.enter(0, 0), true);
});

test.run();

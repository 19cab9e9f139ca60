import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Detector } from '../../src/detect/detector.js';
import { type Slot, Slots, type SlotWorker } from '../../src/schedule/slots.js';

const nobody = {} as Detector;

function workers(count: number): (SlotWorker & { ready: boolean })[] {
  return Array.from({ length: count }, () => {
    const one = { detector: { ...nobody }, ready: true, isReady: () => one.ready };
    return one;
  });
}

async function settled<T>(promise: Promise<T>): Promise<T | 'waiting'> {
  return Promise.race([promise, new Promise<'waiting'>((resolve) => setImmediate(() => resolve('waiting')))]);
}

test('gives each worker its slots and makes the next asker wait', async () => {
  const slots = new Slots(workers(2), 2);
  const taken = await Promise.all([slots.take(), slots.take(), slots.take(), slots.take()]);
  const next = slots.take();
  assert.is(await settled(next), 'waiting');
  assert.is(slots.waiting, 1);
  taken[1]!.giveBack();
  assert.is((await next)?.detector, taken[1]!.detector);
});

test('spreads frames over the least busy workers', async () => {
  const [a, b] = workers(2);
  const slots = new Slots([a!, b!], 2);
  const given = await Promise.all([slots.take(), slots.take(), slots.take()]);
  assert.equal(
    given.map((slot) => slot!.detector === a!.detector),
    [true, false, true],
  );
});

test('serves askers in the order in which they asked', async () => {
  const slots = new Slots(workers(1), 1);
  const first = await slots.take();
  const order: string[] = [];
  const ask = async (name: string): Promise<void> => {
    const slot: Slot | null = await slots.take();
    order.push(name);
    slot!.giveBack();
  };
  const all = [ask('north'), ask('south'), ask('east')];
  first!.giveBack();
  await Promise.all(all);
  assert.equal(order, ['north', 'south', 'east']);
});

test('gives no slot at a worker that is not ready, until it is', async () => {
  const [only] = workers(1);
  only!.ready = false;
  const slots = new Slots([only!], 1);
  const asked = slots.take();
  assert.is(await settled(asked), 'waiting');
  only!.ready = true;
  slots.workersChanged();
  assert.ok(await asked);
});

test('counts a slot given back twice once', async () => {
  const slots = new Slots(workers(1), 1);
  const slot = await slots.take();
  slot!.giveBack();
  slot!.giveBack();
  await slots.take();
  assert.is(await settled(slots.take()), 'waiting');
});

test('answers null to everyone once closed', async () => {
  const slots = new Slots(workers(1), 1);
  await slots.take();
  const waiting = slots.take();
  slots.close();
  assert.is(await waiting, null);
  assert.is(await slots.take(), null);
});

test.run();

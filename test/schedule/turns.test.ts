import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Detector } from '../../src/detect/detector.js';
import { type Turn, Turns, type TurnWorker } from '../../src/schedule/turns.js';

const nobody = {} as Detector;

function workers(count: number): (TurnWorker & { ready: boolean })[] {
  return Array.from({ length: count }, () => {
    const one = { detector: { ...nobody }, ready: true, isReady: () => one.ready };
    return one;
  });
}

async function settled<T>(promise: Promise<T>): Promise<T | 'waiting'> {
  return Promise.race([promise, new Promise<'waiting'>((resolve) => setImmediate(() => resolve('waiting')))]);
}

test('gives each worker its places and makes the next asker wait', async () => {
  const turns = new Turns(workers(2), 2);
  const taken = await Promise.all([turns.take(), turns.take(), turns.take(), turns.take()]);
  const next = turns.take();
  assert.is(await settled(next), 'waiting');
  assert.is(turns.waiting, 1);
  taken[1]!.giveBack();
  assert.is((await next)?.detector, taken[1]!.detector);
});

test('spreads frames over the least busy workers', async () => {
  const [a, b] = workers(2);
  const turns = new Turns([a!, b!], 2);
  const given = await Promise.all([turns.take(), turns.take(), turns.take()]);
  assert.equal(
    given.map((turn) => turn!.detector === a!.detector),
    [true, false, true],
  );
});

test('serves askers in the order in which they asked', async () => {
  const turns = new Turns(workers(1), 1);
  const first = await turns.take();
  const order: string[] = [];
  const ask = async (name: string): Promise<void> => {
    const turn: Turn | null = await turns.take();
    order.push(name);
    turn!.giveBack();
  };
  const all = [ask('north'), ask('south'), ask('east')];
  first!.giveBack();
  await Promise.all(all);
  assert.equal(order, ['north', 'south', 'east']);
});

test('gives no turn at a worker that is not ready, until it is', async () => {
  const [only] = workers(1);
  only!.ready = false;
  const turns = new Turns([only!], 1);
  const asked = turns.take();
  assert.is(await settled(asked), 'waiting');
  only!.ready = true;
  turns.workersChanged();
  assert.ok(await asked);
});

test('counts a turn given back twice once', async () => {
  const turns = new Turns(workers(1), 1);
  const turn = await turns.take();
  turn!.giveBack();
  turn!.giveBack();
  await turns.take();
  assert.is(await settled(turns.take()), 'waiting');
});

test('answers null to everyone once closed', async () => {
  const turns = new Turns(workers(1), 1);
  await turns.take();
  const waiting = turns.take();
  turns.close();
  assert.is(await waiting, null);
  assert.is(await turns.take(), null);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FreeMemory, freeMemory, MemoryRoom } from '../../../src/runtime/detector/memory-room.js';
import type { Workers } from '../../../src/runtime/detector/workers.js';
import type { SizedPoint } from '../../../src/tune/memory-forecast.js';

const MIB = 2 ** 20;
const POINT: SizedPoint = {
  model: 'roadside-n',
  variant: 'fp32-416x256',
  provider: 'cpu',
  workers: 1,
  intraOpThreads: 1,
  batchSize: 1,
  inputPixels: 106_496,
};

type Readings = Parameters<typeof freeMemory>[0];

function machine(available: number | null, cards: readonly [string, number, number | null][] = []): Readings {
  const of = (quantity: string) =>
    cards.map(([name, total, used]) => ({ name, value: quantity === 'memory' ? used : total }));
  const memory = available === null ? null : { total: 8 * 2 ** 30, available };
  return { memory: { memory }, sensors: { of } } as unknown as Readings;
}

const workers = (bytes: number | null): Workers => ({ residentBytes: () => bytes, pids: [] }) as unknown as Workers;

test('what is free is what the machine has left, or what the budget leaves, whichever is less', () => {
  assert.equal(freeMemory(machine(500), { maxMemoryMb: 0 }, 100), { host: 500, accelerator: null });
  assert.is(freeMemory(machine(500 * MIB), { maxMemoryMb: 300 }, 100 * MIB).host, 200 * MIB);
  assert.is(freeMemory(machine(50 * MIB), { maxMemoryMb: 300 }, 100 * MIB).host, 50 * MIB);
  assert.is(freeMemory(machine(50 * MIB), { maxMemoryMb: 300 }, 400 * MIB).host, 0);
  assert.is(freeMemory(machine(null), { maxMemoryMb: 0 }, null).host, null);
});

test('of several cards the one with most room counts, and one that does not tell is none', () => {
  const cards: [string, number, number | null][] = [
    ['card0', 1000, 900],
    ['card1', 1000, 400],
    ['card2', 9000, null],
  ];
  assert.is(freeMemory(machine(1, cards), { maxMemoryMb: 0 }, null).accelerator, 600);
});

test('a set of workers fits beside one that was looked at, where what it takes is free', async () => {
  let free: FreeMemory = { host: 0, accelerator: null };
  const room = new MemoryRoom({ free: () => free, acceleratorBudget: null });
  assert.is(room.fitsBeside(POINT), true, 'nothing is known: it is tried');
  await room.learn(POINT, workers(null));
  assert.is(room.fitsBeside(POINT), true);
  await room.learn(POINT, workers(100 * MIB));
  assert.is(room.fitsBeside(POINT), false);
  free = { host: 164 * MIB, accelerator: null };
  assert.is(room.fitsBeside(POINT), true);
  assert.is(room.fitsBeside({ ...POINT, workers: 2 }), false);
  room.refusedBeside(POINT);
  assert.is(room.fitsBeside(POINT), false);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OperatingPoint } from '../../src/tune/operating-point.js';
import { PointFailures } from '../../src/tune/point-failures.js';

const POINT: OperatingPoint = {
  model: 'roadside-s',
  variant: 'fp32-640x384',
  provider: 'cpu',
  workers: 1,
  intraOpThreads: 2,
  batchSize: 1,
};
const HERE = { file: '14865594 1700000000000', memoryFreeBytes: 1000 };
const DAMAGED = { reason: 'sha256', lackedMemory: false };
const NO_MEMORY = { reason: 'std::bad_alloc', lackedMemory: true };
const whole = () => 0.9999999;

test('a point that failed is left alone for twice as long each time, four hours at most', () => {
  const failures = new PointFailures(whole);
  const minutes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(() =>
    Math.round(failures.failed(POINT, DAMAGED, HERE, 0).until / 60_000),
  );
  assert.equal(minutes, [1, 2, 4, 8, 16, 32, 64, 128, 240, 240]);
  assert.is(failures.obstacleTo(POINT, HERE, 100_000)?.reason, 'sha256');
  assert.is(failures.obstacleTo(POINT, HERE, 4 * 3_600_000), null);
});

test('others are not held back by it, and it is not once it served', () => {
  const failures = new PointFailures(whole);
  failures.failed(POINT, DAMAGED, HERE, 0);
  assert.is(failures.obstacleTo({ ...POINT, intraOpThreads: 1 }, HERE, 1), null);
  assert.is(failures.heldOff(1).length, 1);
  failures.served(POINT);
  assert.is(failures.obstacleTo(POINT, HERE, 1), null);
  assert.is(failures.failed(POINT, DAMAGED, HERE, 0).failures, 1);
});

test('another file of the model is tried at once', () => {
  const failures = new PointFailures(whole);
  failures.failed(POINT, DAMAGED, HERE, 0);
  assert.is(failures.obstacleTo(POINT, { ...HERE, file: '14865594 1700000099999' }, 1), null);
});

test('what was refused memory is tried again where a quarter more can be had, what was damaged is not', () => {
  const failures = new PointFailures(whole);
  failures.failed(POINT, NO_MEMORY, HERE, 0);
  assert.is.not(failures.obstacleTo(POINT, { ...HERE, memoryFreeBytes: 1249 }, 1), null);
  assert.is.not(failures.obstacleTo(POINT, { ...HERE, memoryFreeBytes: null }, 1), null);
  assert.is(failures.obstacleTo(POINT, { ...HERE, memoryFreeBytes: 1250 }, 1), null);
  failures.failed(POINT, DAMAGED, HERE, 0);
  assert.is.not(failures.obstacleTo(POINT, { ...HERE, memoryFreeBytes: 9999 }, 1), null);
});

test('of very many points those longest over are forgotten', () => {
  const failures = new PointFailures(whole);
  for (let workers = 1; workers <= 70; workers++) failures.failed({ ...POINT, workers }, DAMAGED, HERE, workers);
  assert.is(failures.all.length, 64);
  assert.is(failures.all[0]!.point.workers, 7);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryForecast, type SizedPoint } from '../../src/tune/memory-forecast.js';

const MIB = 2 ** 20;
const SMALL: SizedPoint = {
  model: 'roadside-n',
  variant: 'fp32-416x256',
  provider: 'cpu',
  workers: 1,
  intraOpThreads: 1,
  batchSize: 1,
  inputPixels: 100_000,
};

test('what was seen is what is forecast, worker by worker', () => {
  const forecast = new MemoryForecast();
  assert.is(forecast.bytesOf(SMALL), null);
  forecast.learn({ ...SMALL, workers: 2 }, 200 * MIB);
  assert.is(forecast.bytesOf({ ...SMALL, workers: 3 }), 300 * MIB);
});

test('what was never seen takes as much more as it has more pixels and pictures, and never less', () => {
  const forecast = new MemoryForecast();
  forecast.learn(SMALL, 108 * MIB);
  assert.is(forecast.bytesOf({ ...SMALL, variant: 'fp32-640x384', inputPixels: 200_000 }), 168 * MIB);
  assert.is(forecast.bytesOf({ ...SMALL, batchSize: 4 }), 288 * MIB);
  assert.is(forecast.bytesOf({ ...SMALL, variant: 'fp32-320x192', inputPixels: 50_000 }), 108 * MIB);
});

test('two fit beside each other where the second leaves a reserve free; where nothing is known it is tried', () => {
  const forecast = new MemoryForecast();
  assert.is(forecast.fitsBeside(SMALL, 0), true);
  forecast.learn(SMALL, 100 * MIB);
  assert.is(forecast.fitsBeside(SMALL, null), true);
  assert.is(forecast.fitsBeside(SMALL, 164 * MIB), true);
  assert.is(forecast.fitsBeside(SMALL, 163 * MIB), false);
});

test('what was refused memory beside another is not tried beside one again', () => {
  const forecast = new MemoryForecast();
  forecast.refusedBeside(SMALL);
  assert.is(forecast.fitsBeside(SMALL, null), false);
  assert.is(forecast.fitsBeside({ ...SMALL, batchSize: 2 }, null), true);
});

test.run();

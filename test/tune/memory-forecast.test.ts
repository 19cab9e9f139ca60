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

test('on CUDA each batch size has a session: what was seen at one picture is forecast for all that are laid out', () => {
  const forecast = new MemoryForecast();
  const cuda = { ...SMALL, provider: 'cuda' };
  forecast.learn(cuda, 108 * MIB);
  // sessions of 1, 2 and 4 pictures hold 7
  assert.is(forecast.bytesOf({ ...cuda, batchSize: 4 }), 468 * MIB);
});

test('two sizes that were seen tell what a picture more costs', () => {
  const forecast = new MemoryForecast();
  const cuda = { ...SMALL, provider: 'cuda' };
  forecast.learn(cuda, 815 * MIB);
  forecast.learn({ ...cuda, batchSize: 8 }, 1375 * MIB);
  // 1 and 15 pictures were seen, 7 and 31 are asked for
  assert.is(forecast.bytesOf({ ...cuda, batchSize: 4 }), 1055 * MIB);
  assert.is(forecast.bytesOf({ ...cuda, batchSize: 16 }), 2015 * MIB);
  assert.is(forecast.bytesOf({ ...cuda, batchSize: 16, workers: 2 }), 4030 * MIB);
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

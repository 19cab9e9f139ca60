import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkKnobs, costOfChange, movedKnobs } from '../../src/tune/knob-changes.js';
import type { KnobSettings } from '../../src/tune/knobs.js';
import type { OperatingPoint } from '../../src/tune/operating-point.js';

const POINT: OperatingPoint = {
  model: 'roadside-n',
  variant: 'fp32-416x256',
  provider: 'cpu',
  workers: 1,
  intraOpThreads: 1,
  batchSize: 1,
};
const SETTINGS: KnobSettings = { point: POINT, batchWindowMs: 0, inferenceIntervalMs: 0, compressionQuality: 100 };

const withPoint = (change: Partial<OperatingPoint>): KnobSettings => ({ ...SETTINGS, point: { ...POINT, ...change } });

test('what a change takes is what its dearest knob takes', () => {
  assert.is(costOfChange(SETTINGS, { ...SETTINGS }), 'none');
  assert.is(costOfChange(SETTINGS, { ...SETTINGS, inferenceIntervalMs: 200, compressionQuality: 60 }), 'cheap');
  assert.is(costOfChange(SETTINGS, { ...withPoint({ intraOpThreads: 2 }), batchWindowMs: 5 }), 'swap');
  assert.is(costOfChange(SETTINGS, withPoint({ provider: 'cuda' })), 'swap');
});

test('the knobs moved are named, the input size with the variant', () => {
  const to = { ...withPoint({ variant: 'fp32-640x384', workers: 2 }), batchWindowMs: 4 };
  assert.equal(movedKnobs(SETTINGS, to), ['variant', 'batchWindowMs', 'workers']);
});

test('every knob out of its range is told at once', () => {
  checkKnobs(SETTINGS);
  assert.throws(
    () => checkKnobs({ ...withPoint({ batchSize: 0, workers: 1.5, variant: '' }), inferenceIntervalMs: -1 }),
    (error: unknown) => {
      assert.instance(error, RangeError);
      assert.equal((error as Error).message.split('; '), [
        'variant: expected a name, got ""',
        'batchSize: expected a whole number from 1 to 64 pictures, got 0',
        'inferenceIntervalMs: expected a whole number from 0 to 600000 ms, got -1',
        'workers: expected a whole number from 1 to 16 processes, got 1.5',
      ]);
      return true;
    },
  );
  assert.throws(() => checkKnobs({ ...SETTINGS, compressionQuality: Number.NaN }), /compressionQuality: .* got NaN/);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { accuracyMetrics } from '../../../src/answer/audit/metrics.js';
import { Metrics } from '../../../src/telemetry/metrics/metrics.js';
import { REPORT } from './report.js';

test('the accuracy of each camera comes out by name, null where every frame is inferred', () => {
  const metrics = new Metrics();
  metrics.register(
    accuracyMetrics(() => [
      { camera: 'north', report: () => REPORT, reusePays: () => false },
      { camera: 'south', report: () => null, reusePays: () => null },
    ]),
  );
  const values = metrics.snapshot();
  assert.equal(
    [
      'estimated_f1',
      'estimated_f1_low',
      'propagation_f1',
      'wrong_reuse_ratio',
      'strictness',
      'audits',
      'audits_lost',
    ].map((name) => [values[`${name}.north`], values[`${name}.south`]]),
    [
      [0.981, null],
      [0.97, null],
      [0.975, null],
      [null, null],
      [0.5, null],
      [41, null],
      [2, null],
    ],
  );
});

test('whether reuse pays is told as 1 and 0, and not where every frame is inferred anyway', () => {
  const cameras = [true, false, null].map((pays, i) => ({
    camera: `camera-${i}`,
    report: () => null,
    reusePays: () => pays,
  }));
  const row = accuracyMetrics(() => cameras).find(({ name }) => name === 'reuse_pays')!;
  assert.equal(
    [...row.read()],
    [
      [['camera-0'], 1],
      [['camera-1'], 0],
      [['camera-2'], null],
    ],
  );
});

test('a birth lists the accuracy of a camera without estimating it', () => {
  const metrics = new Metrics();
  const report = () => {
    throw new Error('it was asked for');
  };
  metrics.register(accuracyMetrics(() => [{ camera: 'north', report, reusePays: () => true }]));
  assert.equal(metrics.definitions()[0], { name: 'estimated_f1.north', unit: '' });
  assert.is(metrics.definitions().length, 7);
});

test.run();

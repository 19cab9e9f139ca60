import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Variant } from '../../src/models/manifest.js';
import { lesserPoint } from '../../src/tune/lesser-point.js';
import type { OperatingPoint } from '../../src/tune/operating-point.js';

const HOST = { provider: 'cpu', cpuFlags: 'avx2' } as const;
const variant = (id: string, precision: Variant['precision'], width: number, height: number, more = {}): Variant => ({
  id,
  precision,
  width,
  height,
  file: `${id}.onnx`,
  sha256: '',
  bytes: 1,
  madeBy: '',
  accuracy: null,
  ...more,
});
const VARIANTS = [
  variant('small', 'fp32', 320, 192),
  variant('middle', 'fp32', 416, 256),
  variant('middle-int8', 'int8', 416, 256, { needs: 'int8-dot-product' }),
  variant('large-int8', 'int8', 640, 384, { needs: 'int8-dot-product' }),
  variant('large', 'fp32', 640, 384),
];
const POINT: OperatingPoint = {
  model: 'any',
  variant: 'large',
  provider: 'cpu',
  workers: 2,
  intraOpThreads: 1,
  batchSize: 5,
};

test('first the batch is halved, then the variant gets smaller, then there is a worker less', () => {
  const steps: string[] = [];
  for (let now: OperatingPoint | null = POINT; now !== null; now = lesserPoint(now, VARIANTS, HOST)) {
    steps.push(`${now.variant} ${now.workers} batch ${now.batchSize}`);
  }
  assert.equal(steps, [
    'large 2 batch 5',
    'large 2 batch 2',
    'large 2 batch 1',
    'middle 2 batch 1',
    'small 2 batch 1',
    'small 1 batch 1',
  ]);
});

test('a variant that the processor runs badly is none to go to; on another it is', () => {
  const alone = { ...POINT, batchSize: 1 };
  assert.is(lesserPoint(alone, VARIANTS, { ...HOST, cpuFlags: 'avx512_vnni' })?.variant, 'large-int8');
});

test('a variant that is in no manifest any more leaves the workers to be fewer', () => {
  assert.is(lesserPoint({ ...POINT, batchSize: 1, variant: 'gone' }, VARIANTS, HOST)?.workers, 1);
});

test.run();

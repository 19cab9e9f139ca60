import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkManifest, type Manifest } from '../../../src/models/manifest.js';
import type { Measurement } from '../../../src/store/measurement.js';
import { nameOfPoint, type OperatingPoint } from '../../../src/tune/operating-point.js';
import { candidatePoints, knownPoints, type PointSources } from '../../../src/tune/points/known-points.js';

const test = suite('known points');

interface Row {
  readonly id: string;
  readonly precision?: 'fp32' | 'int8';
  readonly side?: number;
  readonly bytes?: number;
  readonly f1?: number | null;
  readonly set?: string;
  readonly kept?: number | null;
  readonly needs?: 'int8-dot-product';
}

/** A model whose file's hash is made of its name and the variant's precision. */
function modelOf(name: string, rows: readonly Row[]): Manifest {
  const variants = rows.map(({ id, precision = 'fp32', side = 320, bytes = 4_000_000, f1, set, kept = 1, needs }) => ({
    id,
    precision,
    width: side,
    height: side,
    file: `${precision}.onnx`,
    sha256: shaOf(name, precision),
    bytes,
    ...(needs && { needs }),
    accuracy:
      kept === null
        ? null
        : {
            metric: 'AP50',
            relativeToFp32: kept,
            ...(f1 != null && { absolute: [{ metric: 'F1', set: set ?? 'roads', value: f1 }] }),
          },
    madeBy: 'a test',
  }));
  const input = { layout: 'nchw', type: 'float32', colour: 'rgb', width: 'dynamic', height: 'dynamic' };
  const facts = {
    name,
    description: name,
    family: 'roadside',
    licence: 'MIT',
    origin: 'a test',
    classes: ['car', 'bus'],
  };
  return checkManifest({ ...facts, input, variants }, name);
}

const shaOf = (name: string, precision: string): string =>
  Buffer.from(`${name} ${precision}`).toString('hex').padEnd(64, '0').slice(0, 64);

const small = modelOf('small', [
  { id: 'fp32-320', f1: 0.7 },
  { id: 'int8-320', precision: 'int8', bytes: 1_000_000, f1: 0.69, needs: 'int8-dot-product' },
  { id: 'int8-640', precision: 'int8', bytes: 1_000_000, side: 640, f1: 0.78, needs: 'int8-dot-product' },
]);
const large = modelOf('large', [
  { id: 'int8-320', precision: 'int8', bytes: 3_000_000, f1: 0.75, needs: 'int8-dot-product' },
  { id: 'int8-640', precision: 'int8', bytes: 3_000_000, side: 640, f1: 0.83, needs: 'int8-dot-product' },
]);

const at = (model: string, variant: string, workers = 1, intraOpThreads = 1): OperatingPoint => {
  return { model, variant, provider: 'cpu', workers, intraOpThreads, batchSize: 1 };
};

function sources(over: Partial<PointSources> = {}): PointSources {
  return {
    manifests: [small, large],
    measurements: [],
    host: { provider: 'cpu', cpuFlags: 'avx512_vnni' },
    cpus: 2,
    inUse: at('small', 'int8-320'),
    canAnswer: () => true,
    ...over,
  };
}

function measured(model: string, variant: string, ms: number, over: Partial<Measurement> = {}): Measurement {
  return {
    model,
    variant,
    sha256: shaOf(model, variant.split('-')[0]!),
    provider: 'cpu',
    threads: 1,
    batch: 1,
    workers: 1,
    measuredAt: 1,
    rounds: 3,
    p50Ms: ms,
    p95Ms: ms,
    imagesPerSecond: 1000 / ms,
    spread: 0.01,
    rssBytes: 100e6,
    acceleratorBytes: 0,
    millijoulesPerImage: null,
    temperatureBefore: null,
    temperatureAfter: null,
    drift: 1,
    loadMs: 300,
    failure: null,
    ...over,
  };
}

const of = (over: Partial<PointSources>) => {
  return new Map(candidatePoints(sources(over)).map((point) => [nameOfPoint(point), point]));
};

test('on two cores a variant has one worker, one with two threads, and two workers', () => {
  assert.equal(
    [...of({ manifests: [modelOf('small', [{ id: 'int8-320', f1: 0.69 }])] }).keys()],
    [
      'small int8-320 cpu 1 × 1 thread batch 1',
      'small int8-320 cpu 1 × 2 threads batch 1',
      'small int8-320 cpu 2 × 1 thread batch 1',
    ],
  );
});

test('a measured point has its numbers, and the work of every thread as its CPU time', () => {
  const points = of({
    measurements: [measured('small', 'int8-320', 6, { threads: 2, imagesPerSecond: 200, millijoulesPerImage: 30 })],
  });
  const point = points.get('small int8-320 cpu 1 × 2 threads batch 1')!;
  assert.is(point.isMeasured, true);
  assert.is(point.serviceMs, 6);
  assert.is(point.picturesPerS, 200);
  assert.is(point.cpuMs, 10);
  assert.is(point.millijoules, 30);
  assert.is(point.memoryBytes, 100e6);
  assert.is(point.accuracy, 0.69);
});

test('a measurement on a slowed down board counts as it would have been', () => {
  const points = of({ measurements: [measured('small', 'int8-320', 20, { drift: 0.5 })] });
  assert.is(points.get(nameOfPoint(at('small', 'int8-320')))!.serviceMs, 10);
});

test('what never ran is estimated by its work from the most similar point, on the cautious side', () => {
  const points = of({ measurements: [measured('small', 'int8-320', 10)] });
  // the same file with four times the pixels; then another model of three times the weights
  assert.is(Math.round(points.get(nameOfPoint(at('small', 'int8-640')))!.serviceMs), 44);
  assert.is(Math.round(points.get(nameOfPoint(at('large', 'int8-320')))!.serviceMs), 42);
  assert.is(points.get(nameOfPoint(at('large', 'int8-320')))!.isMeasured, false);
});

test('numbers of another file of the same name are not used', () => {
  const points = of({ measurements: [measured('small', 'int8-320', 10, { sha256: 'f'.repeat(64) })] });
  assert.is(points.get(nameOfPoint(at('small', 'int8-320')))!.isMeasured, false);
});

test('what served counts where no profile tells of it, and is what others are estimated by', () => {
  const served = [{ point: at('small', 'int8-320'), serviceMs: 10 }];
  const points = of({ served });
  assert.is(points.get(nameOfPoint(at('small', 'int8-320')))!.serviceMs, 10);
  assert.is(Math.round(points.get(nameOfPoint(at('small', 'int8-640')))!.serviceMs), 44);
  const profiled = of({ served, measurements: [measured('small', 'int8-320', 8)] });
  assert.is(profiled.get(nameOfPoint(at('small', 'int8-320')))!.serviceMs, 8);
});

test('what could not run when it was measured is no point, nor is more of it; the one in use always is', () => {
  const failed = { failure: 'out of memory', p50Ms: null, imagesPerSecond: null };
  const points = of({
    measurements: [measured('large', 'int8-640', 1, failed), measured('small', 'int8-320', 1, failed)],
  });
  assert.is(points.has(nameOfPoint(at('large', 'int8-640'))), false);
  assert.is(points.has(nameOfPoint(at('large', 'int8-640', 2))), false);
  assert.is(points.has(nameOfPoint(at('large', 'int8-320'))), true);
  assert.is(points.has(nameOfPoint(at('small', 'int8-320'))), true);
});

test('a processor without dot products of bytes is offered no variant that needs them', () => {
  const points = of({ host: { provider: 'cpu', cpuFlags: 'avx2' }, inUse: at('small', 'fp32-320') });
  assert.equal(new Set([...points.values()].map(({ variant }) => variant)), new Set(['fp32-320']));
});

test('a variant that does not know the classes asked for is no point', () => {
  const points = of({ canAnswer: (manifest) => manifest.name === 'small' });
  assert.equal(new Set([...points.values()].map(({ model }) => model)), new Set(['small']));
});

test('an accuracy of another set is not compared with', () => {
  const other = modelOf('other', [{ id: 'fp32-320', f1: 0.99, set: 'kitchens' }]);
  const points = of({ manifests: [small, other] });
  assert.equal(new Set([...points.values()].map(({ model }) => model)), new Set(['small']));
});

test('where the variant in use has no such accuracy, its own model’s variants are compared by what they keep', () => {
  const own = modelOf('own', [{ id: 'fp32-320' }, { id: 'fp32-640', side: 640, kept: 1.25 }]);
  const points = of({ manifests: [own, large], inUse: at('own', 'fp32-320') });
  assert.is(points.get(nameOfPoint(at('own', 'fp32-640')))!.accuracy, 0.8);
  assert.ok(Math.abs(points.get(nameOfPoint(at('own', 'fp32-320')))!.accuracy - 0.64) < 1e-9);
  assert.is(points.has(nameOfPoint(at('large', 'int8-320'))), false);
});

test('a variant in use that nobody measured is compared with nothing', () => {
  const own = modelOf('own', [
    { id: 'fp32-320', kept: null },
    { id: 'fp32-640', side: 640 },
  ]);
  const points = of({ manifests: [own, large], inUse: at('own', 'fp32-320') });
  assert.equal(new Set([...points.values()].map(({ variant }) => variant)), new Set(['fp32-320']));
});

test('where the knobs stand is a point even where no rule would place it there', () => {
  const points = of({ inUse: at('small', 'int8-320', 3, 2) });
  assert.is(points.has('small int8-320 cpu 3 × 2 threads batch 1'), true);
});

test('an accelerator is offered batches, and says nothing of the time of a core', () => {
  const inUse: OperatingPoint = { ...at('small', 'fp32-320'), provider: 'cuda', batchSize: 4 };
  const points = of({ host: { provider: 'cuda', cpuFlags: 'avx512_vnni' }, inUse });
  const point = points.get(nameOfPoint(inUse))!;
  assert.is(point.cpuMs, null);
  assert.is(point.acceleratorBytes, null);
  assert.equal(new Set([...points.values()].map(({ batchSize }) => batchSize)), new Set([1, 4, 8, 16]));
});

/** Accuracy by variant, with what was found on the own cameras. */
const accuraciesWith = (seen: NonNullable<PointSources['seen']>): ((model: string, variant: string) => number) => {
  const points = of({ seen });
  return (model, variant) => Math.round(points.get(nameOfPoint(at(model, variant)))!.accuracy * 1000) / 1000;
};

test('what was found on the own cameras says which variants suit them', () => {
  const accuracy = accuraciesWith([
    { model: 'small', variant: 'int8-320', f1: 0.96, boxes: 200 },
    { model: 'small', variant: 'int8-640', f1: 0.75, boxes: 200 },
    { model: 'large', variant: 'int8-640', f1: 0.76, boxes: 200 },
  ]);
  assert.ok(accuracy('small', 'int8-320') > accuracy('small', 'int8-640') + 0.05);
  assert.ok(accuracy('small', 'int8-320') > accuracy('large', 'int8-640'));
});

test('where all are found good, they keep the odds that the set gives them', () => {
  const f1 = 0.95;
  const accuracy = accuraciesWith([
    { model: 'small', variant: 'int8-320', f1, boxes: 2 },
    { model: 'large', variant: 'int8-640', f1, boxes: 2 },
  ]);
  const odds = (share: number): number => share / (1 - share);
  const ratio = odds(accuracy('large', 'int8-640')) / odds(accuracy('large', 'int8-320'));
  assert.ok(Math.abs(ratio - odds(0.83) / odds(0.75)) < 0.1);
  assert.ok(accuracy('large', 'int8-640') < 1);
});

test('a large input is not put behind a smaller one for two hundredths that the candidates think less of it', () => {
  const accuracy = accuraciesWith([
    { model: 'small', variant: 'int8-320', f1: 0.85, boxes: 1000 },
    { model: 'large', variant: 'int8-320', f1: 0.92, boxes: 1000 },
    { model: 'large', variant: 'int8-640', f1: 0.9, boxes: 1000 },
  ]);
  assert.ok(accuracy('large', 'int8-640') > accuracy('large', 'int8-320'));
});

test('an input that is larger than the cameras’ pictures has no more to look at', () => {
  const accuracyOf = (pictures: PointSources['pictures']): number =>
    of(pictures ? { pictures } : {}).get(nameOfPoint(at('large', 'int8-640')))!.accuracy;
  assert.is(accuracyOf([{ width: 1280, height: 720 }]), 0.83);
  assert.ok(accuracyOf([{ width: 320, height: 320 }]) < 0.6);
  // the smaller input is the better one there
  const small = of({ pictures: [{ width: 320, height: 320 }] }).get(nameOfPoint(at('large', 'int8-320')))!;
  assert.is(small.accuracy, 0.75);
});

test('few vehicles say little', () => {
  const few = { boxes: 2 };
  const seen = [
    { model: 'small', variant: 'int8-320', f1: 1, ...few },
    { model: 'large', variant: 'int8-640', f1: 0.7, ...few },
  ];
  const points = of({ seen });
  const better = points.get(nameOfPoint(at('large', 'int8-640')))!.accuracy;
  assert.ok(better > points.get(nameOfPoint(at('small', 'int8-320')))!.accuracy);
});

test('only points that no other beats are chosen between, and the one in use', () => {
  const measurements = [
    measured('small', 'fp32-320', 30),
    measured('small', 'int8-320', 10),
    measured('small', 'int8-640', 30),
    measured('large', 'int8-320', 40),
    measured('large', 'int8-640', 100),
  ];
  const inUse = at('small', 'fp32-320');
  const front = knownPoints(sources({ measurements, inUse })).filter(({ isMeasured }) => isMeasured);
  assert.equal(front.map(nameOfPoint), [
    'small fp32-320 cpu 1 × 1 thread batch 1',
    'small int8-320 cpu 1 × 1 thread batch 1',
    'small int8-640 cpu 1 × 1 thread batch 1',
    'large int8-640 cpu 1 × 1 thread batch 1',
  ]);
});

test('a hair more accuracy is not bought at three times the cost', () => {
  const measurements = [
    measured('small', 'fp32-320', 30, { rssBytes: 120e6 }),
    measured('small', 'int8-320', 10),
    measured('large', 'int8-320', 30, { rssBytes: 120e6 }),
  ];
  const twins = modelOf('small', [
    { id: 'fp32-320', f1: 0.694 },
    { id: 'int8-320', precision: 'int8', bytes: 1_000_000, f1: 0.69 },
  ]);
  const front = knownPoints(sources({ manifests: [twins, large], measurements })).filter(
    ({ isMeasured }) => isMeasured,
  );
  assert.equal(
    front.map(({ model, variant }) => `${model} ${variant}`),
    ['small int8-320', 'large int8-320'],
  );
});

test.run();

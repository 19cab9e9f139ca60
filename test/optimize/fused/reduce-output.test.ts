import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Family, LoadRequest } from '../../../src/detect/detector.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { COCO_CLASSES } from '../../../src/models/coco.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { makeNode } from '../../../src/onnx/graph.js';
import type { Model } from '../../../src/onnx/model.js';
import { readModel } from '../../../src/onnx/model-file.js';
import { Refusal } from '../../../src/onnx/refusal.js';
import { float32Tensor, int64Tensor, type Tensor } from '../../../src/onnx/tensor.js';
import { fuseInput } from '../../../src/optimize/fused/fuse-input.js';
import { type ReducedOutput, reduceOutput } from '../../../src/optimize/fused/reduce-output.js';
import { ROADSIDE_FILE, roadsideRequest } from '../../detect/roadside-request.js';
import { DirectSession, loadRequest } from '../../detect/worker/onnx-session.js';
import { noise } from '../../onnx/every-value.js';
import { int, ints, smallModel } from '../../onnx/small-model.js';
import { where } from '../../optional.js';
import { PICTURES, roadPictures } from './pictures.js';

const SIDE = 64;
const CLASSES = ['car', 'truck', 'bus'];
const YOLOX = join(PROJECT_ROOT, '../shared/models/yolox_nano_416x416.onnx');

/** A model that gives the same rows whatever it sees. @param outputs `[batch, …]` */
function givingAlways(outputs: Readonly<Record<string, Tensor>>, opset = 17): Model {
  return smallModel({
    inputs: [{ name: 'images', type: 'float32', dims: ['n', 3, SIDE, SIDE] }],
    outputs: Object.entries(outputs).map(([name, { type, dims }]) => ({ name, type, dims })),
    constants: Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [`${name}_rows`, tensor])),
    nodes: Object.keys(outputs).map((name) => makeNode('Identity', name, [`${name}_rows`], [name])),
    opset,
  });
}

/** Numbers of 0 to 1. */
const share = (count: number, seed: number) => noise(count, seed).map((x) => (x + 1) / 2);

/** For two pictures: `count` rows of what `row` makes of ten numbers. */
function rows(count: number, row: (numbers: readonly number[]) => readonly number[]): Tensor {
  const values = Array.from({ length: 2 * count }, (_, i) => row([...share(12, i * 7919 + 3)].slice(2)));
  return float32Tensor([2, count, values[0]!.length], values.flat());
}

function transposed({ dims: [batch = 0, height = 0, width = 0], bytes }: Tensor): Tensor {
  const from = new Float32Array(bytes.buffer);
  const to = from.map((_, i) => {
    const [b, x, y] = [Math.floor(i / (height * width)), Math.floor(i / height) % width, i % height];
    return from[(b * height + y) * width + x]!;
  });
  return float32Tensor([batch, width, height], to);
}

const box = ([x, y, w, h]: readonly number[]) => [x! * 40, y! * 40, x! * 40 + 8 + w! * 8, y! * 40 + 8 + h! * 8];
const centred = ([x, y, w, h]: readonly number[]) => [x! * SIDE, y! * SIDE, 8 + w! * 8, 8 + h! * 8];

const RAW: Readonly<Record<'roadside' | 'yolox' | 'yolov5' | 'yolov8' | 'detr', Readonly<Record<string, Tensor>>>> = {
  roadside: { detections: rows(90, (n) => [...box(n), ...n.slice(4, 7)]) },
  yolox: { output: rows(84, (n) => [n[0]!, n[1]!, n[2]!, n[3]!, 0.5 + n[4]! / 2, ...n.slice(5, 8)]) },
  yolov5: { output0: rows(90, (n) => [...centred(n), 0.5 + n[4]! / 2, ...n.slice(5, 8)]) },
  yolov8: { output0: transposed(rows(90, (n) => [...centred(n), ...n.slice(4, 7)])) },
  detr: {
    pred_logits: rows(40, (n) => n.slice(4, 7).map((value) => value * 4 - 2)),
    pred_boxes: rows(40, (n) => n.slice(0, 4)),
  },
};
const FAMILIES = Object.keys(RAW) as (keyof typeof RAW)[];

function requestOf(family: Family, change: Partial<LoadRequest> = {}): LoadRequest {
  return loadRequest({ family, classes: CLASSES, width: SIDE, height: SIDE, ...change });
}

async function boxesOf(model: Model, request: LoadRequest, ...pictures: readonly Uint8Array[]): Promise<number[][][]> {
  const session = await DirectSession.open(Buffer.concat(encodeModel(model)), request);
  try {
    return await session.detect(...pictures);
  } finally {
    await session.release();
  }
}

const BLACK = new Uint8Array(SIDE * SIDE * 3);

/** Rows whose numbers may differ in the last place that is compared. */
function alike(actual: readonly number[][][], expected: readonly number[][][]): void {
  assert.equal(
    actual.map((picture) => picture.length),
    expected.map((picture) => picture.length),
  );
  for (const [i, value] of expected.flat(2).entries()) {
    assert.ok(Math.abs(value - actual.flat(2)[i]!) < 0.11, `number ${i} is ${actual.flat(2)[i]}, expected ${value}`);
  }
}

for (const family of FAMILIES) {
  for (const output of ['candidates', 'boxes'] as const) {
    for (const opset of [11, 17, 18]) {
      test(`${output} of ${family}, version ${opset}: the boxes of the raw output, picture by picture`, async () => {
        const model = givingAlways(RAW[family], opset);
        const reduced = reduceOutput(model, { family, classes: 3, output, top: 90 });
        const expected = await boxesOf(model, requestOf(family), BLACK, BLACK);
        assert.ok(expected[0]!.length > 5 && expected[1]!.length > 5);
        assert.not.equal(expected[0], expected[1]);
        assert.equal(await boxesOf(reduced.model, requestOf(family, { output }), BLACK, BLACK), expected);
      });
    }
  }
}

test('an anchor whose best class is not reported stays hidden, as it does on the raw output', async () => {
  for (const family of FAMILIES) {
    const model = givingAlways(RAW[family]);
    const scoreThresholds = [0.2, 2, 0.4];
    const expected = await boxesOf(model, requestOf(family, { scoreThresholds }), BLACK, BLACK);
    assert.not.ok(expected.flat().some((row) => row[5] === 1));
    for (const output of ['candidates', 'boxes'] as const) {
      const reduced = reduceOutput(model, { family, classes: 3, output, top: 90 });
      assert.equal(
        await boxesOf(reduced.model, requestOf(family, { scoreThresholds, output }), BLACK, BLACK),
        expected,
      );
    }
  }
});

const THREE: Tensor = float32Tensor(
  [1, 3, 7],
  [
    [0, 0, 10, 10, 0.5, 0, 0],
    [1, 0, 11, 10, 0.9, 0, 0], // overlaps the first
    [30, 30, 40, 40, 0, 0, 0.7],
  ].flat(),
);

async function reducedRows(how: Partial<ReducedOutput>): Promise<number[][]> {
  const { model } = reduceOutput(givingAlways({ detections: THREE }), {
    family: 'roadside',
    classes: 3,
    output: 'boxes',
    top: 3,
    ...how,
  });
  // thresholds of the raw rows are the host's affair: with family yolov10 it takes rows as they are
  return (await boxesOf(model, requestOf('yolov10', { scoreThresholds: [0, 0, 0] }), BLACK))[0]!;
}

test('boxes come after NMS at the overlap that was asked for', async () => {
  assert.equal(await reducedRows({ iou: 0.6 }), [
    [1, 0, 11, 10, 0.9, 0],
    [30, 30, 40, 40, 0.7, 2],
  ]);
  assert.is((await reducedRows({ iou: 0.9 })).length, 3);
});

test('boxes weaker than the least score do not come out', async () => {
  assert.equal(await reducedRows({ minScore: 0.8 }), [[1, 0, 11, 10, 0.9, 0]]);
  assert.equal(await reducedRows({ minScore: 0.95 }), []);
});

test('a picture gives as many rows as were asked for, and no more than it has anchors', () => {
  const dims = (top: number) => {
    const how = { family: 'roadside', classes: 3, output: 'candidates', top } as const;
    return reduceOutput(givingAlways({ detections: THREE }), how).model.graph.outputs;
  };
  assert.equal(dims(2), [{ name: 'candidates', type: 'float32', dims: ['n', 2, 6] }]);
  assert.equal(dims(300), [{ name: 'candidates', type: 'float32', dims: ['n', 3, 6] }]);
});

/** A detector in miniature, of any batch and size: brightness of the cells of strides 8, 16 and 32 in every number. */
function anySize(opset: number): Model {
  const levels = [8, 16, 32].map((stride) => ({ stride, name: `level${stride}` }));
  return smallModel({
    inputs: [{ name: 'images', type: 'float32', dims: ['n', 3, 'h', 'w'] }],
    outputs: [{ name: 'output', type: 'float32', dims: ['n', 'anchors', 8] }],
    constants: {
      weights: float32Tensor(
        [8, 3, 1, 1],
        noise(24, 5).map((x) => x / 300),
      ),
      bias: float32Tensor([8], [0.5, 0.5, 0, 0, 0.6, 0.6, 0.6, 0.6]),
      flat: int64Tensor([0, 8, -1]),
    },
    nodes: [
      ...levels.flatMap(({ stride, name }) => [
        makeNode('AveragePool', `${name}_pool`, ['images'], [`${name}_mean`], {
          kernel_shape: ints(stride, stride),
          strides: ints(stride, stride),
        }),
        makeNode('Conv', `${name}_conv`, [`${name}_mean`, 'weights', 'bias'], [`${name}_map`]),
        makeNode('Reshape', `${name}_flatten`, [`${name}_map`, 'flat'], [name]),
      ]),
      makeNode(
        'Concat',
        'join',
        levels.map(({ name }) => name),
        ['columns'],
        { axis: int(2) },
      ),
      makeNode('Transpose', 'turn', ['columns'], ['output'], { perm: ints(0, 2, 1) }),
    ],
    opset,
  });
}

for (const opset of [11, 17]) {
  test(`batch and size stay free, with an input of bytes too (version ${opset})`, async () => {
    const model = anySize(opset);
    const input = { ...loadRequest().input, width: 'dynamic', height: 'dynamic', multipleOf: 32 } as const;
    for (const output of ['candidates', 'boxes'] as const) {
      const how = { family: 'yolox', classes: 3, output, top: 200 } as const;
      const fused = fuseInput(reduceOutput(model, how).model, { ...input, mean: [0, 0, 0], std: [1, 1, 1] });
      for (const [width, height] of [
        [96, 64],
        [32, 32],
      ] as const) {
        const pictures = [1, 2].map((seed) => Uint8Array.from(share(width * height * 3, seed), (x) => x * 255));
        const request = requestOf('yolox', loadRequest({ width, height, classes: CLASSES, family: 'yolox' }));
        const bytes = { ...request.input, layout: 'nhwc', type: 'uint8' } as const;
        const expected = await boxesOf(model, request, ...pictures);
        assert.ok(expected[0]!.length > 0);
        alike(await boxesOf(fused.model, { ...request, output, input: bytes }, ...pictures), expected);
      }
    }
  });
}

function refusal(model: Model, how: Partial<ReducedOutput>): string {
  try {
    reduceOutput(model, { family: 'roadside', classes: 3, output: 'candidates', top: 10, ...how });
    return 'reduced';
  } catch (error) {
    assert.instance(error, Refusal);
    return (error as Refusal).message;
  }
}

test('a model of another family, or of other classes, is refused with its shapes', () => {
  const raw = givingAlways(RAW.roadside);
  assert.is(
    refusal(raw, { classes: 80 }),
    'reduce output: expected [batch, anchors, 84], the model gives detections [2, 90, 7]',
  );
  assert.is(
    refusal(raw, { family: 'yolox', classes: 2 }),
    'reduce output: expected [batch, 84, 7] for 64x64, the model gives detections [2, 90, 7]',
  );
});

test('a model that gives finished boxes already is refused', () => {
  assert.match(refusal(givingAlways({ out: THREE }), { family: 'yolov10' }), /gives finished boxes already/);
  const labels = { labels: int64Tensor([1, 2], [1, 2]), boxes: float32Tensor([1, 2, 4], new Float32Array(8)) };
  assert.match(refusal(givingAlways(labels), { family: 'detr' }), /gives finished boxes already/);
});

test('operators that are too old are refused', () => {
  assert.is(
    refusal(givingAlways(RAW.roadside, 10), {}),
    'reduce output: operators of version 10, expected 11 or later',
  );
});

test('the model that is reduced stays as it was', () => {
  const model = givingAlways(RAW.yolov8);
  const before = Buffer.concat(encodeModel(model));
  reduceOutput(model, { family: 'yolov8', classes: 3, output: 'boxes', top: 10 });
  assert.ok(before.equals(Buffer.concat(encodeModel(model))));
});

where(
  ROADSIDE_FILE !== null && existsSync(PICTURES),
  'roadside-n and its pictures',
  test,
)('roadside-n finds the same vehicles whatever its output', async () => {
  const raw = readModel(ROADSIDE_FILE!);
  const request = roadsideRequest({ input: loadRequest({ width: 416, height: 256 }).input });
  const pictures = await roadPictures(6, 416, 256);
  const expected = await boxesOf(raw, request, ...pictures);
  assert.ok(expected.flat().length > 10);
  for (const output of ['candidates', 'boxes'] as const) {
    const { model } = reduceOutput(raw, { family: 'roadside', classes: 6, output, top: 300 });
    alike(await boxesOf(model, { ...request, output }, ...pictures), expected);
  }
});

where(
  existsSync(YOLOX) && existsSync(PICTURES),
  'models/yolox_nano_416x416.onnx and pictures',
  test,
)('the official YOLOX-nano finds the same vehicles in bytes, whatever its output', async () => {
  const raw = readModel(YOLOX);
  const request = requestOf('yolox', {
    ...loadRequest({ classes: COCO_CLASSES, family: 'yolox' }),
    input: { ...loadRequest({ width: 416, height: 416 }).input, colour: 'bgr' },
  });
  const pictures = await roadPictures(6, 416, 416);
  const bytes = { ...request.input, layout: 'nhwc', type: 'uint8', colour: 'rgb' } as const;
  for (const output of ['candidates', 'boxes'] as const) {
    const { model } = reduceOutput(raw, { family: 'yolox', classes: 80, output, top: 300 });
    const fused = fuseInput(model, { ...request.input, mean: [0, 0, 0], std: [1, 1, 1], multipleOf: 1 });
    for (const picture of pictures) {
      const expected = await boxesOf(raw, request, picture);
      alike(await boxesOf(fused.model, { ...request, output, input: bytes }, picture), expected);
    }
  }
});

test.run();

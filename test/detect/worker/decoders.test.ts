import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FAMILIES, type LoadRequest } from '../../../src/detect/detector.js';
import { createPostprocess } from '../../../src/detect/worker/postprocess.js';
import { toHalf } from '../../../src/foundation/half.js';
import { type Constant, constantModel } from '../../fixtures/onnx-builder.js';
import { DirectSession, loadRequest } from './onnx-session.js';

const INPUT = { name: 'images', dims: ['n', 3, 32, 32] };
const BLACK = new Uint8Array(32 * 32 * 3);

/** What the request's decoder reads out of a model that always gives these outputs. */
async function detect(request: Partial<LoadRequest>, ...outputs: Constant[]): Promise<number[][]> {
  const session = await DirectSession.open(constantModel(INPUT, outputs), loadRequest(request));
  const [rows] = await session.detect(BLACK);
  await session.release();
  return rows!;
}

function output(name: string, dims: number[], rows: readonly (readonly number[])[]): Constant {
  return { name, dims, data: Float32Array.from(rows.flat()) };
}

const transpose = (rows: readonly (readonly number[])[]) => rows[0]!.map((_, i) => rows.map((row) => row[i]!));
const logit = (p: number) => Math.log(p / (1 - p));

const ROADSIDE = [
  [2, 4, 12, 14, 0.1, 0.2], // under the threshold
  [2, 4, 12, 14, 0.8, 0.4],
  [3, 4, 12, 14, 0.7, 0.1], // overlaps the stronger one
  [-5, 20, 40, 30, 0.25, 0.5], // reaches out of the picture
];

test('roadside: corners and class scores, one row per anchor', async () => {
  assert.equal(await detect({ family: 'roadside' }, output('detections', [1, 4, 6], ROADSIDE)), [
    [2, 4, 12, 14, 0.8, 0],
    [0, 20, 32, 30, 0.5, 1],
  ]);
});

test('a score that rounding brought above 1 is 1', async () => {
  assert.equal(await detect({}, output('d', [1, 1, 6], [[2, 4, 12, 14, 1.004, 0.4]])), [[2, 4, 12, 14, 1, 0]]);
});

for (const score of [1.02, 88, Number.POSITIVE_INFINITY]) {
  test(`a score of ${score} is refused as what it is`, async () => {
    const reason = await detect({}, output('d', [1, 1, 6], [[2, 4, 12, 14, score, 0.4]])).catch((error) => error);
    assert.match(
      reason.message,
      /the model gives a score of (1\.02|88|Infinity), expected 0 to 1: its numbers are no scores/,
    );
  });
}

test('outputs of nothing but NaN are no empty road', async () => {
  const rows = [Array<number>(6).fill(Number.NaN)];
  const reason = await detect({}, output('d', [1, 1, 6], rows)).catch((error) => error);
  assert.match(reason.message, /output d holds NaN in place of numbers/);
});

/** The highest score that the decoder of a family saw, thresholds above everything. */
function peak(family: LoadRequest['family'], dims: readonly number[], data: readonly number[]): number {
  const out = { type: 'float32', dims, data: Float32Array.from(data) };
  const postprocess = createPostprocess(loadRequest({ family, scoreThresholds: [2, 2] }), [{ name: 'out', dims }]);
  assert.is(postprocess.run({ out }, 0, new Float32Array(600), 0), 0);
  return Number(postprocess.peak.toFixed(3));
}

test('the highest score of a picture is told whatever the thresholds', () => {
  const yolox = Array.from({ length: 21 }, () => [0, 0, 0, 0, 0.1, 0.5, 0.1]);
  yolox[3] = [0, 0, 0, 0, 0.5, 0.1, 0.8];
  yolox[4] = [0, 0, 0, 0, 0.6, 0.3, 0.2];
  assert.is(peak('roadside', [1, 4, 6], ROADSIDE.flat()), 0.8);
  assert.is(peak('yolov8', [1, 6, 4], transpose(ROADSIDE).flat()), 0.8);
  assert.is(peak('yolox', [1, 21, 7], yolox.flat()), 0.4);
  assert.is(peak('yolov10', [1, 4, 6], ROADSIDE.flat()), 0.8);
});

test('a reduced output tells its highest row', () => {
  const dims = [1, 5, 6];
  const request = loadRequest({ output: 'boxes', scoreThresholds: [2, 2] });
  const postprocess = createPostprocess(request, [{ name: 'out', dims }]);
  postprocess.run(
    { out: { type: 'float32', dims, data: Float32Array.from(REDUCED.flat()) } },
    0,
    new Float32Array(6),
    0,
  );
  assert.is(Number(postprocess.peak.toFixed(3)), 0.8);
});

test('each class has its own threshold, and one above 1 leaves a class out', async () => {
  const detections = output('detections', [1, 4, 6], ROADSIDE);
  assert.equal(await detect({ scoreThresholds: [0.15, 0.55] }, detections), [[2, 4, 12, 14, 0.8, 0]]);
  assert.equal(await detect({ scoreThresholds: [2, 0.3] }, detections), [[0, 20, 32, 30, 0.5, 1]]);
});

test('a threshold of 0 reports no anchor without any score', async () => {
  const rows = await detect({ scoreThresholds: [0, 0] }, output('d', [1, 1, 6], [[1, 1, 9, 9, 0, 0]]));
  assert.equal(rows, []);
});

test('NaN in boxes or scores reports nothing', async () => {
  const rows = [
    [Number.NaN, 4, 12, 14, 0.8, 0.4],
    [2, 4, 12, 14, Number.NaN, Number.NaN],
  ];
  assert.equal(await detect({}, output('detections', [1, 2, 6], rows)), []);
});

test('yolox: grid offsets and log sizes of strides 8, 16 and 32 become pixels; objectness times class score', async () => {
  // 32x32 has 16 + 4 + 1 cells
  const rows = Array.from({ length: 21 }, () => [0, 0, 0, 0, 0, 0, 0]);
  rows[5] = [0.5, 0.5, 0, Math.log(2), 0.8, 0.5, 0.1]; // stride 8, column 1, row 1
  rows[18] = [0.25, 0.5, Math.log(0.5), 0, 0.9, 0.1, 1]; // stride 16, column 0, row 1
  rows[20] = [0.5, 0.5, 0, 0, 0.25, 1, 1]; // objectness under the threshold
  assert.equal(await detect({ family: 'yolox' }, output('output', [1, 21, 7], rows)), [
    [0, 16, 8, 32, 0.9, 1],
    [8, 4, 16, 20, 0.4, 0],
  ]);
});

test('yolov8: centres and sizes, one column per anchor', async () => {
  const rows = [
    [7, 9, 10, 10, 0.8, 0.4],
    [7.5, 9, 9, 10, 0.7, 0.1],
    [16, 25, 50, 10, 0.25, 0.5],
  ];
  assert.equal(await detect({ family: 'yolov8' }, output('output0', [1, 6, 3], transpose(rows))), [
    [2, 4, 12, 14, 0.8, 0],
    [0, 20, 32, 30, 0.5, 1],
  ]);
});

test('yolov10: finished boxes are taken as they are, overlaps and all', async () => {
  const rows = [
    [2, 4, 12, 14, 0.7, 1],
    [2, 4, 12, 14, 0.8, 1],
    [0, 0, 5, 5, 0.9, 7], // no such class
    [0, 0, 0, 0, 0, 0], // filling
  ];
  assert.equal(await detect({ family: 'yolov10' }, output('output0', [1, 4, 6], rows)), [
    [2, 4, 12, 14, 0.8, 1],
    [2, 4, 12, 14, 0.7, 1],
  ]);
});

const REDUCED = [
  [2, 4, 12, 14, 0.8, 0],
  [3, 4, 12, 14, 0.7, 0], // overlaps the stronger one
  [2, 4, 12, 14, 0.6, 1],
  [0, 0, 5, 5, 0.2, 1], // under the threshold
  [0, 0, 5, 5, 0, 0], // filling
];

for (const family of ['roadside', 'yolox', 'yolov8'] as const) {
  test(`candidates of a ${family} graph still go through NMS, class by class`, async () => {
    assert.equal(await detect({ family, output: 'candidates' }, output('reduced', [1, 5, 6], REDUCED)), [
      [2, 4, 12, 14, 0.8, 0],
      [2, 4, 12, 14, 0.6, 1],
    ]);
  });
}

for (const family of ['yolov10', 'detr'] as const) {
  test(`candidates of a ${family} graph are one per vehicle, and stay`, async () => {
    const rows = await detect({ family, output: 'candidates' }, output('reduced', [1, 5, 6], REDUCED));
    assert.is(rows.length, 3);
  });
}

test('boxes of a graph with NMS in it are taken as they are, whatever the family', async () => {
  for (const family of FAMILIES) {
    const rows = await detect({ family, output: 'boxes' }, output('reduced', [1, 5, 6], REDUCED));
    assert.equal(rows, [
      [2, 4, 12, 14, 0.8, 0],
      [3, 4, 12, 14, 0.7, 0],
      [2, 4, 12, 14, 0.6, 1],
    ]);
  }
});

test('a reduced output keeps the thresholds of the classes', async () => {
  const reduced = output('reduced', [1, 5, 6], REDUCED);
  assert.equal(await detect({ output: 'candidates', scoreThresholds: [2, 0.1] }, reduced), [
    [2, 4, 12, 14, 0.6, 1],
    [0, 0, 5, 5, 0.2, 1],
  ]);
});

test('a variant that should have a reduced output and has not is named with its shapes', () => {
  assert.throws(
    () => createPostprocess(loadRequest({ output: 'boxes' }), [{ name: 'detections', dims: [1, 2184, 10] }]),
    /a variant with output boxes must give \[batch, K, 6\] .*, this one gives detections \[1, 2184, 10\]/,
  );
});

test('detr: centres and sizes as fractions, logits', async () => {
  const boxes = [
    [0.5, 0.5, 0.25, 0.5],
    [0.25, 0.25, 0.5, 0.5],
  ];
  const logits = [
    [logit(0.2), logit(0.6)],
    [logit(0.1), logit(0.2)],
  ];
  // Several names and orders are about.
  for (const [boxName, logitName] of [
    ['pred_boxes', 'logits'],
    ['a', 'b'],
  ] as const) {
    const outputs = [output(logitName, [1, 2, 2], logits), output(boxName, [1, 2, 4], boxes)];
    assert.equal(await detect({ family: 'detr' }, ...outputs), [[12, 8, 20, 24, 0.6, 1]]);
  }
});

test('detr: an export with labels, boxes and scores', async () => {
  const labels = { name: 'labels', dims: [1, 2], data: BigInt64Array.of(1n, 0n) };
  const boxes = output(
    'boxes',
    [1, 2, 4],
    [
      [1, 2, 9, 10],
      [3, 4, 5, 6],
    ],
  );
  const scores = output('scores', [1, 2], [[0.5, 0.2]]);
  assert.equal(await detect({ family: 'detr' }, labels, boxes, scores), [[1, 2, 9, 10, 0.5, 1]]);
});

test('float16 outputs are read', async () => {
  const data = Uint16Array.from([2, 4, 12, 14, 0.75, 0.5].map(toHalf));
  assert.equal(await detect({}, { name: 'detections', dims: [1, 1, 6], data }), [[2, 4, 12, 14, 0.75, 0]]);
});

test('every picture of a batch gets its own boxes', async () => {
  const rows = [
    [2, 4, 12, 14, 0.8, 0.4],
    [0, 0, 9, 9, 0.1, 0.5],
  ];
  const model = constantModel(INPUT, [output('detections', [2, 1, 6], rows)]);
  const session = await DirectSession.open(model, loadRequest());
  assert.equal(await session.detect(BLACK, BLACK), [[[2, 4, 12, 14, 0.8, 0]], [[0, 0, 9, 9, 0.5, 1]]]);
  await session.release();
});

for (const type of ['float32', 'float16', 'uint8'] as const) {
  for (const layout of ['nchw', 'nhwc'] as const) {
    test(`a session with ${type} ${layout} input takes our tensors`, async () => {
      const dims = layout === 'nchw' ? [1, 3, 32, 32] : [1, 32, 32, 3];
      const model = constantModel({ name: 'images', type, dims }, [output('d', [1, 1, 6], [[2, 4, 12, 14, 0.8, 0.4]])]);
      const session = await DirectSession.open(model, loadRequest({ input: { ...loadRequest().input, type, layout } }));
      assert.equal(await session.detect(BLACK), [[[2, 4, 12, 14, 0.8, 0]]]);
      await session.release();
    });
  }
}

test('an output of an element type that cannot be read is named', async () => {
  const reason = await detect({}, { name: 'rows', dims: [1, 1, 6], data: new Uint8Array(6) }).catch((error) => error);
  assert.match(reason.message, /output rows has elements of type uint8; expected float32, float16 or int64/);
});

test('outputs that a family cannot read are named with their shapes, and the family that would fit', () => {
  const outputs = [{ name: 'output0', dims: [1, 6, 8400] }];
  assert.throws(
    () => createPostprocess(loadRequest({ family: 'roadside' }), outputs),
    (error: Error) =>
      error.message.includes('a roadside model must give [batch, anchors, 6] (4 + 2 classes)') &&
      error.message.includes('this one gives output0 [1, 6, 8400]') &&
      error.message.includes('the shapes would fit yolov8'),
  );
});

for (const [family, dims, expected] of [
  ['yolox', [1, 20, 7], '[batch, 21, 7] (cells of 32x32, 5 + 2)'],
  ['yolov8', [1, 84, 100], '[batch, 6, anchors] (4 + 2 classes)'],
  ['yolov10', [1, 300, 7], '[batch, boxes, 6]'],
  ['detr', [1, 300, 4], 'boxes [batch, queries, 4] and logits [batch, queries, 2]'],
] as const) {
  test(`${family} says what it expects when it gets something else`, () => {
    assert.throws(
      () => createPostprocess(loadRequest({ family }), [{ name: 'out', dims }]),
      (error: Error) => error.message.includes(expected) && error.message.includes(`out [${dims.join(', ')}]`),
    );
  });
}

test('a model without any anchor is refused', () => {
  assert.throws(
    () => createPostprocess(loadRequest({ family: 'yolov8' }), [{ name: 'out', dims: [1, 6, 0] }]),
    /a picture must have 1 to \d+ rows; this model gives out \[1, 6, 0\]/,
  );
});

test('a model that chooses its boxes may give none of a first picture, and any number of the next', () => {
  const postprocess = createPostprocess(loadRequest({ family: 'yolov10' }), [{ name: 'out', dims: [1, 0, 6] }]);
  const into = new Float32Array(600);
  const none = { type: 'float32', dims: [1, 0, 6], data: new Float32Array(0) };
  assert.is(postprocess.run({ out: none }, 0, into, 0), 0);
  const two = { type: 'float32', dims: [1, 2, 6], data: Float32Array.of(2, 4, 12, 14, 0.5, 1, 0, 0, 5, 5, 0.75, 0) };
  assert.is(postprocess.run({ out: two }, 0, into, 0), 2);
  assert.equal([...into.subarray(0, 6)], [0, 0, 5, 5, 0.75, 0]);
});

test('an output that is missing or too short in a later run is an error, not garbage', () => {
  const postprocess = createPostprocess(loadRequest(), [{ name: 'd', dims: [1, 2, 6] }]);
  const into = new Float32Array(600);
  assert.throws(() => postprocess.run({}, 0, into, 0), /gave no output d/);
  const short = { d: { type: 'float32', dims: [1, 1, 6], data: new Float32Array(6) } };
  assert.throws(() => postprocess.run(short, 0, into, 0), /output d \[1, 1, 6\] has no 12 elements for picture 0/);
});

test.run();

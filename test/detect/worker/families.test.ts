import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadRequest } from '../../../src/detect/detector.js';
import { openSession } from '../../../src/detect/worker/session.js';
import { explain } from '../../../src/foundation/errors.js';
import { toHalf } from '../../../src/foundation/half.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { makeNode } from '../../../src/onnx/graph.js';
import type { Model } from '../../../src/onnx/model.js';
import { float32Tensor } from '../../../src/onnx/tensor.js';
import { type Constant, constantModel } from '../../fixtures/onnx-builder.js';
import { int, smallModel } from '../../onnx/small-model.js';
import { temporaryFolder } from '../../temporary.js';
import { loadRequest } from './onnx-session.js';

const folder = temporaryFolder('families');
/** Of a picture: all black. */
const BLACK = new Uint8Array(64 * 32 * 3);
const SIZE = { width: 64, height: 32 };
const INPUT = { name: 'images', dims: ['n', 3, 32, 64] };

let files = 0;

/** Loads a model as the worker does. Warnings are kept. */
async function open(bytes: Uint8Array, change: Partial<LoadRequest>, warnings: string[] = []) {
  const file = join(folder, `${files++}.onnx`);
  writeFileSync(file, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return openSession(loadRequest({ ...SIZE, ...change, file, sha256 }), (text) => warnings.push(text));
}

type Session = Awaited<ReturnType<typeof open>>;

/** Boxes of the pictures, numbers to two places. */
async function boxesOf(session: Session, ...pictures: readonly Uint8Array[]): Promise<number[][]> {
  const found = await session.detect(pictures.length, Buffer.concat(pictures));
  return Array.from({ length: found }, (_, i) =>
    [...session.rows.subarray(i * 6, i * 6 + 6)].map((value) => Number(value.toFixed(2))),
  );
}

async function detect(change: Partial<LoadRequest>, ...outputs: Constant[]): Promise<number[][]> {
  const session = await open(constantModel(INPUT, outputs), change);
  const boxes = await boxesOf(session, BLACK);
  await session.release();
  return boxes;
}

async function refusal(bytes: Uint8Array, change: Partial<LoadRequest>): Promise<string> {
  const outcome = await open(bytes, change).catch(explain);
  if (typeof outcome === 'string') return outcome;
  await outcome.release();
  throw new Error('the model was loaded');
}

function floats(name: string, dims: number[], rows: readonly (readonly number[])[]): Constant {
  return { name, dims, data: Float32Array.from(rows.flat()) };
}

const transposed = (rows: readonly (readonly number[])[]) => rows[0]!.map((_, i) => rows.map((row) => row[i]!));
const logit = (p: number) => Math.log(p / (1 - p));

/** A bus at (8, 4)-(24, 20) with score 0.75, twice where NMS is left to do, and nothing. */
const BUS = [[8, 4, 24, 20, 0.75, 1]];

for (const [name, dims] of [
  ['[batch, anchors, 5 + classes]', [1, 3, 7]],
  ['three outputs of raw heads beside it', [1, 3, 7]],
] as const) {
  test(`yolov5: ${name}, centres in pixels, objectness times class`, async () => {
    const rows = [
      [16, 12, 16, 16, 1, 0.25, 0.75],
      [17, 12, 16, 16, 0.75, 0.25, 0.75],
      [16, 12, 16, 16, 0.1, 1, 1],
    ];
    const heads = name.startsWith('three')
      ? [80, 40, 20].map((side) => ({
          name: `head${side}`,
          dims: [1, 3, 1, side / 20, 7],
          data: new Float32Array((3 * 7 * side) / 20),
        }))
      : [];
    assert.equal(await detect({ family: 'yolov5' }, floats('output0', [...dims], rows), ...heads), BUS);
  });
}

test('yolov5 with one class has six columns', async () => {
  const row = [16, 12, 16, 16, 0.9, 0.5];
  assert.equal(await detect({ family: 'yolov5', classes: ['car'] }, floats('output0', [1, 1, 6], [row])), [
    [8, 4, 24, 20, 0.45, 0],
  ]);
});

test('yolov5 exported in half precision', async () => {
  const data = Uint16Array.from([16, 12, 16, 16, 1, 0.25, 0.75], toHalf);
  assert.equal(await detect({ family: 'yolov5' }, { name: 'output0', dims: [1, 1, 7], data }), BUS);
});

test('yolov5 in fractions of the input, where its manifest says so', async () => {
  const row = [0.25, 0.375, 0.25, 0.5, 1, 0.25, 0.75];
  const decoding = { coordinates: 'normalised' } as const;
  assert.equal(await detect({ family: 'yolov5', decoding }, floats('output0', [1, 1, 7], [row])), BUS);
});

test('yolov7 end to end: rows with the index of the picture, class before score', async () => {
  const rows = [
    [0, 8, 4, 24, 20, 1, 0.75],
    [1, 0, 0, 30, 30, 0, 0.875],
  ];
  const model = constantModel(INPUT, [floats('output', [2, 7], rows)]);
  const session = await open(model, { family: 'yolov5', batchSizes: [2] });
  assert.equal(await boxesOf(session, BLACK, BLACK), [...BUS, [0, 0, 30, 30, 0.88, 0]]);
  assert.equal([...session.counts], [1, 1]);
  await session.release();
});

test('yolox exported with decoding inside: centres and sizes in pixels', async () => {
  // 64x32 has 32 + 8 + 2 cells
  const rows = Array.from({ length: 42 }, () => [0, 0, 0, 0, 0, 0, 0]);
  rows[7] = [16, 12, 16, 16, 1, 0.25, 0.75];
  const decoding = { coordinates: 'pixels' } as const;
  assert.equal(await detect({ family: 'yolox', decoding }, floats('output', [1, 42, 7], rows)), BUS);
});

const V8 = [
  [16, 12, 16, 16, 0.25, 0.75],
  [17, 12, 16, 16, 0.1, 0.5],
  [40, 12, 16, 16, 0.1, 0.2],
];

test('yolov8 transposed: one row per anchor', async () => {
  assert.equal(await detect({ family: 'yolov8' }, floats('output0', [1, 3, 6], V8)), BUS);
});

test('yolov8 with an axis more than it needs', async () => {
  assert.equal(await detect({ family: 'yolov8' }, floats('output0', [1, 1, 6, 3], transposed(V8))), BUS);
});

test('yolov8 in fractions of the input, and with logits', async () => {
  const rows = V8.map(([cx, cy, w, h, ...scores]) => [cx! / 64, cy! / 32, w! / 64, h! / 32, ...scores.map(logit)]);
  const decoding = { coordinates: 'normalised', scores: 'logit' } as const;
  assert.equal(await detect({ family: 'yolov8', decoding }, floats('output0', [1, 6, 3], transposed(rows))), BUS);
});

test('a yolov8 that segments: its boxes are used, and what is not is told once', async () => {
  const rows = V8.map((row) => [...row, 9, -9, 9, -9]);
  const outputs = [
    floats('output0', [1, 10, 3], transposed(rows)),
    { name: 'output1', dims: [1, 4, 16, 16], data: new Float32Array(1024) },
  ];
  const warnings: string[] = [];
  const session = await open(constantModel(INPUT, outputs), { family: 'yolov8' }, warnings);
  assert.equal(await boxesOf(session, BLACK), BUS);
  assert.equal(warnings, [
    'test: only the boxes are used, not 4 column(s) behind the classes (mask coefficients or keypoints), output output1',
  ]);
  await session.release();
});

test('a yolov8 with keypoints: its boxes are used, where its manifest says how many columns they are', async () => {
  const nothing = Array.from({ length: 9 }, () => Array<number>(12).fill(0));
  const rows = [...V8.map((row) => [...row, 3, 3, 0.5, 9, 9, 0.9]), ...nothing];
  const output = floats('output0', [1, 12, 12], transposed(rows));
  assert.equal(await detect({ family: 'yolov8', decoding: { extra: 6 } }, output), BUS);
  assert.match(
    await refusal(constantModel(INPUT, [output]), { family: 'yolov8' }),
    /these outputs speak of 8 classes, the list has 2/,
  );
});

test('yolov10 with boxes that are still to be suppressed, or in fractions', async () => {
  const rows = [
    [8, 4, 24, 20, 0.75, 1],
    [9, 4, 24, 20, 0.5, 1],
  ];
  const overlapping = { overlapping: true } as const;
  assert.equal(await detect({ family: 'yolov10', decoding: overlapping }, floats('o', [1, 2, 6], rows)), BUS);
  const fractions = [[0.125, 0.125, 0.375, 0.625, 0.75, 1]];
  const decoding = { coordinates: 'normalised' } as const;
  assert.equal(await detect({ family: 'yolov10', decoding }, floats('o', [1, 1, 6], fractions)), BUS);
});

test('finished rows and parts whose scores are logits, where their manifest says so', async () => {
  const decoding = { scores: 'logit' } as const;
  const rows = [[8, 4, 24, 20, logit(0.75), 1]];
  assert.equal(await detect({ family: 'yolov10', decoding }, floats('o', [1, 1, 6], rows)), BUS);
  const parts = [
    floats('boxes', [1, 1, 4], [[8, 4, 24, 20]]),
    floats('scores', [1, 1], [[logit(0.75)]]),
    { name: 'classes', dims: [1, 1], data: BigInt64Array.of(1n) },
  ];
  assert.equal(await detect({ family: 'efficientnms', decoding }, ...parts), BUS);
});

test('yolo-nas: corners in pixels and scores in two outputs, overlapping', async () => {
  const boxes = [
    [8, 4, 24, 20],
    [9, 4, 24, 20],
    [0, 0, 1, 1],
  ];
  const scores = [
    [0.25, 0.75],
    [0.1, 0.5],
    [0, 0],
  ];
  // names say nothing
  const outputs = [floats('graph2_926', [1, 3, 4], boxes), floats('graph2_934', [1, 3, 2], scores)];
  assert.equal(await detect({ family: 'yolo-nas' }, ...outputs), BUS);
});

test('yolo-nas with NMS inside, flat: rows with the index of the picture, score before class', async () => {
  assert.equal(await detect({ family: 'yolo-nas' }, floats('predictions', [1, 7], [[0, 8, 4, 24, 20, 0.75, 1]])), BUS);
});

test('boxes and scores of YOLOv3 and others, each the other way round, boxes from their first corner on, and indices of an NMS that is not needed', async () => {
  const boxes = [
    [4, 8, 20, 24],
    [4, 9, 20, 24],
    [0, 0, 1, 1],
  ];
  const scores = [
    [0.25, 0.75],
    [0.1, 0.5],
    [0, 0],
  ];
  const indices = { name: 'selected', dims: [1, 3], data: BigInt64Array.of(0n, 1n, 0n) };
  const outputs = [floats('boxes', [1, 3, 4], boxes), floats('scores', [1, 2, 3], transposed(scores)), indices];
  assert.equal(await detect({ family: 'yolo-nas', decoding: { boxes: 'yxyx' } }, ...outputs), BUS);
  const upright = [
    [8, 4, 24, 20],
    [9, 4, 24, 20],
    [0, 0, 1, 1],
  ];
  const fromCorner = [
    [8, 4, 16, 16],
    [9, 4, 15, 16],
    [0, 0, 1, 1],
  ];
  const cornered = [floats('boxes', [1, 3, 4], fromCorner), floats('scores', [1, 2, 3], transposed(scores))];
  assert.equal(await detect({ family: 'yolo-nas', decoding: { boxes: 'xywh' } }, ...cornered), BUS);
  const columns = [floats('a', [1, 4, 3], transposed(upright)), floats('b', [1, 2, 3], transposed(scores))];
  assert.equal(await detect({ family: 'yolo-nas' }, ...columns), BUS);
});

test('the best class of every anchor in outputs of their own, classes in bytes: NMS is left to do', async () => {
  const outputs = [
    floats(
      'boxes',
      [1, 2, 4],
      [
        [8, 4, 24, 20],
        [9, 4, 24, 20],
      ],
    ),
    floats('scores', [1, 2], [[0.75, 0.5]]),
    { name: 'class_idx', dims: [1, 2], data: Uint8Array.of(1, 1) },
  ];
  assert.equal(await detect({ family: 'efficientnms', decoding: { overlapping: true } }, ...outputs), BUS);
});

const FRACTIONS = [
  [0.25, 0.375, 0.25, 0.5],
  [0.75, 0.375, 0.25, 0.5],
];

test('a detr whose last class is nothing takes the softmax of all', async () => {
  const logits = [
    [0, Math.log(6), Math.log(1)],
    [0, 0, 9],
  ];
  const outputs = [floats('pred_logits', [1, 2, 3], logits), floats('pred_boxes', [1, 2, 4], FRACTIONS)];
  assert.equal(await detect({ family: 'detr' }, ...outputs), BUS);
});

test('a detr of Ultralytics: boxes in fractions and probabilities in one output', async () => {
  const rows = [
    [0.25, 0.375, 0.25, 0.5, 0.1, 0.75],
    [0.26, 0.375, 0.25, 0.5, 0.1, 0.5],
  ];
  assert.equal(await detect({ family: 'detr' }, floats('output0', [1, 2, 6], rows)), [
    ...BUS,
    [8.64, 4, 24.64, 20, 0.5, 1],
  ]);
});

for (const [what, columns, decoding] of [
  ['as many columns as classes', [logit(0.1), logit(0.75)], {}],
  ['classes that count from 1', [logit(0.9), logit(0.1), logit(0.75)], {}],
  ['a last column without a class', [logit(0.1), logit(0.75), logit(0.9)], { background: 'last' }],
] as const) {
  test(`rf-detr: ${what}`, async () => {
    const outputs = [
      floats('dets', [1, 2, 4], FRACTIONS),
      floats('labels', [1, 2, columns.length], [columns, columns.map(() => -9)]),
    ];
    assert.equal(await detect({ family: 'rf-detr', decoding }, ...outputs), BUS);
  });
}

test('ssd before NMS: background first, corners as fractions', async () => {
  const boxes = [
    [0.125, 0.125, 0.375, 0.625],
    [0.13, 0.125, 0.375, 0.625],
  ];
  const scores = [
    [0.1, 0.15, 0.75],
    [0.3, 0.2, 0.5],
  ];
  assert.equal(
    await detect({ family: 'ssd' }, floats('scores', [1, 2, 3], scores), floats('boxes', [1, 2, 4], boxes)),
    BUS,
  );
});

test('ssd of TensorFlow: y first, fractions, classes from 1, and how many there are', async () => {
  const outputs = [
    floats(
      'detection_boxes',
      [1, 3, 4],
      [
        [0.125, 0.125, 0.625, 0.375],
        [0, 0, 1, 1],
        [0, 0, 1, 1],
      ],
    ),
    floats('detection_classes', [1, 3], [[2, 1, 1]]),
    floats(
      'detection_multiclass_scores',
      [1, 3, 3],
      [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
    ),
    floats('detection_scores', [1, 3], [[0.75, 0.9, 0.9]]),
    floats('num_detections', [1], [[1]]),
    floats('raw_detection_boxes', [1, 9, 4], [Array<number>(36).fill(0)]),
  ];
  assert.equal(await detect({ family: 'ssd' }, ...outputs), BUS);
});

test('a detector of torchvision: as many rows as it found, classes from 1', async () => {
  const outputs = [
    floats('boxes', [1, 4], [[8, 4, 24, 20]]),
    { name: 'labels', dims: [1], data: BigInt64Array.of(2n) },
    floats('scores', [1], [[0.75]]),
  ];
  assert.equal(await detect({ family: 'ssd' }, ...outputs), BUS);
  assert.match(
    await refusal(constantModel(INPUT, outputs), { family: 'ssd', batchSizes: [1, 2] }),
    /gives the boxes of one picture, without saying of which: a batch of 2 cannot be/,
  );
});

for (const [type, numbers] of [
  ['int64', (...values: number[]) => BigInt64Array.from(values, BigInt)],
  ['float32', (...values: number[]) => Float32Array.from(values)],
] as const) {
  test(`efficientnms with ${type} classes: rows beyond their number mean nothing`, async () => {
    const outputs = [
      { name: 'num_dets', dims: [1, 1], data: numbers(1) },
      floats(
        'det_boxes',
        [1, 2, 4],
        [
          [8, 4, 24, 20],
          [1, 1, 30, 30],
        ],
      ),
      floats('det_scores', [1, 2], [[0.75, 0.9]]),
      { name: 'det_classes', dims: [1, 2], data: numbers(1, 0) },
    ];
    assert.equal(await detect({ family: 'efficientnms' }, ...outputs), BUS);
  });
}

test('a detector of mmdeploy has its scores behind its boxes', async () => {
  const outputs = [
    floats(
      'dets',
      [1, 2, 5],
      [
        [8, 4, 24, 20, 0.75],
        [0, 0, 0, 0, 0],
      ],
    ),
    { name: 'labels', dims: [1, 2], data: BigInt64Array.of(1n, 0n) },
  ];
  assert.equal(await detect({ family: 'efficientnms' }, ...outputs), BUS);
});

test('a detector of PaddlePaddle: class and score before the box, and how many there are', async () => {
  const rows = [
    [1, 0.75, 8, 4, 24, 20],
    [-1, 0, 0, 0, 0, 0],
  ];
  const count = { name: 'multiclass_nms3_0.tmp_2', dims: [1], data: BigInt64Array.of(2n) };
  assert.equal(await detect({ family: 'yolov10' }, floats('multiclass_nms3_0.tmp_0', [2, 6], rows), count), BUS);
});

test('an SSD of OpenVINO: [1, 1, rows, 7] with class and score before a box of fractions', async () => {
  const rows = [
    [0, 2, 0.75, 0.125, 0.125, 0.375, 0.625],
    [-1, 0, 0, 0, 0, 0, 0],
  ];
  assert.equal(await detect({ family: 'ssd' }, floats('detection_out', [1, 1, 2, 7], rows)), BUS);
});

test('an EfficientDet of AutoML: the index of the picture, y first, classes from 1', async () => {
  const decoding = { order: 'score-class' } as const;
  const rows = [[0, 4, 8, 20, 24, 0.75, 2]];
  assert.equal(await detect({ family: 'ssd', decoding }, floats('detections', [1, 1, 7], rows)), BUS);
});

/** Rows whose number is larger the brighter the picture: those are kept whose last number lies under its mean. */
function choosingModel(
  rows: readonly (readonly number[])[],
  levels: readonly number[],
  declared: readonly (number | string)[],
): Model {
  const width = rows[0]!.length;
  const batched = declared.length === 3;
  return smallModel({
    inputs: [{ name: 'images', type: 'float32', dims: [1, 3, 32, 64] }],
    outputs: [{ name: 'output', type: 'float32', dims: [...declared] }],
    constants: {
      rows: float32Tensor(batched ? [1, rows.length, width] : [rows.length, width], rows.flat()),
      levels: float32Tensor([levels.length], [...levels]),
    },
    nodes: [
      makeNode('ReduceMean', 'mean', ['images'], ['brightness'], { keepdims: int(0) }),
      makeNode('Less', 'less', ['levels', 'brightness'], ['chosen']),
      makeNode('Compress', 'compress', ['rows', 'chosen'], ['output'], { axis: int(batched ? 1 : 0) }),
    ],
  });
}

for (const [what, before, declared] of [
  ['[rows, 7]', [0], ['rows', 7]],
  ['[batch, rows, 6]', [], [1, 'rows', 6]],
] as const) {
  test(`NMS inside that leaves another number of rows each time, ${what}: none, one, three, none`, async () => {
    const boxes = [
      [8, 4, 24, 20],
      [30, 4, 40, 20],
      [50, 4, 60, 20],
    ];
    const rows = boxes.map((box) => [...before, ...box, ...(before.length === 1 ? [1, 0.75] : [0.75, 1])]);
    const bytes = Buffer.concat(encodeModel(choosingModel(rows, [10, 100, 150], declared)));
    const session = await open(bytes, { family: before.length === 1 ? 'yolov5' : 'yolov10' });
    const counts: number[] = [];
    for (const brightness of [0, 50, 200, 0]) {
      counts.push((await boxesOf(session, new Uint8Array(BLACK.length).fill(brightness))).length);
    }
    assert.equal(counts, [0, 1, 3, 0]);
    assert.equal(await boxesOf(session, new Uint8Array(BLACK.length).fill(50)), BUS);
    await session.release();
  });
}

test('a grey model is refused by what it takes', async () => {
  const model = constantModel({ name: 'images', dims: [1, 1, 32, 64] }, [floats('output0', [1, 6, 3], transposed(V8))]);
  assert.match(await refusal(model, { family: 'yolov8' }), /input images has one channel: it was trained on grey/);
});

for (const [what, family, outputs, reason] of [
  [
    'oriented boxes',
    'yolov8',
    [floats('output0', [1, 7, 2], [Array<number>(14).fill(0)])],
    /these are oriented boxes \(OBB\)/,
  ],
  [
    'raw heads',
    'yolov5',
    [floats('a', [1, 3, 4, 8, 7], [Array<number>(672).fill(0)])],
    /these are raw heads of a YOLO.*--grid/,
  ],
  [
    'rows without a batch',
    'yolov8',
    [floats('a', [6, 30], [Array<number>(180).fill(0)])],
    /these are rows without an axis for the picture/,
  ],
  [
    'the one raw head of a small YOLO',
    'yolov8',
    [floats('a', [1, 40, 1, 2], [Array<number>(80).fill(0)])],
    /these are the raw head of a YOLO, before its anchors are decoded/,
  ],
  [
    'an image',
    'yolov8',
    [floats('a', [1, 19, 8, 16], [Array<number>(2432).fill(0)])],
    /these are an image, as from semantic segmentation/,
  ],
  [
    'a classifier',
    'yolov8',
    [floats('a', [1, 1000], [Array<number>(1000).fill(0)])],
    /these are one score per class and no boxes/,
  ],
] as const) {
  test(`${what} are refused by name`, async () => {
    const model = constantModel(INPUT, outputs as unknown as Constant[]);
    assert.match(await refusal(model, { family }), reason);
  });
}

test('a decoding that the columns contradict is refused', async () => {
  const model = constantModel(INPUT, [floats('output0', [1, 6, 3], transposed(V8))]);
  assert.match(
    await refusal(model, { family: 'yolov8', decoding: { objectness: true } }),
    /decoding \{"objectness":true\} does not fit output0 \[1, 6, 3\] of a yolov8 model/,
  );
});

test('scores that are none are refused at load, by what they are', async () => {
  const percent = V8.map(([cx, cy, w, h, ...scores]) => [cx!, cy!, w!, h!, ...scores.map((score) => score * 100)]);
  const model = constantModel(INPUT, [floats('output0', [1, 6, 3], transposed(percent))]);
  assert.match(await refusal(model, { family: 'yolov8' }), /the model gives a score of 75, expected 0 to 1/);
});

test.run();

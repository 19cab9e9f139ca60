import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReadingFacts } from '../../../src/detect/readings/reading.js';
import { agreeing, ignoredBy, readingsFor, withTold } from '../../../src/detect/readings/readings.js';
import type { OutputShape } from '../../../src/detect/worker/decoders/decoder.js';

type Shape = readonly [name: string, dims: readonly number[], type?: string];

function outputsOf(shapes: readonly Shape[]): OutputShape[] {
  return shapes.map(([name, dims, type]) => (type === undefined ? { name, dims } : { name, dims, type }));
}

const at640 = (facts: Partial<ReadingFacts> = {}): ReadingFacts => ({
  classes: null,
  width: 640,
  height: 640,
  ...facts,
});

/** The likeliest reading in a few words. */
function likeliest(shapes: readonly Shape[], facts: Partial<ReadingFacts> = {}): string {
  const [reading] = readingsFor(outputsOf(shapes), at640(facts));
  if (!reading) return 'none';
  const { family, classes, decoding } = reading;
  const words = [family, classes ?? '?', decoding.boxes, decoding.coordinates, decoding.scores];
  if (decoding.background !== 'none') words.push(`background ${decoding.background}`);
  if (decoding.order !== 'score-class') words.push(decoding.order);
  if (decoding.extra > 0) words.push(`${decoding.extra} extra`);
  if (decoding.overlapping) words.push('overlapping');
  return words.join(' ');
}

const EXPORTS: Readonly<Record<string, readonly [shapes: readonly Shape[], expected: string]>> = {
  'YOLOv8 to 12': [[['output0', [1, 84, 8400]]], 'yolov8 80 cxcywh pixels probability overlapping'],
  'a YOLOv8 that was transposed': [[['output0', [1, 8400, 84]]], 'yolov8 80 cxcywh pixels probability overlapping'],
  'a YOLOv8 with an axis more': [[['output0', [1, 1, 84, 8400]]], 'yolov8 80 cxcywh pixels probability overlapping'],
  'YOLOv5 and v7': [[['output', [1, 25200, 85]]], 'yolov5 80 cxcywh pixels probability overlapping'],
  'YOLOv5 of one class': [[['output0', [1, 25200, 6]]], 'yolov5 1 cxcywh pixels probability overlapping'],
  'YOLOv5 with its raw heads beside': [
    [
      ['output', [1, 25200, 85]],
      ['350', [1, 3, 80, 80, 85]],
      ['416', [1, 3, 40, 40, 85]],
      ['482', [1, 3, 20, 20, 85]],
    ],
    'yolov5 80 cxcywh pixels probability overlapping',
  ],
  YOLOX: [[['output', [1, 8400, 85]]], 'yolox 80 cxcywh grid probability overlapping'],
  'YOLOv10 and YOLO26': [[['output0', [1, 300, 6]]], 'yolov10 ? xyxy pixels probability'],
  'YOLOv7 end to end': [[['output', [3, 7]]], 'yolov5 ? xyxy pixels probability class-score'],
  'an Ultralytics RT-DETR': [[['output0', [1, 300, 84]]], 'detr 80 cxcywh normalised probability'],
  'an Ultralytics export whose NMS was lost': [
    [['output0', [1, 8400, 6]]],
    'yolox 1 cxcywh grid probability overlapping',
  ],
  'EfficientNMS of TensorRT': [
    [
      ['num_dets', [1, 1], 'int32'],
      ['det_boxes', [1, 100, 4]],
      ['det_scores', [1, 100]],
      ['det_classes', [1, 100], 'int32'],
    ],
    'efficientnms ? xyxy pixels probability',
  ],
  'YOLO-NAS': [
    [
      ['graph2_926', [1, 8400, 4]],
      ['graph2_934', [1, 8400, 80]],
    ],
    'yolo-nas 80 xyxy pixels probability overlapping',
  ],
  'YOLOv3 of the ONNX zoo': [
    [
      ['yolonms_layer_1/ExpandDims_1:0', [1, 10647, 4]],
      ['yolonms_layer_1/ExpandDims_3:0', [1, 80, 10647]],
      ['yolonms_layer_1/concat_2:0', [5, 3], 'int32'],
    ],
    'yolo-nas 80 xyxy pixels probability overlapping',
  ],
  'YOLOv4, whose boxes have an axis more': [
    [
      ['boxes', [1, 10647, 1, 4]],
      ['confs', [1, 10647, 80]],
    ],
    'yolo-nas 80 xyxy pixels probability overlapping',
  ],
  "a YOLO of Qualcomm's": [
    [
      ['boxes', [1, 8400, 4]],
      ['scores', [1, 8400]],
      ['class_idx', [1, 8400], 'uint8'],
    ],
    'efficientnms ? xyxy pixels probability overlapping',
  ],
  'RT-DETR of transformers': [
    [
      ['logits', [1, 300, 80]],
      ['pred_boxes', [1, 300, 4]],
    ],
    'detr 80 cxcywh normalised logit',
  ],
  'D-FINE, DEIM and RT-DETR with their postprocessor': [
    [
      ['labels', [1, 300], 'int64'],
      ['boxes', [1, 300, 4]],
      ['scores', [1, 300]],
    ],
    'detr ? xyxy pixels probability',
  ],
  'RF-DETR': [
    [
      ['dets', [1, 300, 4]],
      ['labels', [1, 300, 91]],
    ],
    'rf-detr 91 cxcywh normalised logit',
  ],
  'an SSD of TensorFlow': [
    [
      ['detection_anchor_indices', [1, 100]],
      ['detection_boxes', [1, 100, 4]],
      ['detection_classes', [1, 100]],
      ['detection_multiclass_scores', [1, 100, 91]],
      ['detection_scores', [1, 100]],
      ['num_detections', [1]],
      ['raw_detection_boxes', [1, 1917, 4]],
      ['raw_detection_scores', [1, 1917, 91]],
    ],
    'ssd ? yxyx normalised probability background first',
  ],
  'a detector of torchvision': [
    [
      ['boxes', [5, 4]],
      ['labels', [5], 'int64'],
      ['scores', [5]],
    ],
    'ssd ? xyxy pixels probability background first',
  ],
  'a detector of mmdeploy': [
    [
      ['dets', [1, 100, 5]],
      ['labels', [1, 100], 'int64'],
    ],
    'efficientnms ? xyxy pixels probability',
  ],
  'a transformer that gives its last hidden state besides': [
    [
      ['last_hidden_state', [1, 300, 256]],
      ['logits', [1, 300, 80]],
      ['pred_boxes', [1, 300, 4]],
    ],
    'detr 80 cxcywh normalised logit',
  ],
  PaddlePaddle: [
    [
      ['multiclass_nms3_0.tmp_0', [12, 6]],
      ['multiclass_nms3_0.tmp_2', [1], 'int32'],
    ],
    'yolov10 ? xyxy pixels probability class-score-box',
  ],
  'an SSD of OpenVINO': [
    [['detection_out', [1, 1, 200, 7]]],
    'ssd ? xyxy normalised probability background first class-score-box',
  ],
  'a YOLOv8 that segments': [
    [
      ['output0', [1, 116, 8400]],
      ['output1', [1, 32, 160, 160]],
    ],
    'yolov8 80 cxcywh pixels probability 32 extra overlapping',
  ],
  'a PP-YOLOE that found one vehicle, its number beside': [
    [
      ['multiclass_nms3_0.tmp_0', [1, 6]],
      ['multiclass_nms3_0.tmp_2', [1], 'int32'],
    ],
    'yolov10 ? xyxy pixels probability class-score-box',
  ],
  'YOLOv8 and v9 with their raw heads beside': [
    [
      ['output0', [1, 84, 8400]],
      ['1825', [1, 144, 80, 80]],
      ['1838', [1, 144, 40, 40]],
      ['1851', [1, 144, 20, 20]],
    ],
    'yolov8 80 cxcywh pixels probability overlapping',
  ],
  'a YOLOv8 with features beside, fewer than columns': [
    [
      ['output0', [1, 84, 8400]],
      ['features', [1, 64, 20, 20]],
    ],
    'yolov8 80 cxcywh pixels probability overlapping',
  ],
  'a YOLOv8 that segments, with its raw heads beside': [
    [
      ['output0', [1, 116, 8400]],
      ['1825', [1, 144, 80, 80]],
      ['1838', [1, 144, 40, 40]],
      ['1851', [1, 144, 20, 20]],
      ['coefficients', [1, 32, 8400]],
      ['prototypes', [1, 32, 160, 160]],
    ],
    'yolov8 80 cxcywh pixels probability 32 extra overlapping',
  ],
  'a YOLO26 that segments': [
    [
      ['output0', [1, 300, 38]],
      ['output1', [1, 32, 160, 160]],
    ],
    'yolov10 ? xyxy pixels probability 32 extra',
  ],
};

for (const [name, [shapes, expected]] of Object.entries(EXPORTS)) {
  test(`the outputs of ${name} are most likely: ${expected}`, () => {
    assert.is(likeliest(shapes), expected);
  });
}

test('how many classes there are decides between forms of the same shape', () => {
  const six: Shape[] = [['output0', [1, 8400, 6]]];
  const families = (classes: number) => [
    ...new Set(readingsFor(outputsOf(six), at640({ classes })).map(({ family }) => family)),
  ];
  assert.equal(families(1), ['yolox', 'yolov10', 'yolov5']);
  assert.equal(families(2), ['yolov8', 'roadside', 'yolov10']);
  assert.equal(families(80), ['yolov10']);
});

test('a background is a score more than there are classes', () => {
  const softmax: Shape[] = [
    ['pred_logits', [1, 100, 92]],
    ['pred_boxes', [1, 100, 4]],
  ];
  assert.is(likeliest(softmax, { classes: 91 }), 'detr 91 cxcywh normalised softmax background last');
  const ssd: Shape[] = [
    ['scores', [1, 3000, 21]],
    ['boxes', [1, 3000, 4]],
  ];
  assert.is(likeliest(ssd, { classes: 20 }), 'ssd 20 xyxy normalised probability background first overlapping');
});

test('keypoints are told by the task that the file names', () => {
  const pose: Shape[] = [['output0', [1, 56, 8400]]];
  assert.is(likeliest(pose, { task: 'pose' }), 'yolov8 1 cxcywh pixels probability 51 extra overlapping');
  assert.is(likeliest(pose, { classes: 1 }), 'none');
});

test('an oriented box is no class and no box', () => {
  assert.is(likeliest([['output0', [1, 20, 8400]]], { classes: 15 }), 'none');
  assert.is(likeliest([['output0', [1, 20, 8400]]], { task: 'obb' }), 'none');
  assert.is(likeliest([['output0', [1, 300, 7]]], { task: 'obb' }), 'none');
});

test('a decoding told in part chooses among the readings of a family, or says how its columns are meant', () => {
  const outputs = outputsOf([['output', [1, 8400, 85]]]);
  const yolox = readingsFor(outputs, at640({ classes: 80 })).filter(({ family }) => family === 'yolox');
  assert.is(agreeing(yolox, { coordinates: 'pixels' })[0]!.decoding.coordinates, 'pixels');
  assert.is(agreeing(yolox, {})[0]!.decoding.coordinates, 'grid');
  assert.equal(agreeing(yolox, { objectness: false }), []);
  const told = { coordinates: 'normalised', scores: 'logit' } as const;
  assert.equal(withTold(agreeing(yolox, told)[0]!, told), {
    boxes: 'cxcywh',
    coordinates: 'normalised',
    scores: 'logit',
    objectness: true,
    background: 'none',
    order: 'score-class',
    extra: 0,
    overlapping: true,
  });
});

test('classes that count from 1 cost a column where each has one, and none where rows tell their number', () => {
  const rows = readingsFor(outputsOf([['output0', [1, 300, 6]]]), at640({ classes: 2 }));
  const finished = rows.filter(({ family }) => family === 'yolov10');
  assert.is(agreeing(finished, { background: 'first' }).length, finished.length);
  const dense = rows.filter(({ family }) => family === 'yolov8');
  assert.equal(agreeing(dense, { background: 'first' }), []);
});

test('a softmax needs the scores of all classes in an output of their own', () => {
  const dense = readingsFor(outputsOf([['output0', [1, 84, 8400]]]), at640({ classes: 80 }));
  assert.equal(agreeing(dense, { scores: 'softmax' }), []);
  const pair = outputsOf([
    ['boxes', [1, 300, 4]],
    ['scores', [1, 300, 80]],
  ]);
  const detr = readingsFor(pair, at640({ classes: 80 })).filter(({ family }) => family === 'detr');
  assert.ok(agreeing(detr, { scores: 'softmax' }).length > 0);
});

test('a grid has as many cells as there are rows', () => {
  const rows = readingsFor(outputsOf([['output', [1, 8400, 85]]]), at640({ classes: 80 }));
  assert.equal(
    agreeing(
      rows.filter(({ family }) => family === 'yolov5'),
      { coordinates: 'grid' },
    ),
    [],
  );
});

test('what a model gives beside its boxes is named', () => {
  const outputs = outputsOf([
    ['output0', [1, 116, 8400]],
    ['output1', [1, 32, 160, 160]],
  ]);
  assert.is(
    ignoredBy(readingsFor(outputs, at640())[0]!, outputs),
    'only the boxes are used, not 32 column(s) behind the classes (mask coefficients or keypoints), output output1',
  );
  const plain = outputsOf([
    ['output0', [1, 84, 8400]],
    ['count', [1, 1], 'int32'],
  ]);
  assert.is(ignoredBy(readingsFor(plain, at640())[0]!, plain), null);
});

test.run();

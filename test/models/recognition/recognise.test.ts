import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Decoding } from '../../../src/detect/decoding.js';
import type { Family } from '../../../src/detect/detector.js';
import type { ProbeOutput } from '../../../src/detect/probe-messages.js';
import { inputText } from '../../../src/models/recognition/input-guesses.js';
import type { ProbeScene } from '../../../src/models/recognition/probe-scenes.js';
import { recognise } from '../../../src/models/recognition/recognise.js';
import type { RunModel } from '../../../src/models/recognition/trials.js';
import type { UnknownModel } from '../../../src/models/recognition/unknown-model.js';
import { usualInput } from '../../../src/models/usual-input.js';
import {
  CELLS,
  type Corners,
  centred,
  denseRowsOf,
  type Expects,
  fractions,
  list,
  logit,
  output,
  redCarScenes,
  SIDE,
  seeCars,
} from './red-car-model.js';

/** Outputs of a model, made of the cars that it sees. */
type Export = (cars: readonly Corners[]) => readonly ProbeOutput[];

const SCENES = redCarScenes();
const NAMES = ['bus', 'car', 'person'];
const RGB01: Expects = { colour: 'rgb', white: 1 };

function find(form: Export, change: Partial<UnknownModel> = {}, expects: Expects = RGB01) {
  const model: UnknownModel = {
    file: 'm.onnx',
    hints: {},
    names: { list: NAMES, from: 'the file' },
    task: null,
    size: { width: SIDE, height: SIDE, layout: 'nchw', type: 'float32' },
    force: false,
    ...change,
  };
  return recognise(model, SCENES, async (input, picture) => form(seeCars(picture, input, expects)), usualInput);
}

async function refusal(...args: Parameters<typeof find>): Promise<string> {
  return find(...args).then(
    ({ trial }) => `accepted as ${trial.named.reading.family}`,
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

const dense = (cars: readonly Corners[], rows = CELLS) => denseRowsOf(cars, rows, NAMES.length, 1);
const oneEach = (cars: readonly Corners[], rows: number) =>
  Array.from({ length: rows }, (_, index) => ({
    box: cars[index] ?? ([0, 0, 0, 0] as const),
    score: cars[index] ? 0.9 : 0,
  }));

const forms = suite('forms of exports');

const KNOWN: readonly (readonly [string, Export, Family, Partial<Decoding>])[] = [
  [
    'YOLOv8',
    (cars) => [
      output(
        'o',
        dense(cars).map(({ box, scores }) => [...centred(box), ...scores]),
        true,
      ),
    ],
    'yolov8',
    { boxes: 'cxcywh', coordinates: 'pixels' },
  ],
  [
    'a transposed YOLOv8',
    (cars) => [
      output(
        'o',
        dense(cars).map(({ box, scores }) => [...centred(box), ...scores]),
      ),
    ],
    'yolov8',
    { boxes: 'cxcywh', coordinates: 'pixels' },
  ],
  [
    'a YOLOv8 with boxes in 0..1',
    (cars) => [
      output(
        'o',
        dense(cars).map(({ box, scores }) => [...fractions(centred(box)), ...scores]),
        true,
      ),
    ],
    'yolov8',
    { boxes: 'cxcywh', coordinates: 'normalised' },
  ],
  [
    'YOLOv5',
    (cars) => [
      output(
        'o',
        dense(cars, 3 * CELLS).map(({ box, scores }) => [
          ...centred(box),
          Math.max(...scores),
          ...scores.map((s) => s / Math.max(...scores)),
        ]),
      ),
    ],
    'yolov5',
    { boxes: 'cxcywh', objectness: true },
  ],
  [
    'a YOLOX with decoding inside',
    (cars) => [
      output(
        'o',
        dense(cars).map(({ box, scores }) => [
          ...centred(box),
          Math.max(...scores),
          ...scores.map((s) => s / Math.max(...scores)),
        ]),
      ),
    ],
    'yolox',
    { boxes: 'cxcywh', coordinates: 'pixels', objectness: true },
  ],
  [
    'YOLO-NAS',
    (cars) => [
      output(
        'a',
        dense(cars).map(({ box }) => [...box]),
      ),
      output(
        'b',
        dense(cars).map(({ scores }) => scores),
      ),
    ],
    'yolo-nas',
    { boxes: 'xyxy', coordinates: 'pixels' },
  ],
  [
    'finished rows',
    (cars) => [
      output(
        'o',
        oneEach(cars, 20).map(({ box, score }) => [...box, score, 1]),
      ),
    ],
    'yolov10',
    { coordinates: 'pixels', overlapping: false },
  ],
  [
    'rows of which NMS was not done',
    (cars) => [
      output(
        'o',
        dense(cars).map(({ box, scores }) => [...box, Math.max(...scores), 1]),
      ),
    ],
    'yolov10',
    { coordinates: 'pixels', overlapping: true },
  ],
  [
    'a DETR with logits',
    (cars) => [
      output(
        'boxes',
        oneEach(cars, 20).map(({ box }) => fractions(centred(box))),
      ),
      output(
        'logits',
        oneEach(cars, 20).map(({ score }) => [-6, score > 0 ? logit(score) : -5, -6]),
      ),
    ],
    'detr',
    { boxes: 'cxcywh', coordinates: 'normalised', scores: 'logit' },
  ],
  [
    'a DETR with a softmax over its classes and nothing',
    (cars) => [
      output(
        'boxes',
        oneEach(cars, 50).map(({ box }) => fractions(centred(box))),
      ),
      output(
        'logits',
        oneEach(cars, 50).map(({ score }) => [-2, score > 0 ? 6 : -2, -2, score > 0 ? 1 : 7]),
      ),
    ],
    'detr',
    { boxes: 'cxcywh', scores: 'softmax', background: 'last' },
  ],
  [
    'a DETR with a softmax whose numbers a sigmoid would make scores of as well',
    (cars) => [
      output(
        'boxes',
        oneEach(cars, 50).map(({ box }) => fractions(centred(box))),
      ),
      output(
        'logits',
        oneEach(cars, 50).map(({ score }) => [-6, score > 0 ? 3 : -6, -6, score > 0 ? 0 : 3]),
      ),
    ],
    'detr',
    { boxes: 'cxcywh', scores: 'softmax', background: 'last' },
  ],
  [
    'an RF-DETR whose last column is of no class',
    (cars) => [
      output(
        'dets',
        oneEach(cars, 50).map(({ box }) => fractions(centred(box))),
      ),
      output(
        'labels',
        oneEach(cars, 50).map(({ score }) => [-6, score > 0 ? 3 : -6, -6, -8]),
      ),
    ],
    'rf-detr',
    { boxes: 'cxcywh', scores: 'logit', background: 'last' },
  ],
  [
    'an SSD whose first class is the background',
    (cars) => [
      output(
        'boxes',
        dense(cars, 2000).map(({ box }) => fractions(box)),
      ),
      output(
        'scores',
        dense(cars, 2000).map(({ scores }) => [1 - Math.max(...scores), ...scores]),
      ),
    ],
    'ssd',
    { boxes: 'xyxy', coordinates: 'normalised', background: 'first' },
  ],
  [
    'EfficientNMS',
    (cars) => [
      { ...list('num_dets', [cars.length], 'int64'), dims: [1, 1] },
      output(
        'det_boxes',
        oneEach(cars, 10).map(({ box }) => [...box]),
      ),
      list(
        'det_scores',
        oneEach(cars, 10).map(({ score }) => score),
      ),
      list(
        'det_classes',
        oneEach(cars, 10).map(() => 1),
        'int64',
      ),
    ],
    'efficientnms',
    { coordinates: 'pixels' },
  ],
];
for (const [what, form, family, decoding] of KNOWN) {
  forms(`${what} is read right`, async () => {
    const { trial } = await find(form, {}, family === 'yolox' ? { colour: 'bgr', white: 255 } : RGB01);
    const { reading } = trial.named;
    assert.is(reading.family, family);
    assert.equal({ ...reading.decoding, ...decoding }, reading.decoding);
    assert.is(trial.judgement.hits, 6);
  });
}

forms('a form that nobody is known to use is read too, where it shows the cars', async () => {
  const classFirst: Export = (cars) => [
    output(
      'o',
      dense(cars).map(({ box, scores }) => [...box, 1, Math.max(...scores)]),
    ),
  ];
  const rows = await find(classFirst);
  assert.is(rows.decoding?.order, 'class-score');
  assert.is(rows.decoding?.overlapping, true);
  const corners: Export = (cars) => [
    output(
      'o',
      dense(cars).map(({ box, scores }) => [...fractions(box), ...scores.map(logit)]),
      true,
    ),
  ];
  const { decoding } = await find(corners);
  assert.equal([decoding?.boxes, decoding?.coordinates, decoding?.scores], ['xyxy', 'normalised', 'logit']);
});

forms('boxes where no cars are bring up a reading that nobody is known to need, or are told', async () => {
  const busy = (cars: readonly Corners[]) => dense([...cars, [1, 1, 13, 5], [40, 1, 60, 5]]);
  const fromCorner: Export = (cars) => [
    output(
      'o',
      busy(cars).map(({ box: [x1, y1, x2, y2], scores }) => [x1, y1, x2 - x1, y2 - y1, ...scores]),
      true,
    ),
  ];
  const { decoding } = await find(fromCorner);
  assert.equal([decoding?.boxes, decoding?.coordinates, decoding?.overlapping], ['xywh', 'pixels', true]);
  const shifted: Export = (cars) => [
    output(
      'o',
      busy(cars).map(({ box: [x1, y1, x2, y2], scores }) => [x1, y1, (x2 - x1) / 3, (y2 - y1) / 3, ...scores]),
      true,
    ),
  ];
  const { remarks } = await find(shifted);
  assert.is(
    remarks[0],
    'on the drawn road it finds 12 boxes, of which 0 lie on a car or truck (6 are there): either it finds other things, or its boxes are read wrongly; the picture with its boxes shows which',
  );
});

forms('what the name of the family says alone is told by nothing else', async () => {
  assert.is((await find(KNOWN[0]![1])).decoding, undefined);
  assert.is((await find(KNOWN[2]![1])).decoding?.coordinates, 'normalised');
});
forms.run();

const inputs = suite('inputs');
const YOLOV8 = KNOWN[0]![1];

inputs('the input is filled as most is seen, and it is said where that is not usual', async () => {
  const { trial, remarks } = await find(YOLOV8, {}, { colour: 'rgb', white: 255 });
  assert.is(inputText(trial.values), 'RGB 0..255');
  assert.equal(remarks, ['its input is taken to be RGB 0..255, with which it finds more than with RGB 0..1']);
});

inputs('red and blue are exchanged where that shows more', async () => {
  const { trial } = await find(YOLOV8, {}, { colour: 'bgr', white: 1 });
  assert.is(inputText(trial.values), 'BGR 0..1');
});

inputs('what is said of the input is kept', async () => {
  const { trial, remarks } = await find(YOLOV8, { hints: { scale: 1 / 255, colour: 'bgr' } });
  assert.is(inputText(trial.values), 'BGR 0..1');
  assert.match(remarks.join(), /the very same numbers for all 5 pictures/);
});
/** A DETR that is content with any input, and surest with the one that it was trained on. */
const easygoing: RunModel = async (input, picture) => {
  const cars = seeCars(picture, { ...input, colour: 'rgb', scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] }, RGB01);
  const score = input.mean[0] === 0.485 ? 0.9 : 0.4;
  return [
    output(
      'boxes',
      oneEach(cars, 20).map(({ box }) => fractions(centred(box))),
    ),
    output(
      'logits',
      oneEach(cars, 20).map((one) => [-6, one.score > 0 ? logit(score) : -6, -6]),
    ),
  ];
};

inputs("a person's own pictures decide how the input is filled where the drawn road leaves it open", async () => {
  const size = { width: SIDE, height: SIDE, layout: 'nchw', type: 'float32' } as const;
  const names = { list: NAMES, from: 'the file' } as const;
  const model: UnknownModel = { file: 'm.onnx', hints: {}, names, task: null, size, force: false };
  const drawn = await recognise(model, SCENES, easygoing, usualInput);
  assert.is(inputText(drawn.trial.values), 'RGB 0..1');
  assert.equal(drawn.remarks, [
    "on the drawn road it finds more with RGB with ImageNet's mean and deviation in place of RGB 0..1, which alone proves nothing: with --frames, pictures of your own tell which one is right",
  ]);
  const frames = SCENES.slice(0, 2).map(({ id, ...scene }): ProbeScene => {
    return { ...scene, id: `${id}.jpg`, kind: 'frame', vehicles: null };
  });
  const shown = await recognise(model, [...SCENES, ...frames], easygoing, usualInput);
  assert.is(inputText(shown.trial.values), "RGB with ImageNet's mean and deviation");
});
inputs('boxes that a model finds with other numbers alone prove nothing where it knows no vehicle', async () => {
  const names = { list: ['person', 'dog', 'cat'], from: 'the file' } as const;
  const size = { width: SIDE, height: SIDE, layout: 'nchw', type: 'float32' } as const;
  const model: UnknownModel = { file: 'm.onnx', hints: {}, names, task: null, size, force: false };
  const seeing: RunModel = async (input, picture) => {
    const isUsual = input.scale === 1 / 255 && input.mean[0] === 0;
    const score = isUsual ? 0.3 : 0.9;
    const ghosts = [4, 24, 44].map((x): Corners => [x, 1 + (picture[0]! % 3), x + 6, 8]);
    return [
      output(
        'o',
        oneEach(ghosts, CELLS).map((one) => [...centred(one.box), one.score > 0 ? score : 0.01, 0.002, 0.002]),
        true,
      ),
    ];
  };
  const frames = SCENES.slice(0, 3).map(({ id, ...scene }): ProbeScene => {
    return { ...scene, id: `${id}.jpg`, kind: 'frame', vehicles: null };
  });
  const { trial } = await recognise(model, [...SCENES, ...frames], seeing, usualInput);
  assert.is(inputText(trial.values), 'RGB 0..1');
});
inputs.run();

const refused = suite('what is refused, and what is said of it');

refused('a family that the numbers contradict is, with the one that they fit', async () => {
  assert.is(
    await refusal(KNOWN[5]![1], { family: 'detr' }),
    `ModelError: as family detr its numbers make no sense (its outputs are a [1, 84, 4], b [1, 84, 3]):
  detr (boxes by centre and size as fractions, logits, each vehicle once; input RGB 0..1): 100 of the 100 strongest boxes lie far outside the picture
  detr (boxes by centre and size as fractions, scores of 0..1, each vehicle once; input RGB 0..1): 18 of the 18 strongest boxes lie far outside the picture
Its numbers fit family yolo-nas (boxes by corners in pixels, scores of 0..1, NMS still to be done), which finds 6 of 6 drawn vehicles: models add m.onnx`,
  );
});

refused('an RF-DETR without names may have a class less than columns', async () => {
  const [, form] = KNOWN.find(([what]) => what === 'an RF-DETR whose last column is of no class')!;
  assert.match(
    await refusal(form, { names: null, family: 'rf-detr' }),
    /of family rf-detr with 4 classes \(or 3, and a column of none\), of which neither the file nor --classes says/,
  );
});

refused('numbered classes that nobody names are not taken for those of COCO where cars would be persons', async () => {
  const custom: Export = (cars) => [
    output(
      'o',
      oneEach(cars, 20).map(({ box, score }) => [...box, score, 0]),
    ),
  ];
  assert.is(
    await refusal(custom, { names: null }),
    "ModelError: it is of family yolov10 and only numbers its classes; neither the file nor --classes says their names, and COCO's are not its own: it found 6 of 6 drawn vehicles, 6 as NAME0 (in COCO's list person). Name them in the model's order: models add m.onnx --classes NAME0,NAME1,…",
  );
  assert.is((await find(custom, { names: null, force: true })).namesFrom, 'COCO');
});

refused('an angle is not taken for a class', async () => {
  const obb: Export = (cars) => [
    output(
      'o',
      dense(cars).map(({ box, scores }, index) => [...centred(box), ...scores, 0.7 + (index % 3) / 10]),
      true,
    ),
  ];
  assert.match(
    await refusal(obb, { names: null }),
    /no class; likely it is the angle of an oriented-box \(OBB\) model/,
  );
  assert.match(await refusal(obb), /oriented boxes \(OBB\), whose last number is an angle/);
});

refused('a model that never gives a score is, unless it is wanted all the same', async () => {
  const silent: Export = () => [
    output(
      'o',
      dense([]).map(({ box }) => [...centred(box), 0, 0, 0]),
      true,
    ),
  ];
  assert.match(
    await refusal(silent),
    /it never gives a score above 0, whatever is shown to it \(5 pictures, read as yolov8\)/,
  );
  const { remarks, trial } = await find(silent, { force: true });
  assert.is(trial.named.reading.family, 'yolov8');
  assert.is(remarks[0], 'it never gives a score above 0: as it is, it will never report anything');
});

refused('a model without names is, with the command that will do', async () => {
  assert.is(
    await refusal(YOLOV8, { names: null }),
    "ModelError: it is of family yolov8 with 3 classes, of which neither the file nor --classes says the names. It found 6 of 6 drawn vehicles, 6 as class 1. Name them in the model's order: models add m.onnx --classes NAME0,NAME1,NAME2",
  );
});

refused('another number of names than of classes is', async () => {
  assert.match(
    await refusal(YOLOV8, { names: { list: ['car'], from: 'you' } }),
    /which speak of 3 classes \(yolov8\); --classes names 1: models add m\.onnx --classes NAME0,NAME1,NAME2/,
  );
});

refused('numbers that mean nothing are told, reading by reading', async () => {
  const junk: Export = () => [
    output(
      'o',
      Array.from({ length: CELLS }, (_, i) => [i, i, -i, -i, 5, 6, 7]),
      true,
    ),
  ];
  const text = await refusal(junk);
  assert.match(text, /no way to read them fits its numbers:\n {2}yolov8 \(boxes by centre and size in pixels/);
  assert.match(text, /a score of 7, expected 0 to 1, in the picture "road 1"/);
});
refused.run();

const told = suite('what is told of a model that is accepted');

told('one that gives the same for every picture is a test model or broken', async () => {
  const constant = YOLOV8([[10, 10, 40, 30]]);
  const { remarks, trial } = await find(() => constant);
  assert.is(inputText(trial.values), 'RGB 0..1');
  assert.is(
    remarks[0],
    'it gives the very same numbers for all 5 pictures, noise and plain grey among them: a test model, or a broken export',
  );
});

told('cars under names of other things are', async () => {
  const { remarks } = await find(YOLOV8, { names: { list: ['car', 'bird', 'person'], from: 'you' } });
  assert.equal(remarks, [
    'of 6 cars and trucks that it found it calls 6 "bird": are the class names right, and in the model\'s order?',
  ]);
});
told('a model that knows no vehicles is said to report none', async () => {
  const unsure: RunModel = async (_, picture) => [
    output(
      'o',
      dense([]).map(({ box }, row) => [...centred(box), 0.002, 0.002, row === 0 ? 0.06 - picture[0]! / 1e5 : 0.002]),
      true,
    ),
  ];
  const size = { width: SIDE, height: SIDE, layout: 'nchw', type: 'float32' } as const;
  const names = { list: ['person', 'dog', 'cat'], from: 'the file' } as const;
  const model: UnknownModel = { file: 'm.onnx', hints: {}, names, task: null, size, force: false };
  const { remarks } = await recognise(model, SCENES, unsure, usualInput);
  assert.is(
    remarks[0],
    'it found none of the 6 cars and trucks that were drawn for it (its highest score was 0.060, and what is under 0.25 is not shown: if it is never surer than that, model.scoreThreshold must be lower), and none of its classes is called like one (person, dog, cat): as it is, it reports no cars, trucks or buses',
  );
});
told('guessed names with which cars are something else are', async () => {
  const numbered: Export = (cars) => [
    output(
      'o',
      oneEach(cars, 20).map(({ box, score }) => [...box, score, 5]),
    ),
  ];
  const { remarks } = await find(numbered, { names: null });
  assert.equal(remarks, [
    'its classes are taken to be COCO\'s, because it only numbers them: with these names it calls 6 "bus" of 6 drawn vehicles, most of which are cars; if it knows classes of your own, name them with --classes',
  ]);
});
told.run();

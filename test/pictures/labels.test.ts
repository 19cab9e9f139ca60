import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { classNamed } from '../../src/frame/same-class.js';
import { classesByName, modelClasses, notesOnForeign } from '../../src/pictures/class-map.js';
import { parseCocoLabels } from '../../src/pictures/coco-labels.js';
import { parseYoloLabels } from '../../src/pictures/yolo-labels.js';

const CLASSES = ['car', 'truck', 'motorcycle'];
const SIZE = { width: 200, height: 100 };

const yolo = (text: string, classes = modelClasses(CLASSES)) => parseYoloLabels(text, 'a.txt', SIZE, classes);

test('YOLO labels become boxes in pixels', () => {
  assert.equal(yolo('1 0.5 0.5 0.25 0.5\n\n0 0.1 0.1 0.2 0.2\r\n'), [
    { classIndex: 1, x1: 75, y1: 25, x2: 125, y2: 75 },
    { classIndex: 0, x1: 0, y1: 0, x2: 40, y2: 20 },
  ]);
});

test('an empty YOLO file says that there is nothing in the picture', () => {
  assert.equal(yolo(''), []);
});

test('a polygon of YOLO becomes the box around it', () => {
  assert.equal(yolo('0 0.1 0.2 0.5 0.2 0.3 0.6'), [{ classIndex: 0, x1: 20, y1: 20, x2: 100, y2: 60 }]);
});

for (const [line, problem] of [
  ['0 0.5 0.5 0.2', /a\.txt, line 2: expected class cx cy width height, got 4 numbers/],
  ['0 0.5 x 0.2 0.2', /a\.txt, line 2: expected numbers, got "x"/],
  ['7 0.5 0.5 0.2 0.2', /a\.txt, line 2: class 7 is not one of this set's classes/],
  ['0.5 0.5 0.5 0.2 0.2', /line 2: class 0\.5 is not one/],
  ['-1 0.5 0.5 0.2 0.2', /line 2: class -1 is not one/],
  ['0 0.5 0.5 0 0.2', /line 2: expected a box with a width and a height above 0/],
  ['0 100 50 20 20', /line 2: expected a box inside the picture, in shares of it from 0 to 1, got 90 40 110 60/],
  ['0 0.95 0.5 0.2 0.2', /line 2: expected a box inside the picture/],
] as const) {
  test(`the YOLO label "${line}" is refused with its file and line`, () => {
    assert.throws(() => yolo(`0 0.5 0.5 0.2 0.2\n${line}`), problem);
  });
}

test('a box that rounding put beyond the edge is clipped to it', () => {
  assert.equal(yolo('0 0.9005 0.5 0.2 1'), [{ classIndex: 0, x1: 160.1, y1: 0, x2: 200, y2: 100 }]);
});

test('labels find their classes in the model by name, whatever the case', () => {
  const map = classesByName(new Map(['Truck', 'tree', 'CAR'].entries()), CLASSES);
  assert.equal([map.indexOf(0), map.indexOf(1), map.indexOf(2), map.indexOf(3)], [1, -1, 0, undefined]);
  assert.equal(map.known, [0, 1]);
  assert.equal(yolo('1 0.5 0.5 0.2 0.2', map), []);
});

test('a label class that the model lacks is told, with the name that may be meant', () => {
  assert.equal(notesOnForeign(new Map([['trucks', 3]]), CLASSES), [
    'the model has no class "trucks": its 3 labels are left out (rename it if "truck" is meant)',
  ]);
});

test('many classes that the model lacks are counted, the commonest named', () => {
  const left = new Map(['kite', 'bench', 'person', 'dog', 'cat', 'cow'].map((name, index) => [name, index + 1]));
  assert.equal(notesOnForeign(left, CLASSES), [
    'the model has no class "cow", "cat", "dog", "person" and 2 more: their 21 labels are left out',
  ]);
});

test('another word for the same thing finds its class', () => {
  assert.equal(
    ['Motorbike', 'lorry', 'AUTOMOBILE', 'vehicle'].map((name) => classNamed(name, ['car', 'truck', 'motorcycle'])),
    [2, 1, 0, -1],
  );
});

const coco = (changes: object = {}) =>
  JSON.stringify({
    info: { year: 2024 },
    images: [{ id: 4, file_name: 'day/a.jpg', width: 400, height: 200, license: 1 }],
    annotations: [
      { id: 1, image_id: 4, category_id: 3, bbox: [40, 20, 100, 60], area: 6000 },
      { id: 2, image_id: 4, category_id: 1, bbox: [0, 0, 400, 20], iscrowd: 1 },
      { id: 3, image_id: 4, category_id: 9, bbox: [0, 0, 10, 10] },
    ],
    categories: [
      { id: 1, name: 'car' },
      { id: 3, name: 'truck' },
      { id: 9, name: 'kite' },
    ],
    ...changes,
  });

test('COCO labels become boxes in pixels of the picture as it is now, found by its file name', () => {
  const labels = parseCocoLabels(coco(), 'labels.json');
  const map = classesByName(labels.names, CLASSES);
  assert.equal(labels.labelsOf('/anywhere/a.jpg', SIZE, map.indexOf), [
    { classIndex: 1, x1: 20, y1: 10, x2: 70, y2: 40 },
    { classIndex: 0, x1: 0, y1: 0, x2: 200, y2: 10, ignore: true },
  ]);
  assert.is(labels.labelsOf('b.jpg', SIZE, map.indexOf), null);
});

test('a name that two pictures of a COCO file share finds neither', () => {
  const images = ['day/a.jpg', 'night/a.jpg'].map((file_name, id) => ({
    id: id + 4,
    file_name,
    width: 400,
    height: 200,
  }));
  const labels = parseCocoLabels(coco({ images }), 'labels.json');
  assert.is(
    labels.labelsOf('a.jpg', SIZE, () => 0),
    null,
  );
  assert.is(labels.labelsOf('night/a.jpg', SIZE, () => 0)!.length, 0);
});

const annotation = (changes: object) => [{ image_id: 4, category_id: 1, bbox: [0, 0, 10, 10], ...changes }];

for (const [what, text, problem] of [
  ['broken JSON', '{', /labels\.json is not JSON/],
  ['a list', '[]', /labels\.json holds no COCO labels/],
  ['no categories', coco({ categories: [] }), /categories/],
  ['a box without corners', coco({ annotations: annotation({ bbox: [1, 2, 3] }) }), /annotations\.0\.bbox/],
  [
    'an unknown picture',
    coco({ annotations: annotation({ image_id: 5 }) }),
    /annotations\.0\.image_id: there is no image 5/,
  ],
  [
    'an unknown class',
    coco({ annotations: annotation({ category_id: 5 }) }),
    /annotations\.0\.category_id: there is no category 5/,
  ],
  [
    'a flat box',
    coco({ annotations: annotation({ bbox: [0, 0, 0, 10] }) }),
    /annotations\.0\.bbox: expected a box inside 400x200/,
  ],
  [
    'a box outside',
    coco({ annotations: annotation({ bbox: [390, 0, 20, 10] }) }),
    /got x 390, y 0, width 20, height 10/,
  ],
  [
    'two pictures of one id',
    coco({ images: [1, 2].map(() => ({ id: 4, file_name: 'a', width: 9, height: 9 })) }),
    /each id once/,
  ],
] as const) {
  test(`a COCO file with ${what} is refused with the reason`, () => {
    assert.throws(() => parseCocoLabels(text, 'labels.json'), problem);
  });
}

test.run();

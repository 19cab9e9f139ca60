import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseClasses } from '../../src/models/class-names.js';
import { COCO_CLASSES, COCO_VEHICLES } from '../../src/models/coco.js';
import type { ExporterNotes } from '../../src/models/exporter-notes.js';
import { checkFacts } from '../../src/models/file-check.js';
import { describeModel } from '../../src/models/new-model.js';
import { type OnnxFacts, readOnnxFacts } from '../../src/models/onnx-facts.js';
import { constantModel, type ElementType } from '../fixtures/onnx-builder.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('file-check');
const yolov8 = { family: 'yolov8' } as const;

/** Facts of a model whose one output has the rows of `classes` classes, as yolov8 gives them. */
function facts(notes: Partial<ExporterNotes> = {}, change: Change = {}): OnnxFacts {
  const { dims = [1, 3, 64, 96], type = 'float32', classes = 3 } = change;
  const file = join(folder, 'model.onnx');
  const rows = { name: 'output0', dims: [1, 4 + classes, 500], data: new Float32Array(500 * (4 + classes)) };
  writeFileSync(file, constantModel({ name: 'images', type, dims }, [rows]));
  const read = readOnnxFacts(file);
  return { ...read, notes: { ...read.notes, ...notes } };
}

interface Change {
  readonly dims?: readonly (number | string)[];
  readonly type?: ElementType;
  readonly classes?: number;
}

function described(model: Parameters<typeof describeModel>[1], read: OnnxFacts) {
  return describeModel('m', model, { name: 'm.onnx', sha256: '0'.repeat(64), bytes: 1, madeBy: 'a test', facts: read });
}

test('class names come from the file where nobody gives others', () => {
  const { classes, report } = described(yolov8, facts({ classes: ['car', 'bus', 'van'] }));
  assert.equal(classes, ['car', 'bus', 'van']);
  assert.is(report, undefined);
});

test('names of a file with keypoints are used, however many columns those are', () => {
  const { classes } = described(yolov8, facts({ classes: ['car'], task: 'pose' }, { classes: 1 + 51 }));
  assert.equal(classes, ['car']);
});

test('of a long list of everyday things, COCO or another, the vehicles are reported', () => {
  const coco = described(yolov8, facts({ classes: COCO_CLASSES }, { classes: 80 }));
  assert.equal(coco.report, COCO_VEHICLES);
  const things = Array.from({ length: 30 }, (_, i) => `thing ${i}`);
  const other = described(yolov8, facts({ classes: [...things, 'SUV', 'Pickup Truck'] }, { classes: 32 }));
  assert.equal(other.report, ['SUV', 'Pickup Truck']);
  assert.equal(
    chooseClasses({ family: 'yolov8', classes: COCO_CLASSES }, facts({}, { classes: 80 })).report,
    COCO_VEHICLES,
  );
});

test('other class names than those of the file are refused by their number and by their order', () => {
  const read = facts({ classes: ['car', 'bus', 'van'] });
  const choose =
    (...classes: string[]) =>
    () =>
      chooseClasses({ family: 'yolov8', classes }, read);
  assert.throws(
    choose('car', 'bus'),
    /the file says that it knows 3 classes \(car, bus, van\), --classes names 2 \(car, bus\)/,
  );
  assert.throws(choose('bus', 'car', 'van'), /in another order: class 0 is car, not bus; leave --classes out/);
  assert.equal(choose('car', 'bus', 'van')().remark, null);
});

test('other words for the classes of the file are taken, and contradicted', () => {
  const { classes, remark } = chooseClasses(
    { family: 'yolov8', classes: ['Auto', 'Bus', 'van'] },
    facts({ classes: ['car', 'bus', 'van'] }),
  );
  assert.equal(classes, ['Auto', 'Bus', 'van']);
  assert.is(remark, 'the file calls 2 of 3 classes otherwise than --classes: 0 is car, not Auto, 1 is bus, not Bus');
});

test('names that the outputs of the file cannot have are not used', () => {
  const read = facts({ classes: ['car', 'bus'] }, { classes: 80 });
  assert.is(chooseClasses(yolov8, read).classes.length, 80);
  assert.match(
    chooseClasses(yolov8, read).remark!,
    /names 2 classes, which its outputs do not have: its names are not used/,
  );
  assert.match(chooseClasses({ family: 'yolov8', classes: COCO_CLASSES }, read).remark!, /: yours are used/);
});

test('the size that a dynamic model was exported for is its size', () => {
  const dynamic = { dims: ['n', 3, 'h', 'w'] };
  const read = facts({ size: { width: 640, height: 384 } }, dynamic);
  const { width, height } = described(yolov8, read).variants[0]!;
  assert.equal([width, height], [640, 384]);
  assert.equal([described({ ...yolov8, width: 320, height: 320 }, read).variants[0]!.id], ['fp32-320x320']);
});

test('bytes go as they are into a model that takes bytes', () => {
  assert.is(described(yolov8, facts({}, { type: 'uint8' })).input.scale, 1);
  assert.is(described(yolov8, facts()).input.scale, 1 / 255);
});

const refusal =
  (read: OnnxFacts, model = {}) =>
  () =>
    checkFacts(read, { ...yolov8, ...model });

test('what is no detector is refused by its task', () => {
  assert.throws(
    refusal(facts({ task: 'classify' })),
    /its task is "classify": it says what a picture shows as a whole/,
  );
});

test('what finds more than boxes is told', () => {
  assert.equal(refusal(facts({ task: 'segment' }))(), [
    'the file says that its task is "segment": it finds outlines: only its boxes are used',
  ]);
  assert.is(refusal(facts({ task: 'pose' }))().length, 1);
  assert.equal(refusal(facts({ task: 'detect' }))(), []);
});

test('what is quantised already is told, since no variants can be made of it', () => {
  const read = { ...facts(), precision: { precision: 'int8', quantised: 'dynamic' } } as const;
  assert.match(refusal(read)()[0]!, /^the file is quantised already \(with ranges found anew for every picture\)/);
  assert.is(described(yolov8, read).variants[0]!.id, 'int8-96x64');
});

test('a model that cannot be given a camera picture is refused by its input', () => {
  assert.throws(refusal(facts({}, { dims: [1, 1, 64, 96] })), /input images takes a grey picture; cameras give colour/);
  assert.throws(refusal(facts({}, { dims: [4, 3, 64, 96] })), /takes 4 pictures at once and no other number/);
  assert.throws(refusal(facts({}, { dims: [1, 3, 64, 96], type: 'int64' })), /is none of float32, float16 and uint8/);
  assert.throws(refusal(facts({}, { dims: [1, 128] })), /no input for a picture.*it has images float32 \[1, 128\]/);
});

test('a size that the file does not take is refused', () => {
  const model = { width: 640, height: 64 };
  assert.throws(refusal(facts(), model), /takes a width of 96 pixels and no other, --input says 640/);
  assert.equal(refusal(facts(), { width: 96, height: 64 })(), []);
});

test.run();

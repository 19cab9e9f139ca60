import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema, type ModelConfig } from '../../src/config/config.js';
import { ConfigError } from '../../src/foundation/errors.js';
import { buildLoadRequest } from '../../src/models/load-request.js';
import { checkManifest, type ManifestSource } from '../../src/models/manifest.js';

const BYTES = {
  layout: 'nhwc',
  type: 'uint8',
  colour: 'rgb',
  width: 'dynamic',
  height: 'dynamic',
  multipleOf: 32,
} as const;

/** A manifest whose only variant has these keys of its own. */
function source(own: object, change: object = {}): ManifestSource {
  return {
    name: 'a',
    description: 'For tests.',
    family: 'roadside',
    licence: 'Apache-2.0',
    origin: 'a test',
    classes: ['car', 'truck', 'person'],
    input: { layout: 'nchw', type: 'float32', colour: 'rgb', scale: 2, width: 416, height: 256 },
    variants: [
      {
        id: 'fused',
        precision: 'int8',
        width: 416,
        height: 256,
        file: 'm.onnx',
        sha256: '0'.repeat(64),
        bytes: 7,
        accuracy: null,
        madeBy: 'a test',
        ...own,
      },
    ],
    ...change,
  };
}

function request(own: object, model: Partial<ModelConfig> = {}, change: object = {}) {
  const manifest = checkManifest(source(own, change), 'model.json');
  const defaults = configSchema.parse({});
  const entry = { manifest, variant: manifest.variants[0]!, file: '/models/a/m.onnx' };
  return buildLoadRequest(entry, { ...defaults.model, ...model }, defaults.detector);
}

function problems(own: object, change: object = {}): string {
  try {
    checkManifest(source(own, change), 'model.json');
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

test('a variant without keys of its own is loaded as its model says, with a raw output', () => {
  const { input, output, classes } = request({});
  assert.equal([input.layout, input.type, input.scale], ['nchw', 'float32', 2]);
  assert.is(output, 'raw');
  assert.equal(classes, ['car', 'truck', 'person']);
});

test("a variant's own input takes the place of the model's, defaults and all", () => {
  const { input } = request({ input: BYTES, output: 'candidates' });
  assert.equal(input, {
    width: 416,
    height: 256,
    layout: 'nhwc',
    type: 'uint8',
    colour: 'rgb',
    scale: 1,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  });
});

test('a variant tells what its output holds', () => {
  assert.is(request({ output: 'boxes' }).output, 'boxes');
  assert.match(problems({ output: 'rows' }), /variants\.0\.output/);
});

test("a variant's size must be one that its own input allows", () => {
  assert.is(request({ input: BYTES, width: 640, height: 384 }).input.width, 640);
  assert.match(problems({ input: BYTES, width: 400 }), /variants\.0\.width: expected a multiple of 32, got 400/);
});

test('of a variant with classes cut, indices count in its own list, and so do the thresholds', () => {
  const { classes, scoreThresholds } = request(
    { classes: ['truck', 'car'] },
    { classThresholds: { car: 0.5, person: 0.2 } },
    { report: ['car', 'person'] },
  );
  assert.equal(classes, ['truck', 'car']);
  assert.equal(scoreThresholds, [2, 0.5]);
});

test("a variant's classes are some of its model's, each once, and one of the reported among them", () => {
  assert.match(
    problems({ classes: ['car', 'bus'] }),
    /variants\.0\.classes\.1: expected one of the model's classes, got "bus"/,
  );
  assert.match(problems({ classes: ['car', 'car'] }), /variants\.0\.classes\.1: expected each class once/);
  assert.match(
    problems({ classes: ['person'] }, { report: ['car'] }),
    /variants\.0\.classes: expected one of report among them/,
  );
});

test('a class that a variant was made without cannot be asked for', () => {
  try {
    request({ classes: ['car', 'truck'] }, { classes: ['car', 'person'] });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ConfigError);
    assert.equal((error as ConfigError).problems, [
      'model.classes.1: expected a class that variant fused was made with (car, truck), got "person"; choose another model.variant for it',
    ]);
  }
});

test('what a manifest tells of the numbers in its outputs travels to the worker', () => {
  assert.equal(request({}, {}, { decoding: { coordinates: 'normalised', extra: 51 } }).decoding, {
    coordinates: 'normalised',
    extra: 51,
  });
  assert.is('decoding' in request({}), false);
});

test('a manifest may call its family by the name of the model', () => {
  assert.is(request({}, {}, { family: 'YOLO11' }).family, 'yolov8');
  assert.match(problems({}, { family: 'yolo99x' }), /family: .*"roadside"/);
});

test('a decoding that nobody knows is refused with what was meant', () => {
  assert.match(
    problems({}, { decoding: { coordinate: 'pixels' } }),
    /unknown key "coordinate" \(did you mean "coordinates"\?\)/,
  );
  assert.match(problems({}, { decoding: { boxes: 'corners' } }), /decoding\.boxes: .*"xyxy"/);
});

test.run();

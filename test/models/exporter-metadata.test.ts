import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readExporterMetadata } from '../../src/models/exporter-metadata.js';

const read = (metadata: Record<string, string>) => readExporterMetadata(new Map(Object.entries(metadata)));

test('what ultralytics writes is read', () => {
  const said = read({
    author: 'Ultralytics',
    version: '8.4.33',
    license: 'AGPL-3.0 License',
    stride: '32',
    task: 'detect',
    imgsz: '[384, 640]',
    names: "{0: 'person', 1: \"driver's car\", 2: 'bus'}",
    args: "{'batch': 1, 'half': False, 'nms': True, 'opset': None}",
  });
  assert.equal(said, {
    names: ['person', "driver's car", 'bus'],
    task: 'detect',
    size: { width: 640, height: 384 },
    stride: 32,
    nms: true,
    licence: 'AGPL-3.0 License',
    madeBy: 'Ultralytics 8.4.33',
  });
});

test('names are read as a list, as JSON, as plain words, and in the order of their indices', () => {
  assert.equal(read({ names: "['car', 'bus']" }).names, ['car', 'bus']);
  assert.equal(read({ names: '{"1": "bus", "0": "car"}' }).names, ['car', 'bus']);
  assert.equal(read({ class_names: 'car, bus' }).names, ['car', 'bus']);
  assert.equal(read({ names: "('car',)" }).names, ['car']);
  assert.equal(read({ names: '{0: 7, 1: 8}' }).names, ['7', '8']);
});

test('names with a gap, without an end, or nested names are none', () => {
  assert.is(read({ names: "{0: 'car', 2: 'bus'}" }).names, null);
  assert.is(read({ names: "{0: 'car', 1: 'bu" }).names, null);
  assert.is(read({ names: "{0: 'car'} and more" }).names, null);
  assert.is(read({ names: '['.repeat(10_000) }).names, null);
  assert.is(read({ names: "{0: ''}" }).names, null);
});

test('one side stands for a square, and what is no size is none', () => {
  assert.equal(read({ imgsz: '320' }).size, { width: 320, height: 320 });
  assert.is(read({ imgsz: '[640, 0]' }).size, null);
  assert.is(read({ imgsz: 'large' }).size, null);
});

test('a file without metadata says nothing', () => {
  assert.equal(read({}), { names: null, task: null, size: null, stride: null, nms: null, licence: null, madeBy: null });
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNotes } from '../../src/models/exporter-notes.js';

const notesOf = (entries: Record<string, string>) => readNotes(new Map(Object.entries(entries)));
const classesOf = (names: string, key = 'names') => notesOf({ [key]: names }).classes;

test('the notes of an ultralytics export', () => {
  const args = "{'batch': 1, 'half': False, 'dynamic': True, 'simplify': True, 'opset': None, 'nms': False}";
  const names = `{0: 'car', 1: "driver's van", 2: 'caf\\xe9 \\'n\\' go'}`;
  const license = 'AGPL-3.0 License (https://ultralytics.com/license)';
  assert.equal(notesOf({ task: 'detect', stride: '32', imgsz: '[384, 640]', names, args, license, end2end: 'False' }), {
    classes: ['car', "driver's van", "café 'n' go"],
    task: 'detect',
    stride: 32,
    size: { width: 640, height: 384 },
    nms: false,
    licence: 'AGPL-3.0 License (https://ultralytics.com/license)',
  });
});

test('an end-to-end export needs no NMS', () => {
  assert.is(notesOf({ end2end: 'True' }).nms, true);
  assert.is(notesOf({ end2end: 'True', args: "{'nms': False}" }).nms, true);
  assert.is(notesOf({ args: "{'nms': True}" }).nms, true);
});

test('a file without notes, or with unreadable ones, says nothing', () => {
  const nothing = { classes: null, task: null, stride: null, size: null, nms: null, licence: null };
  assert.equal(notesOf({}), nothing);
  assert.equal(notesOf({ names: '{0: ', imgsz: '[x]', stride: '-3', args: '[' }), nothing);
  assert.equal(notesOf({ names: "{0: 'a', 99999999: 'b'}" }), nothing);
});

test('class names as other exporters write them', () => {
  assert.equal(classesOf("['car', 'bus']"), ['car', 'bus']);
  assert.equal(classesOf("('car', 'bus',)", 'class_names'), ['car', 'bus']);
  assert.equal(classesOf('["car", "bus"]', 'classes'), ['car', 'bus']);
  assert.equal(classesOf('{"0": "car", "1": "bus"}', 'id2label'), ['car', 'bus']);
  assert.equal(classesOf("{'bus': 1, 'car': 0}"), ['car', 'bus']);
  assert.equal(classesOf('car, bus', 'labels'), ['car', 'bus']);
  assert.equal(classesOf('[{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}]', 'categories'), ['car', 'bus']);
});

test('names that are missing, empty or there twice get names of their own', () => {
  assert.equal(classesOf("{0: 'car', 2: 'car', 3: ''}"), ['car', 'class 1', 'car (2)', 'class 3']);
  assert.is(classesOf(`['${'x'.repeat(100)}']`)![0]!.length, 64);
});

test('what would write into a terminal is taken out', () => {
  assert.equal(classesOf("{0: 'car\\x1b[31m', 1: 'bus\\n'}"), ['car [31m', 'bus']);
});

test('one number is both sides of the input', () => {
  assert.equal(notesOf({ imgsz: '640' }).size, { width: 640, height: 640 });
  assert.equal(notesOf({ imgsz: '[640]' }).size, { width: 640, height: 640 });
});

test.run();

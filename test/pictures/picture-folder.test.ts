import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PictureFolder } from '../../src/pictures/picture-folder.js';
import { temporaryFolder } from '../temporary.js';

const root = temporaryFolder('layouts');
const CLASSES = ['car', 'bus', 'truck'];
const COCO_CLASSES = ['person', 'bicycle', 'car', 'motorcycle', 'airplane', 'bus', 'train', 'truck'];
const SIZE = { width: 200, height: 100 };
const BOX = '0.5 0.5 0.5 0.5';
let made = 0;

/** A fresh folder of these files; what a picture holds is nobody's business here. */
function set(files: Record<string, string>): string {
  const folder = join(root, String(made++));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Per picture, by its path: the classes of its labels; null where it has none. And the notes. */
async function read(folder: string, beneath = '', options: { coco?: string; cocoClasses?: readonly string[] } = {}) {
  const pictures = await PictureFolder.open(join(folder, beneath), { classes: CLASSES, ...options });
  const found: Record<string, readonly string[] | null> = {};
  for (const file of pictures.files) {
    const labels = await pictures.labels(file, SIZE);
    found[relative(folder, file)] = labels?.map(({ classIndex }) => CLASSES[classIndex]!) ?? null;
  }
  return { found, notes: pictures.notes.map((note) => note.replaceAll(folder, 'SET')) };
}

const cocoFile = (...names: string[]): string =>
  JSON.stringify({
    images: names.map((file_name, id) => ({ id, file_name, width: 400, height: 200 })),
    annotations: names.map((_, image_id) => ({ image_id, category_id: 8, bbox: [0, 0, 100, 100] })),
    categories: [
      { id: 0, name: 'vehicles' },
      { id: 8, name: 'Truck' },
    ],
  });

test("a set of Roboflow's is found from its root, from a part of it and from that one's pictures", async () => {
  const folder = set({
    'data.yaml': 'train: ../train/images\nval: ../valid/images\nnc: 2\nnames: [Truck, tree]\n',
    'train/images/a.jpg': '',
    'valid/images/b.jpg': '',
    'valid/labels/b.txt': `0 ${BOX}\n1 ${BOX}\n`,
    'valid/images/c.jpg': '',
    'valid/labels/c.txt': '',
    'valid/images/d.jpg': '',
  });
  const valid = { 'valid/images/b.jpg': ['truck'], 'valid/images/c.jpg': [], 'valid/images/d.jpg': null };
  const notes = [
    'labels from SET/valid/labels: 2 in 1 picture; labelled as empty: 1; not labelled: 1',
    'the model has no class "tree": its label is left out',
  ];
  assert.equal(await read(folder, 'valid'), { found: valid, notes });
  assert.equal(await read(folder, 'valid/images'), { found: valid, notes });
  const whole = await read(folder);
  assert.equal(whole.found, valid);
  assert.is(whole.notes.at(-1), 'there are more pictures in train/images: name such a folder to take it instead');
});

test("a set of Ultralytics' is found in images/val and labels/val, its names in a YAML file of any name", async () => {
  const folder = set({
    'road.yaml': 'path: .\ntrain: images/train\nval: images/val\nnames:\n  0: truck\n  1: car\n',
    'other.yaml': 'names: [nothing]\n',
    'images/val/a.jpg': '',
    'labels/val/a.txt': `1 ${BOX}`,
    'images/train/b.jpg': '',
  });
  assert.equal((await read(folder)).found, { 'images/val/a.jpg': ['car'] });
  assert.equal((await read(folder, 'images/val')).found, { 'images/val/a.jpg': ['car'] });
});

test("a set of COCO's without a list has the numbers of COCO, and that is not hidden", async () => {
  const folder = set({ 'coco128/images/train2017/1.jpg': '', 'coco128/labels/train2017/1.txt': `7 ${BOX}\n0 ${BOX}` });
  const { found, notes } = await read(folder, 'coco128', { cocoClasses: COCO_CLASSES });
  assert.equal(found, { 'coco128/images/train2017/1.jpg': ['truck'] });
  assert.equal(notes, [
    'labels from SET/coco128/labels/train2017: 2 in 1 picture; labelled as empty: 0; not labelled: 0',
    'nobody says what the numbers of the labels mean (classes.txt, data.yaml): they are taken for the names of COCO, of which this folder seems to be',
    'the model has no class "person": its label is left out',
  ]);
});

test('numbers that nobody explains are taken for those of the model, which is said; one that it lacks is refused', async () => {
  const folder = set({ 'a.jpg': '', 'a.txt': `2 ${BOX}` });
  const { found, notes } = await read(folder);
  assert.equal(found, { 'a.jpg': ['truck'] });
  assert.match(notes[1]!, "they are taken for the model's (0 car, 1 bus, 2 truck)");
  const wrong = set({ 'a.jpg': '', 'labels/a.txt': `7 ${BOX}` });
  const error = await read(wrong).catch((e: unknown) => e as Error);
  assert.match(
    (error as Error).message,
    "class 7 is not one of this set's classes: name its classes in classes.txt, one a line, or as names in data.yaml",
  );
});

test('classes.txt, obj.names and _darknet.labels name the classes of labels', async () => {
  for (const list of ['classes.txt', 'labels/classes.txt', 'obj.names', '_darknet.labels']) {
    const folder = set({ 'images/a.jpg': '', 'labels/a.txt': `0 ${BOX}`, [list]: 'BUS\r\ntruck\r\n' });
    assert.equal((await read(folder)).found, { 'images/a.jpg': ['bus'] }, list);
  }
});

test('a COCO file is found in annotations beside the pictures, the one of their part first', async () => {
  const folder = set({
    'val2017/1.jpg': '',
    'val2017/2.jpg': '',
    'annotations/captions_val2017.json': '{"images":[],"annotations":[]}',
    'annotations/instances_train2017.json': cocoFile('9.jpg'),
    'annotations/instances_val2017.json': cocoFile('1.jpg'),
  });
  const found = { 'val2017/1.jpg': ['truck'], 'val2017/2.jpg': null };
  assert.equal((await read(folder)).found, found);
  assert.equal(await read(folder, 'val2017'), {
    found,
    notes: [
      'labels from SET/annotations/instances_val2017.json: 1 in 1 picture; labelled as empty: 0; not labelled: 1',
    ],
  });
  const inImages = set({ 'images/val2017/1.jpg': '', 'annotations/instances_val2017.json': cocoFile('1.jpg') });
  assert.equal((await read(inImages)).found, { 'images/val2017/1.jpg': ['truck'] });
});

test('a COCO file lies among the pictures, beside them, or is named', async () => {
  for (const file of ['test/_annotations.coco.json', 'result.json', 'annotations.json']) {
    const folder = set({ 'test/1.jpg': '', [file]: cocoFile('images/1.jpg') });
    assert.equal((await read(folder)).found, { 'test/1.jpg': ['truck'] }, file);
  }
  const elsewhere = join(set({ 'x.json': cocoFile('1.jpg') }), 'x.json');
  const folder = set({ '1.jpg': '' });
  assert.equal((await read(folder, '', { coco: elsewhere })).found, { '1.jpg': ['truck'] });
});

test('labels of Pascal VOC are found in Annotations and beside the pictures', async () => {
  const object = (name: string, rest = ''): string =>
    `<object><name>${name}</name>${rest}<bndbox><xmin>100</xmin><ymin>50</ymin><xmax>200</xmax><ymax>100</ymax></bndbox></object>`;
  const xml = `<annotation><size><width>400</width><height>200</height><depth>3</depth></size>${object('Bus')}${object('kite')}${object('car', '<difficult>1</difficult>')}</annotation>`;
  const folder = set({ 'JPEGImages/1.jpg': '', 'Annotations/1.xml': xml });
  const pictures = await PictureFolder.open(folder, { classes: CLASSES });
  assert.equal(await pictures.labels(pictures.files[0]!, SIZE), [
    { classIndex: 1, x1: 50, y1: 25, x2: 100, y2: 50 },
    { classIndex: 0, x1: 50, y1: 25, x2: 100, y2: 50, ignore: true },
  ]);
  assert.is(pictures.notes[1], 'the model has no class "kite": its label is left out');
  assert.equal((await read(set({ '1.jpg': '', '1.xml': xml }))).found, { '1.jpg': ['bus', 'car'] });
});

test('exports of FiftyOne and of CVAT are found from their root', async () => {
  const fiftyOne = set({ 'data/1.jpg': '', 'labels.json': `\ufeff${cocoFile('1.jpg')}` });
  assert.equal((await read(fiftyOne)).found, { 'data/1.jpg': ['truck'] });
  const cvat = set({
    'obj_train_data/1.jpg': '',
    'obj_train_data/1.txt': `0 ${BOX}`,
    'obj.names': 'Bus\n',
    'obj.data': '',
  });
  assert.equal((await read(cvat)).found, { 'obj_train_data/1.jpg': ['bus'] });
});

test('labels of which the model knows no class judge nothing', async () => {
  const folder = set({ 'a.jpg': '', 'a.txt': `0 ${BOX}`, 'classes.txt': 'vehicle\n' });
  const { found, notes } = await read(folder);
  assert.equal(found, { 'a.jpg': null });
  assert.is(notes.at(-1), 'no label is of a class that the model has: accuracy is not judged by labels');
});

test('pictures without any label are told', async () => {
  const folder = set({ 'a.jpg': '', 'b.jpg': '' });
  assert.equal((await read(folder)).notes, ['no labels were found for 2 pictures: accuracy is not judged by labels']);
});

test.run();

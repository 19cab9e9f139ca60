import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FAMILIES } from '../../src/detect/detector.js';
import { familyNamed, nearestFamilyName } from '../../src/detect/family-names.js';

test('every family goes by its own name', () => {
  assert.equal(FAMILIES.map(familyNamed), [...FAMILIES]);
});

test('models go by the names that people give them', () => {
  const names = [
    'yolov7',
    'YOLO11',
    'yolo26',
    'YOLO_NAS',
    'RT-DETR',
    'rtdetr',
    'D-FINE',
    'deimv2',
    'rfdetr',
    'EfficientDet',
  ];
  assert.equal(names.map(familyNamed), [
    'yolov5',
    'yolov8',
    'yolov10',
    'yolo-nas',
    'detr',
    'detr',
    'detr',
    'detr',
    'rf-detr',
    'ssd',
  ]);
});

test('a name of nothing is none, and one that is misspelled has a neighbour', () => {
  assert.is(familyNamed('constructor'), null);
  assert.is(familyNamed(''), null);
  assert.is(nearestFamilyName('yolo-nass'), 'yolo-nas');
  assert.is(nearestFamilyName('rt-dert'), 'rt-detr');
  assert.is(nearestFamilyName('mask-r-cnn-of-mine'), null);
});

test.run();

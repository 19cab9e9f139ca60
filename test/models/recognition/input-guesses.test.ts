import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inputGuesses, inputText } from '../../../src/models/recognition/input-guesses.js';
import { usualInput } from '../../../src/models/usual-input.js';

const texts = (...args: Parameters<typeof inputGuesses>) => inputGuesses(...args).map(inputText);

test("a family's usual input comes first, and every way once", () => {
  assert.equal(texts('float32', usualInput('yolox')), [
    'BGR 0..255',
    'RGB 0..1',
    'RGB 0..255',
    "RGB with ImageNet's mean and deviation",
    'RGB -1..1',
    'BGR 0..1',
    "BGR with Caffe's mean",
  ]);
});

test('bytes enter as they are, in either order of colours', () => {
  assert.equal(texts('uint8', usualInput('yolov8')), ['RGB 0..255', 'BGR 0..255']);
});

test('what is said is not guessed', () => {
  assert.equal(texts('float32', usualInput('yolov8'), { scale: 1 / 255 }), ['RGB 0..1', 'BGR 0..1']);
  assert.equal(texts('float32', usualInput('yolov8'), { scale: 1, colour: 'bgr' }), ['BGR 0..255']);
  assert.equal(texts('float32', usualInput('yolov8'), { colour: 'bgr' }), [
    'BGR 0..1',
    'BGR 0..255',
    "BGR with ImageNet's mean and deviation",
    'BGR -1..1',
    "BGR with Caffe's mean",
  ]);
});

test.run();

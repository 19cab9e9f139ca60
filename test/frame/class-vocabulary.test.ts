import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ClassVocabulary } from '../../src/frame/class-vocabulary.js';

test("the first model's classes keep their indices and need no translation", () => {
  const vocabulary = new ClassVocabulary();
  assert.is(vocabulary.adopt(['car', 'truck', 'bus']), null);
  assert.equal(vocabulary.names(), ['car', 'truck', 'bus']);
});

test('another model is translated by name, and what it knows beyond comes behind', () => {
  const vocabulary = new ClassVocabulary();
  vocabulary.adopt(['car', 'truck', 'bus']);
  assert.equal([...vocabulary.adopt(['person', 'car', 'bus'])!], [3, 0, 2]);
  assert.equal(vocabulary.names(), ['car', 'truck', 'bus', 'person']);
});

test('a model that knows only the first of the classes needs no translation', () => {
  const vocabulary = new ClassVocabulary();
  vocabulary.adopt(['car', 'truck', 'bus']);
  assert.is(vocabulary.adopt(['car', 'truck']), null);
});

test('names handed out do not grow with the vocabulary', () => {
  const vocabulary = new ClassVocabulary();
  vocabulary.adopt(['car']);
  const before = vocabulary.names();
  vocabulary.adopt(['bicycle']);
  assert.equal(before, ['car']);
});

test('another word for a thing that is known gets its index, unless the model means two things by them', () => {
  const vocabulary = new ClassVocabulary();
  vocabulary.adopt(['car', 'motorcycle', 'bicycle']);
  assert.equal([...vocabulary.adopt(['bike', 'Motorbike', 'tram'])!], [2, 1, 3]);
  assert.equal([...vocabulary.adopt(['bike', 'bicycle'])!], [4, 2]);
  assert.equal(vocabulary.names(), ['car', 'motorcycle', 'bicycle', 'tram', 'bike']);
});

test.run();

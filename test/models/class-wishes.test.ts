import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import { wishesOf } from '../../src/models/class-wishes.js';

const { model } = configSchema.parse({
  model: { name: 'roadside-n', classes: ['car', 'motorcycle', 'bus'], classThresholds: { motorcycle: 0.2, bus: 0.5 } },
});

test('the configured model is asked what is configured', () => {
  assert.is(wishesOf('roadside-n', ['car'], model), model);
});

test('another model is asked for the same things by its own names', () => {
  const wishes = wishesOf('mine', ['Bus', 'motorbike', 'car', 'tram'], model);
  assert.equal(wishes.classes, ['car', 'motorbike', 'Bus']);
  assert.equal(wishes.classThresholds, { motorbike: 0.2, Bus: 0.5 });
  assert.is(wishes.name, 'mine');
});

test('a class that it does not have keeps its name, to be refused by; a threshold of one is left out', () => {
  const wishes = wishesOf('cars', ['car'], model);
  assert.equal(wishes.classes, ['car', 'motorcycle', 'bus']);
  assert.equal(wishes.classThresholds, {});
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { usablePart } from '../../src/config/usable-part.js';

const camera = (id: unknown, more: object = {}) => ({ id, url: `${id}.mp4`, ...more });

test('a value that cannot be used gives way to its default, and the rest stays as said', () => {
  const root = { model: { name: 'junction', scoreThreshold: 7 }, modle: {} };
  const { config } = usablePart(root, [['modle'], ['model', 'scoreThreshold']])!;
  assert.equal([config.model.name, config.model.scoreThreshold], ['junction', 0.35]);
  assert.is(root.model.scoreThreshold, 7);
});

test('a camera that is nothing without the value goes, and the others keep their places', () => {
  const root = { cameras: [camera('a', { loop: 7 }), camera(5), camera('c')] };
  const part = usablePart(root, [
    ['cameras', '0', 'loop'],
    ['cameras', '1', 'id'],
  ])!;
  assert.equal(
    part.config.cameras.map(({ id, loop }) => [id, loop]),
    [
      ['a', false],
      ['c', false],
    ],
  );
  assert.equal(part.cameraIndexes, [0, 2]);
});

test('a section that needs what was left out goes as a whole', () => {
  const root = { model: { name: 'junction', classes: ['car', 5] }, site: 'north' };
  const { config } = usablePart(root, [['model', 'classes', '1']])!;
  assert.equal([config.model.name, config.site], ['auto', 'north']);
});

test.run();

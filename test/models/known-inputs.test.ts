import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fillInputs } from '../../src/models/known-inputs.js';

const named = (name: string) => ({ name, type: 'int64', dims: [null, 2] }) as const;
const valuesFor = (name: string) => fillInputs([named(name)])[0]!.values;

test('inputs that detectors are known to have are filled with the size of the input', () => {
  assert.equal(valuesFor('orig_target_sizes'), ['width', 'height']);
  assert.equal(valuesFor('orig_size'), ['width', 'height']);
  assert.equal(valuesFor('im_shape'), ['height', 'width']);
  assert.equal(valuesFor('image_shape'), ['height', 'width']);
  assert.equal(valuesFor('target_sizes'), ['height', 'width']);
  assert.equal(valuesFor('image_shape:0'), ['height', 'width']);
  assert.equal(valuesFor('scale_factor'), [1, 1]);
  assert.equal(valuesFor('im_info'), ['height', 'width', 1]);
  assert.equal(valuesFor('pixel_mask'), [1]);
  assert.equal(valuesFor('iou_threshold'), [0.6]);
});

test('somebody’s own word goes before what a name says', () => {
  const given = [{ name: 'orig_target_sizes', values: ['height', 'width'] as const }];
  assert.equal(fillInputs([named('orig_target_sizes')], given), given);
});

test('an input that nobody knows what to put in is refused by name, with the way to say it', () => {
  assert.throws(
    () => fillInputs([named('orig_target_sizes'), named('camera_pose')]),
    /it is not known what: camera_pose int64 \[\?,2\]; say what goes in with --fill camera_pose=width,height/,
  );
});

test('a word on an input that the model does not have is refused', () => {
  assert.throws(
    () => fillInputs([named('im_shape')], [{ name: 'im_shap', values: [1] }]),
    /the model has no input im_shap besides the picture; it has im_shape/,
  );
});

test.run();

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { batchSizesUpTo, sessionSizes, warmUpOrder } from '../../src/detect/batch-sizes.js';

const test = suite('batch sizes');

test('sizes double up to the one that is asked for', () => {
  assert.equal(batchSizesUpTo(1), [1]);
  assert.equal(batchSizesUpTo(6), [1, 2, 4, 6]);
  assert.equal(batchSizesUpTo(8), [1, 2, 4, 8]);
});

test('CUDA holds a session for each size, the others one for all', () => {
  assert.equal(sessionSizes('cuda', 8), [1, 2, 4, 8]);
  assert.equal(sessionSizes('tensorrt', 8), [8]);
  assert.equal(sessionSizes('cpu', 4), [4]);
});

test('TensorRT sees the ends of the range first, so that nothing between them is compiled for', () => {
  assert.equal(warmUpOrder('tensorrt', [1, 2, 4, 8]), [1, 8, 2, 4]);
  assert.equal(warmUpOrder('tensorrt', [1, 2]), [1, 2]);
  assert.equal(warmUpOrder('tensorrt', [4]), [4]);
  assert.equal(warmUpOrder('cuda', [1, 2, 4, 8]), [1, 2, 4, 8]);
});

test.run();

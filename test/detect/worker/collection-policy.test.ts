import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CollectionPolicy } from '../../../src/detect/worker/collection-policy.js';

const OUTPUT_416X256 = 87_360;

test('the outputs of 49 pictures of 416×256 are collected together', () => {
  const policy = new CollectionPolicy();
  const collections = Array.from({ length: 98 }, () => policy.next(OUTPUT_416X256));
  assert.equal(
    collections.flatMap((collection, run) => (collection === 'none' ? [] : [`${run + 1} ${collection}`])),
    ['49 young', '98 young'],
  );
});

test('an output as large as the limit is collected after every run', () => {
  const policy = new CollectionPolicy();
  assert.is(policy.next(4 << 20), 'young');
  assert.is(policy.next(4 << 20), 'young');
});

test('every 10 000th run collects everything, however small the outputs are', () => {
  const policy = new CollectionPolicy();
  const collections = Array.from({ length: 20_000 }, () => policy.next(100));
  assert.equal(
    collections.flatMap((collection, run) => (collection === 'none' ? [] : [`${run + 1} ${collection}`])),
    ['10000 full', '20000 full'],
  );
});

test.run();

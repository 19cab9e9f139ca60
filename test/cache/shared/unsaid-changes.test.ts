import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UnsaidChanges } from '../../../src/cache/shared/unsaid-changes.js';

test('what is taken to be said does not wait any more, and comes in pieces', () => {
  const unsaid = new UnsaidChanges();
  unsaid.addKeys(['a', 'b', 'c']);
  unsaid.addTags(['t']);
  assert.is(unsaid.concerns('a', []), true);
  assert.is(unsaid.concerns('x', ['t']), true);
  assert.is(unsaid.concerns('x', ['u']), false);
  assert.equal(unsaid.take(2), { everything: false, tags: ['t'], keys: ['a', 'b'] });
  assert.is(unsaid.concerns('a', ['t']), false);
  assert.equal(unsaid.take(2), { everything: false, tags: [], keys: ['c'] });
  assert.is(unsaid.isEmpty, true);
});

test('more than 10 000 names become one word for everything', () => {
  const unsaid = new UnsaidChanges();
  unsaid.addKeys(Array.from({ length: 10_000 }, (_, i) => `k${i}`));
  assert.is(unsaid.concerns('another', []), false);
  unsaid.addTags(['t']);
  assert.is(unsaid.concerns('another', []), true);
  unsaid.addKeys(['more']);
  assert.equal(unsaid.take(100), { everything: true, tags: [], keys: [] });
  assert.is(unsaid.isEmpty, true);
});

test.run();

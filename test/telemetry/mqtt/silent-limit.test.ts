import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SilentLimit } from '../../../src/telemetry/mqtt/silent-limit.js';

/** Tells births of 6000, 300 or 150 bytes, or filled up, to a broker that throws away what is larger than it takes. */
function search(takes: number): { limit: SilentLimit; told: number[] } {
  const limit = new SilentLimit();
  const told: number[] = [];
  for (let again = true; again; ) {
    const { atMost, fill } = limit.size;
    const natural = [6000, 300, 150].find((bytes) => bytes <= atMost);
    const bytes = fill ? atMost : (natural ?? 150);
    told.push(bytes);
    const birth = { bytes, isShortest: natural === 150 };
    again = bytes <= takes ? limit.heard(birth) : limit.unheard(birth);
    if (told.length > 20) throw new Error('no end');
  }
  return { limit, told };
}

test('where the whole birth is heard nothing is tried', () => {
  const { limit, told } = search(10_000);
  assert.equal(told, [6000]);
  assert.is(limit.found, null);
  assert.equal(limit.size, { atMost: Number.POSITIVE_INFINITY, fill: false });
});

test('a limit is found by halving, to a tenth, and the last birth is one without blanks', () => {
  const { limit, told } = search(1000);
  assert.equal(told, [6000, 300, 3150, 1725, 1012, 656, 834, 923, 300]);
  assert.equal(limit.found, { passes: 923, swallowed: 1012 });
  assert.equal(limit.size, { atMost: 923, fill: false });
});

test('where not even the shortest is heard it is not the size, and the whole one stands at the end', () => {
  const { limit, told } = search(0);
  assert.equal(told, [6000, 300, 150, 6000]);
  assert.is(limit.swallowsAll, true);
  assert.is(limit.found, null);
  assert.is(limit.heard({ bytes: 6000, isShortest: false }), false, 'rights were granted');
  assert.is(limit.swallowsAll, false);
});

test('what went through before and does not any more is looked at anew', () => {
  const { limit } = search(1000);
  assert.is(limit.unheard({ bytes: 300, isShortest: false }), true);
  assert.is(limit.found, null);
  assert.equal(limit.size, { atMost: 299, fill: false });
});

test.run();

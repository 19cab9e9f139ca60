import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Sequence } from '../../../src/telemetry/mqtt/sequence.js';

test('numbers begin at 0 with a birth and a lost message takes its number with it', () => {
  const sequence = new Sequence();
  assert.is(sequence.birth(), 0);
  assert.is(sequence.next(), 1);
  sequence.lose();
  assert.is(sequence.next(), 3);
});

test('what is lost without a connection leaves its gap after the next birth', () => {
  const sequence = new Sequence();
  sequence.lose();
  sequence.lose();
  assert.is(sequence.birth(), 0);
  assert.is(sequence.next(), 3);
  sequence.connectionLost();
  sequence.lose();
  assert.is(sequence.birth(), 0);
  assert.is(sequence.next(), 2);
});

test.run();

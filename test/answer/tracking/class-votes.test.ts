import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ClassVotes } from '../../../src/answer/tracking/class-votes.js';

test('a class is what the scores of the inferences add up to, later ones counting more', () => {
  const votes = new ClassVotes(3, 2, 0.5);
  assert.is(votes.winner, 2);
  votes.vote(1, 0.4);
  assert.is(votes.winner, 2); // 0.45 to 0.4
  votes.vote(1, 0.4);
  assert.is(votes.winner, 1); // 0.405 to 0.76
});

test('what another model never reports gives way to its first vote, and counts until then', () => {
  const votes = new ClassVotes(2, 1, 0.9);
  votes.renew([0.35, 1.1, 0.35]);
  assert.is(votes.winner, 1);
  votes.vote(2, 0.1);
  assert.is(votes.winner, 2);
});

test('what another model reports too keeps its votes', () => {
  const votes = new ClassVotes(2, 1, 0.9);
  votes.renew([0.35, 0.35, 0.35]);
  votes.vote(2, 0.1);
  assert.is(votes.winner, 1);
});

test.run();

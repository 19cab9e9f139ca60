import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DatabaseChange } from '../../../src/tune/databases/database-change.js';
import { StandingChanges } from '../../../src/tune/databases/standing-changes.js';
import { MemoryTrials } from '../../../src/tune/trials/memory-trials.js';

const test = suite('what stands of changes of databases');

const indexOf = (database: string): DatabaseChange =>
  ({ database: { name: database }, action: { kind: 'create', name: 'edge_auto_x', sql: '' } }) as DatabaseChange;

test('what was tried on a database that could not be opened since waits for it, whatever is tried on others meanwhile', () => {
  const states = new MemoryTrials();
  new StandingChanges(states).trialBegins('late.db', 1, ['CREATE INDEX a ON t (a)']);
  const next = new StandingChanges(states);
  next.trialBegins('other.db', 2, ['DROP INDEX b']);
  next.trialIsOver('other.db');
  const last = new StandingChanges(states);
  assert.equal([last.undoLeft('late.db'), last.undoLeft('other.db')], [['CREATE INDEX a ON t (a)'], null]);
  last.trialIsOver('late.db');
  assert.is(new StandingChanges(states).undoLeft('late.db'), null);
});

test('what was kept is not taken back by a later run, also where something else was kept of another database after it', () => {
  const states = new MemoryTrials();
  const first = new StandingChanges(states);
  first.trialBegins('one.db', 1, ['DROP INDEX a']);
  first.keep(indexOf('one.db'), 1);
  const after = (saved: unknown) => {
    const later = new StandingChanges(states);
    later.load(saved);
    return [later.undoLeft('one.db'), later.undoLeft('other.db')];
  };
  assert.equal(after(first.saved), [null, null]);
  first.trialBegins('other.db', 2, ['DROP INDEX b']);
  assert.equal(after(first.saved), [null, ['DROP INDEX b']]);
  first.keep(indexOf('other.db'), 2);
  assert.equal(after(first.saved), [null, null]);
});

test('what an earlier release left is taken away too', () => {
  const states = new MemoryTrials();
  states.keep('database-trial', { database: 'one.db', at: 1, undo: ['DROP INDEX a'] });
  const standing = new StandingChanges(states);
  assert.equal([standing.undoLeft('one.db'), standing.undoLeft('other.db')], [['DROP INDEX a'], null]);
  standing.trialIsOver('one.db');
  assert.is(standing.undoLeft('one.db'), null);
});

test.run();

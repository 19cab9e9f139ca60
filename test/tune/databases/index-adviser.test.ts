import { setImmediate as turn } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { adviseInThread } from '../../../src/database/sqlite/in-thread.js';
import { WatchedDatabase } from '../../../src/database/sqlite/watched-database.js';
import { IndexAdviser } from '../../../src/tune/databases/index-adviser.js';

const test = suite('when indexes are looked for');

const MINUTE = 60_000;

/** A database that is asked enough, and an adviser whose advices come when the test says so. */
function bench() {
  let now = 0;
  let obstacle: string | null = null;
  const begun: { readonly end: () => void }[] = [];
  const database = new WatchedDatabase({ name: 'own.db', file: 'own.db', keepsIndex: () => true });
  const advise: typeof adviseInThread = (_file, _workload, _options, signal) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      begun.push({ end: () => resolve({ advice: {}, writers: new Map() } as never) });
    });
  const adviser = new IndexAdviser({
    obstacle: () => obstacle,
    clock: { now: () => now, unixNow: () => now },
    advise,
  });
  return {
    begun,
    adviser,
    ask() {
      const record = database.monitor.recordOf('SELECT 1 FROM passages');
      for (let i = 0; i < 200; i++) database.monitor.ended(record, performance.now() - 1, 1, []);
    },
    look(minutes: number, why: string | null = null) {
      now += minutes * MINUTE;
      obstacle = why;
      adviser.look([database]);
    },
    stateOf: () => adviser.stateOf(database),
  };
}

test('after ten minutes of watching, and six hours after an advice, by what was asked since', async () => {
  const { begun, look, ask, stateOf } = bench();
  look(0);
  ask();
  look(9);
  assert.is(begun.length, 0);
  look(1);
  assert.equal([begun.length, stateOf()], [1, 'indexes are tried on a copy of own.db']);
  begun[0]!.end();
  await turn();
  look(359);
  ask();
  look(0.5);
  assert.is(begun.length, 1);
  look(0.5);
  assert.is(begun.length, 2);
});

test('what a rush or a switch interrupted is made up for ten minutes later, with all that was asked before', async () => {
  const { begun, adviser, look, ask, stateOf } = bench();
  look(0);
  ask();
  look(10);
  look(0.1, 'the cores are busy by 90 %');
  await turn();
  assert.is(stateOf(), 'indexes for own.db could not be looked for: the cores are busy by 90 %');
  look(9);
  assert.is(begun.length, 1);
  look(1);
  assert.is(begun.length, 2);
  adviser.rest();
  await turn();
  look(10);
  assert.is(begun.length, 3);
});

test.run();

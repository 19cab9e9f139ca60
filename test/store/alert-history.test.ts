import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { AlertHistory, type AlertLogEntry } from '../../src/store/alert-history.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import { StoreFile } from '../../src/store/store-file.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';
import { letPass } from './let-pass.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('alert-history');
const DAY_MS = 86_400_000;
let files = 0;

function opened(file = join(folder, `${++files}`, 'history.db')) {
  const clock = { at: 20 * DAY_MS };
  const db = new StoreFile({
    what: 'the history',
    file,
    migrations: HISTORY_MIGRATIONS,
    log: silentLog,
    now: () => clock.at,
  });
  const history = new AlertHistory(db, 30);
  db.start();
  return { db, history, file, clock };
}

const step = (at: number, kind: string, more: Partial<AlertLogEntry> = {}): AlertLogEntry => ({
  at,
  code: 'camera-lost',
  kind,
  alert: { message: 'no pictures' },
  by: null,
  until: null,
  ...more,
});

onDisk('steps and states are there after a restart, in the order in which they happened', () => {
  const { db, history, file } = opened();
  const steps = [step(5, 'raised'), step(5, 'snoozed', { by: 'Ana', until: 99 }), step(7, 'snoozed', { alert: null })];
  history.add(steps[0]!, { held: 1 });
  db.flush();
  history.add(steps[1]!, { held: 2 });
  history.add(steps[2]!, { held: 3 });
  assert.equal(history.read({ since: 0, limit: 10 }), steps);
  db.stop();
  const again = opened(file);
  assert.equal(again.history.read({ since: 0, limit: 10 }), steps);
  assert.equal(again.history.states(), [{ held: 3 }]);
  again.history.add(step(9, 'cleared'), null);
  again.db.flush();
  assert.equal(again.history.states(), []);
  again.db.stop();
});

onDisk('what is asked for is the newest of a code since a time', () => {
  const { db, history } = opened();
  for (let at = 0; at < 10; at++) history.add(step(at, 'raised', { code: at % 2 === 0 ? 'even' : 'odd' }), null);
  db.flush();
  history.add(step(10, 'raised', { code: 'even' }), null);
  const times = (query: { since: number; code?: string; limit: number }) => history.read(query)!.map(({ at }) => at);
  assert.equal(times({ since: 7, limit: 100 }), [7, 8, 9, 10]);
  assert.equal(times({ since: 0, code: 'even', limit: 3 }), [6, 8, 10]);
  assert.equal(times({ since: 11, limit: 3 }), []);
  db.stop();
});

onDisk('steps are forgotten after the days that they are kept', () => {
  const { db, history, clock } = opened();
  history.add(step(clock.at, 'raised'), null);
  db.flush();
  clock.at += 31 * DAY_MS;
  history.add(step(clock.at, 'cleared'), null);
  letPass(25 * 3_600_000, clock, db);
  assert.equal(
    history.read({ since: 0, limit: 10 })!.map(({ kind }) => kind),
    ['cleared'],
  );
  db.stop();
});

onDisk('without a disk 2000 steps wait, and the oldest are dropped and counted', () => {
  const db = new StoreFile({
    what: 'the history',
    file: 'nowhere.db',
    migrations: HISTORY_MIGRATIONS,
    log: silentLog,
    open: () => {
      throw new Error('no disk');
    },
  });
  const history = new AlertHistory(db, 30);
  db.start();
  assert.is(history.read({ since: 0, limit: 1 }), null);
  for (let at = 0; at < 2010; at++) history.add(step(at, 'raised'), null);
  assert.is(db.health().droppedWrites, 10);
  assert.is(history.read({ since: 0, limit: 5000 })!.length, 2000);
  assert.equal(history.states(), []);
  db.stop();
});

test.run();

import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { CommandLog, type LoggedCommand } from '../../src/store/command-log.js';
import { openDatabase } from '../../src/store/database.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import { StoreFile } from '../../src/store/store-file.js';
import { temporaryFolder } from '../temporary.js';
import { letPass } from './let-pass.js';

const folder = temporaryFolder('command-log');
const DAY_MS = 86_400_000;
const NOW = 1_700_000_000_000;
let files = 0;

const COMMAND: LoggedCommand = {
  at: NOW,
  key: '21fe31dfa154a261',
  id: '7',
  nonce: 'a'.repeat(16),
  name: 'set',
  toSite: false,
  body: '{"output.logLevel":"debug"}',
  doneAt: null,
  result: null,
};
const DONE: LoggedCommand = { ...COMMAND, doneAt: NOW + 5, result: '{"command":"set","id":7,"ok":true}' };

function record(file = join(folder, `${++files}`, 'history.db'), open?: () => never) {
  const clock = { at: NOW };
  const more = open === undefined ? {} : { open };
  const now = () => clock.at;
  const db = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog, now, ...more });
  const log = new CommandLog(db);
  db.start();
  return { log, db, file, clock };
}

const last = (file: string): LoggedCommand[] =>
  CommandLog.lastOf(openDatabase({ file, migrations: HISTORY_MIGRATIONS, log: silentLog }), 10);

test('a command is on the disk once it is put, with neither a flush nor a stop', () => {
  const { log, db, file } = record();
  log.put(COMMAND);
  assert.equal(last(file), [COMMAND]);
  log.put(DONE);
  assert.equal(last(file), [DONE]);
  db.stop();
});

test('after a restart its nonce is known and its answer found, by its key and its id as it was written', () => {
  const first = record();
  first.log.put(DONE);
  first.db.stop();
  const { log, db } = record(first.file);
  assert.equal(
    [log.reachesBackTo, log.hasNonce(DONE.key, DONE.nonce), log.hasNonce('other', DONE.nonce)],
    [NOW, true, false],
  );
  assert.equal(log.find(DONE.key, '7'), DONE);
  assert.equal([log.find(DONE.key, '"7"'), log.find('other', '7')], [null, null]);
  db.stop();
});

test('without a disk it is remembered until there is one', () => {
  let isBroken = true;
  const file = join(folder, `${++files}`, 'history.db');
  const open = (): never => {
    if (isBroken) throw new Error('no disk');
    return openDatabase({ file, migrations: HISTORY_MIGRATIONS, log: silentLog }) as never;
  };
  const { log, db, clock } = record(file, open);
  log.put(COMMAND);
  log.put(DONE);
  assert.equal(
    [log.reachesBackTo, log.hasNonce(DONE.key, DONE.nonce), log.find(DONE.key, '7')],
    [Number.POSITIVE_INFINITY, true, DONE],
  );
  isBroken = false;
  clock.at += 120_000;
  db.flush();
  assert.equal(last(file), [DONE]);
  db.stop();
});

test('a disk that fails after the start makes nothing be forgotten that this run did', () => {
  const { log, db } = record();
  log.put(DONE);
  db.stop();
  assert.equal(
    [log.reachesBackTo, log.hasNonce(DONE.key, DONE.nonce), log.find(DONE.key, '7')],
    [Number.POSITIVE_INFINITY, true, DONE],
  );
});

test('what is older than 400 days is forgotten', () => {
  const { log, db, clock, file } = record();
  log.put({ ...DONE, id: '1', nonce: 'old'.repeat(6), at: NOW - 401 * DAY_MS });
  log.put(DONE);
  letPass(7_200_000, clock, db);
  assert.equal(last(file), [DONE]);
  db.stop();
});

test.run();

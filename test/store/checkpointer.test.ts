import { closeSync, existsSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { Checkpointer } from '../../src/store/checkpointer.js';
import { openDatabase } from '../../src/store/database.js';
import type { DatabasePort } from '../../src/store/database-port.js';
import { loadSqlite } from '../../src/store/sqlite.js';
import { StoreFile } from '../../src/store/store-file.js';
import { eventually, temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('checkpointer');
const MIGRATIONS = ['CREATE TABLE notes (n INTEGER NOT NULL, text TEXT NOT NULL) STRICT;'];

let files = 0;
const someFile = (): string => join(folder, `${++files}`, 'notes.db');

function write(database: DatabasePort, rows: number): void {
  const add = database.prepare('INSERT INTO notes VALUES (?, ?)');
  database.transaction(() => {
    for (let n = 0; n < rows; n++) add.run(n, 'x'.repeat(2000));
  });
}

/** Pages of the log that are not in the database yet. */
function missing(database: DatabasePort): number {
  const state = database.prepare('PRAGMA wal_checkpoint(NOOP)').get() as { log: number; checkpointed: number };
  return state.log - state.checkpointed;
}

test('a log that has grown is brought into the database by another thread, and starts anew', async () => {
  const checkpointer = new Checkpointer({ log: silentLog, everyMs: 20, atPages: 100 });
  const file = someFile();
  const database = openDatabase({ file, migrations: MIGRATIONS, log: silentLog, checkpointer });
  const sizeBefore = statSync(file).size;
  write(database, 1000);
  await eventually('the checkpoint', () => statSync(file).size > sizeBefore + 1_000_000);
  await eventually('the whole log in the database', () => missing(database) === 0);
  // the next one to write begins at its start
  write(database, 1);
  await eventually('the short log', () => (database.keeper!.walPages ?? 1000) < 100);
  database.close();
  await checkpointer.stop();
  assert.equal(readdirSync(join(file, '..')), ['notes.db']);
});

test('a log that could not be brought in whole is followed up, however little is missing', async () => {
  const checkpointer = new Checkpointer({ log: silentLog, everyMs: 20, atPages: 100 });
  const file = someFile();
  const database = openDatabase({ file, migrations: MIGRATIONS, log: silentLog, checkpointer });
  write(database, 1000);
  // what comes after somebody began to read stays in the log until he ends, as what is written during a checkpoint does
  const Sqlite = loadSqlite();
  const reader = new Sqlite(file, { readonly: true });
  reader.exec('BEGIN; SELECT count(*) FROM notes;');
  write(database, 20);
  await eventually('what the reader sees', () => missing(database) < 100);
  assert.ok(missing(database) > 0);
  reader.close();
  await eventually('the rest', () => missing(database) === 0);
  database.close();
  await checkpointer.stop();
});

test('while the thread looks after it a database writes no page into its file itself', async () => {
  const checkpointer = new Checkpointer({ log: silentLog, everyMs: 60_000 });
  const file = someFile();
  const database = openDatabase({ file, migrations: MIGRATIONS, log: silentLog, checkpointer });
  const { size } = statSync(file);
  write(database, 3000);
  assert.is(statSync(file).size, size);
  assert.ok(statSync(`${file}-wal`).size > 6_000_000);
  database.close();
  await checkpointer.stop();
  assert.ok(statSync(file).size > 6_000_000);
  assert.not.ok(existsSync(`${file}-wal`));
});

test('how much each table takes is measured beside the caller', async () => {
  const checkpointer = new Checkpointer({ log: silentLog });
  const database = openDatabase({ file: someFile(), migrations: MIGRATIONS, log: silentLog, checkpointer });
  write(database, 1000);
  const sizes = await database.keeper!.measure(['notes', 'no such table']);
  assert.ok(sizes.get('notes')! > 2_000_000 && sizes.get('notes')! < 3_000_000, `${sizes.get('notes')}`);
  assert.is(sizes.get('no such table'), 0);
  database.close();
  await checkpointer.stop();
});

test('a large file is checked beside the caller, and set aside where it is damaged', async () => {
  const checkpointer = new Checkpointer({ log: silentLog });
  const file = someFile();
  const before = openDatabase({ file, migrations: MIGRATIONS, log: silentLog });
  write(before, 1000);
  before.close();
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(4096, 0xa5), 0, 4096, 100 * 4096);
  closeSync(handle);
  const told: string[] = [];
  const store = new StoreFile({
    what: 'the notes',
    file,
    migrations: MIGRATIONS,
    log: silentLog,
    random: () => 0,
    open: () => openDatabase({ file, migrations: MIGRATIONS, log: silentLog, checkpointer, largeBytes: 1_000_000 }),
    listener: {
      degraded: (reason) => told.push(reason),
      recovered: () => told.push('recovered'),
      setAside: (aside) => told.push(aside.replace(/\d{4}-\d{2}-.*/, '')),
    },
  });
  const link = store.join({
    what: 'notes',
    adopt: (database) => database.prepare('SELECT count(*) AS rows FROM notes'),
  });
  store.start();
  assert.is(link.isOpen, true);
  await eventually('the verdict', () => told.length === 2);
  assert.equal(told[0], `${file}.corrupt-`);
  assert.match(told[1]!, /^is damaged: /);
  await eventually('the new file', () => {
    store.flush();
    return told.length === 3;
  });
  assert.equal(
    link.read((rows) => rows.get()),
    { rows: 0 },
  );
  store.stop();
  await checkpointer.stop();
});

test('what was committed is brought onto the medium beside the main thread, however many ask', async () => {
  const checkpointer = new Checkpointer({ log: silentLog });
  const file = someFile();
  const store = new StoreFile({ what: 'the notes', file, migrations: MIGRATIONS, log: silentLog, checkpointer });
  assert.is(await store.sync(), false);
  store.start();
  const link = store.join({ what: 'notes', adopt: (database) => database.prepare("INSERT INTO notes VALUES (1, '')") });
  link.write((add) => void add.run());
  assert.equal(await Promise.all([store.sync(), store.sync(), store.sync()]), [true, true, true]);
  store.stop();
  await checkpointer.stop();
});

test('pages that deleted rows left are given back bit by bit', async () => {
  const file = someFile();
  const clock = { at: 0 };
  const now = (): number => clock.at;
  const store = new StoreFile({ what: 'the notes', file, migrations: MIGRATIONS, log: silentLog, now });
  const link = store.join({
    what: 'notes',
    adopt: (database) => ({
      add: database.prepare('INSERT INTO notes VALUES (?, ?)'),
      clear: database.prepare('DELETE FROM notes'),
      pages: database.prepare('PRAGMA page_count'),
    }),
  });
  store.start();
  link.write(({ add }) => {
    for (let n = 0; n < 4000; n++) add.run(n, 'x'.repeat(2000));
  });
  const pages = (): number => link.read((s) => s.pages.get() as { page_count: number })!.page_count;
  const before = pages();
  link.write(({ clear }) => void clear.run());
  assert.is(pages(), before);
  clock.at += 600_000;
  store.flush();
  assert.is(pages(), before - 32);
  for (let second = 0; second < 100; second++) store.flush();
  assert.ok(pages() < before - 1500, `${pages()} of ${before}`);
  store.stop();
});

test.run();

import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import type { DatabasePort, StatementPort } from '../../src/store/database-port.js';
import { StoreLink } from '../../src/store/link.js';
import { needs } from '../optional.js';
import { smallDisk } from '../small-disk.js';
import { endWithTests, temporaryFolder } from '../temporary.js';
import { recording, type Trouble, troubled } from './trouble.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('link');
const MIGRATIONS = ['CREATE TABLE notes (text TEXT NOT NULL) STRICT;'];
/** Longer than any pause after a failure, and shorter than the one of a file that can only be read. */
const A_MINUTE = 60_000;

interface Notes {
  readonly add: StatementPort;
  readonly all: StatementPort;
}

let files = 0;
const freshFile = () => join(folder, `${++files}`, 'notes.db');

/** A note book upon a link: what the smallest user of one looks like. */
function noteBook(file: string, trouble: Trouble = { code: null }, wrap = (database: DatabasePort) => database) {
  const told: string[] = [];
  const clock = { at: Date.UTC(2026, 0, 1) };
  const waiting: string[] = [];
  let openings = 0;
  const open = () => {
    openings++;
    const database = openDatabase({ file, migrations: MIGRATIONS, log: silentLog });
    return troubled(wrap(database), trouble);
  };
  const flush = (): void => {
    if (!link.canWrite || (waiting.length === 0 && !link.degraded)) return;
    const written = link.write(({ add }) => {
      for (const text of waiting) add.run(text);
    });
    if (written) waiting.length = 0;
  };
  const link = new StoreLink<Notes>({
    what: 'the note book',
    open,
    adopt: (database) => ({
      add: database.prepare('INSERT INTO notes VALUES (?)'),
      all: database.prepare('SELECT text FROM notes'),
    }),
    flush,
    flushEveryMs: 1e9,
    log: silentLog,
    listener: recording(told),
    now: () => clock.at,
    random: () => 0.999,
  });
  return {
    link,
    told,
    clock,
    flush,
    note: (text: string) => waiting.push(text),
    notes: () => link.read(({ all }) => (all.all() as { text: string }[]).map(({ text }) => text)),
    openings: () => openings,
  };
}

function damage(file: string): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(8000, 0xa5), 0, 8000, 100);
  closeSync(handle);
}

onDisk('what was written is read, and is there after a restart', () => {
  const file = freshFile();
  const first = noteBook(file);
  assert.is(first.link.health().state, 'closed');
  first.link.start();
  first.note('a');
  first.flush();
  assert.equal(first.notes(), ['a']);
  first.note('b');
  first.link.stop();
  const second = noteBook(file);
  second.link.start();
  assert.equal(second.notes(), ['a', 'b']);
  assert.equal(second.link.health(), { state: 'open', reason: null, errors: 0, setAside: 0, droppedWrites: 0 });
  second.link.stop();
  assert.is(second.link.health().state, 'closed');
});

for (const code of ['SQLITE_FULL', 'SQLITE_READONLY', 'SQLITE_IOERR_WRITE']) {
  onDisk(`${code} while writing is told once, tried again after a pause, and what waited is written then`, () => {
    const trouble: Trouble = { code };
    const { link, told, clock, flush, note, notes } = noteBook(freshFile(), trouble);
    link.start();
    note('a');
    flush();
    flush();
    assert.is(link.health().errors, 1, 'nothing is tried during the pause');
    clock.at += A_MINUTE;
    flush();
    assert.is(link.health().errors, 2);
    assert.equal([link.health().state, link.health().reason], ['degraded', `cannot be written: ${code}`]);
    assert.equal(notes(), [], 'reading goes on');
    trouble.code = null;
    clock.at += A_MINUTE;
    flush();
    assert.equal(notes(), ['a']);
    assert.is(link.health().state, 'open');
    assert.equal(told, [`degraded cannot be written: ${code}`, 'recovered']);
    link.stop();
  });
}

onDisk('the pauses grow from a second to a minute, and a clock that is set back ends them', () => {
  const { link, clock, flush, note } = noteBook(freshFile(), { code: 'SQLITE_FULL' });
  link.start();
  note('a');
  const tried: number[] = [];
  const begun = clock.at;
  for (let second = 0; second < 200; second++) {
    const before = link.health().errors;
    flush();
    if (link.health().errors > before) tried.push((clock.at - begun) / 1000);
    clock.at += 1000;
  }
  assert.equal(tried, [0, 1, 3, 7, 15, 31, 63, 123, 183]);
  clock.at -= 86_400_000;
  flush();
  assert.is(link.health().errors, 10);
  link.stop();
});

onDisk('at the stop what waits is tried once more, whatever pause there is', () => {
  const file = freshFile();
  const trouble: Trouble = { code: 'SQLITE_FULL' };
  const first = noteBook(file, trouble);
  first.link.start();
  first.note('a');
  first.flush();
  trouble.code = null;
  first.link.stop();
  const second = noteBook(file);
  second.link.start();
  assert.equal(second.notes(), ['a']);
  second.link.stop();
});

onDisk('a place that cannot hold the file is told, and used when it can', () => {
  const file = freshFile();
  writeFileSync(dirname(file), '');
  const { link, told, clock, flush, note, notes } = noteBook(file);
  link.start();
  note('a');
  flush();
  assert.is(link.health().state, 'degraded');
  assert.match(link.health().reason!, /^cannot be opened: .*notes\.db cannot be used/);
  assert.is(notes(), null);
  rmSync(dirname(file));
  clock.at += A_MINUTE;
  flush();
  assert.equal(notes(), ['a']);
  assert.is(told[1], 'recovered');
  link.stop();
});

onDisk('a file that is damaged before the start is set aside, told and counted', () => {
  const file = freshFile();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'no database '.repeat(500));
  const { link, told, note, notes, flush } = noteBook(file);
  link.start();
  assert.is(link.health().setAside, 1);
  assert.match(told[0]!, /^set aside .*notes\.db\.corrupt-/);
  assert.ok(existsSync(told[0]!.slice('set aside '.length)));
  note('a');
  flush();
  assert.equal(notes(), ['a']);
  link.stop();
});

onDisk('a file that is damaged while it is used is set aside after the next failure; what waits is kept', () => {
  const file = freshFile();
  const first = noteBook(file);
  first.link.start();
  first.note('old');
  first.link.stop();
  const trouble: Trouble = { code: null };
  const { link, told, clock, flush, note, notes } = noteBook(file, trouble);
  link.start();
  damage(file);
  trouble.code = 'SQLITE_CORRUPT';
  note('new');
  flush();
  assert.is(link.isOpen, false);
  trouble.code = null;
  clock.at += A_MINUTE;
  flush();
  assert.equal(notes(), ['new']);
  assert.is(link.health().setAside, 1);
  assert.equal(
    told.map((line) => line.split(' ')[0]),
    ['degraded', 'set', 'recovered'],
  );
  link.stop();
});

onDisk('after a failed reading the disk is left alone for a moment: it may take seconds to fail', () => {
  const trouble: Trouble = { code: null };
  const { link, clock, flush, note, notes } = noteBook(freshFile(), trouble);
  link.start();
  note('a');
  flush();
  Object.assign(trouble, { code: 'SQLITE_IOERR_READ', at: 'reading' });
  assert.is(notes(), null);
  assert.is(notes(), null);
  assert.is(link.health().errors, 1);
  assert.is(link.health().reason, 'cannot be read: SQLITE_IOERR_READ');
  trouble.code = null;
  clock.at += A_MINUTE;
  assert.equal(notes(), ['a']);
  flush();
  assert.is(link.health().state, 'open');
  link.stop();
});

onDisk('a file that can only be read is read, said to be degraded, and opened anew after ten minutes', () => {
  const file = freshFile();
  const first = noteBook(file);
  first.link.start();
  first.note('a');
  first.link.stop();
  let readOnly = true;
  const { link, told, clock, flush, note, notes, openings } = noteBook(file, { code: null }, (database) =>
    readOnly
      ? { ...troubled(database, { code: 'SQLITE_READONLY' }), readOnly, readOnlyBecause: 'the file is not ours' }
      : database,
  );
  link.start();
  assert.equal(notes(), ['a']);
  note('b');
  clock.at += 9 * A_MINUTE;
  flush();
  assert.is(openings(), 1);
  assert.equal(told, ['degraded nothing new is kept (the file is not ours)']);
  readOnly = false;
  clock.at += A_MINUTE;
  flush();
  assert.equal(notes(), ['a', 'b']);
  assert.is(told[1], 'recovered');
  link.stop();
});

/** Another process that holds the file's lock until it is told to end. */
async function locking(file: string): Promise<() => Promise<void>> {
  const script = `
    import Sqlite from 'better-sqlite3';
    const database = new Sqlite(${JSON.stringify(file)});
    database.exec('BEGIN IMMEDIATE');
    console.log('locked');
    process.stdin.on('end', () => process.exit()).resume();`;
  const child = endWithTests(
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  await new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
  return () =>
    new Promise((resolve) => {
      child.once('close', () => resolve());
      child.stdin.end();
    });
}

onDisk('a lock that another process holds is not waited for, and is a failure only after ten seconds', async () => {
  const file = freshFile();
  const { link, told, clock, flush, note, notes } = noteBook(file);
  link.start();
  const unlock = await locking(file);
  note('a');
  flush();
  assert.equal([link.health().state, link.health().errors], ['open', 1]);
  clock.at += 5000;
  flush();
  assert.equal(told, []);
  clock.at += 5000;
  flush();
  assert.equal(told, [
    `degraded cannot be written: it is locked by another process: close what has it open (fuser ${file} names it): database is locked`,
  ]);
  await unlock();
  clock.at += A_MINUTE;
  flush();
  assert.equal(notes(), ['a']);
  assert.is(told[1], 'recovered');
  link.stop();
});

const disk = smallDisk(join(folder, 'small-disk'), '256k');
if (disk) {
  onDisk('on a disk that is really full what waits is written when there is room', () => {
    const { link, told, clock, flush, note, notes } = noteBook(join(disk.at, 'notes.db'));
    link.start();
    const long = 'x'.repeat(600_000);
    note(long);
    flush();
    assert.match(
      told[0]!,
      /^degraded cannot be written: the disk is full \(\d\.\d MB free\): make room, or choose another/,
    );
    assert.equal(notes(), []);
    disk.resize('8m');
    clock.at += A_MINUTE;
    flush();
    assert.equal(notes(), [long]);
    assert.is(told[1], 'recovered');
    link.stop();
    disk.remove();
  });
} else console.log('SKIPPED (no file system may be mounted here): what waits for a disk that is really full');

onDisk('what can never be written is counted', () => {
  const { link } = noteBook(freshFile());
  link.drop();
  link.drop(2);
  assert.is(link.health().droppedWrites, 3);
});

onDisk('stopping without starting, or twice, does nothing', () => {
  const { link, openings } = noteBook(freshFile());
  link.stop();
  link.start();
  link.start();
  link.stop();
  link.stop();
  assert.is(openings(), 1);
});

test.run();

import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import type { DatabasePort, StatementPort } from '../../src/store/database-port.js';
import { StoreFile, type StoreTables } from '../../src/store/store-file.js';
import { temporaryFolder } from '../temporary.js';
import { letPass } from './let-pass.js';
import { type Trouble, troubled } from './trouble.js';

const folder = temporaryFolder('store-file');
const MIGRATIONS = [
  'CREATE TABLE left (n INTEGER NOT NULL) STRICT; CREATE INDEX left_by_n ON left (n);',
  'CREATE TABLE right (n INTEGER NOT NULL) STRICT; CREATE INDEX right_by_n ON right (n);',
];
let files = 0;

function store(disk: Trouble = { code: null }) {
  const file = join(folder, `${++files}`, 'several.db');
  const clock = { at: 1_000_000 };
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(JSON.parse(line).msg) }, false);
  const open = (): DatabasePort => troubled(openDatabase({ file, migrations: MIGRATIONS, log }), disk);
  const now = () => clock.at;
  const it = new StoreFile({ what: 'the numbers', file, migrations: MIGRATIONS, log, now, random: () => 0, open });
  return { it, clock, lines, disk };
}

/** An owner of one of the two tables, with what waits. */
function numbers(it: StoreFile, table: 'left' | 'right', more: Partial<StoreTables<Numbers>> = {}) {
  const waiting: unknown[] = [];
  const link = it.join<Numbers>({
    what: `${table} numbers`,
    adopt: (database) => ({
      add: database.prepare(`INSERT INTO ${table} VALUES (?)`),
      all: database.prepare(`SELECT n FROM ${table} ORDER BY n`),
    }),
    flush: ({ add }) => {
      if (waiting.length === 0) return null;
      for (const n of waiting) add.run(n);
      return () => {
        waiting.length = 0;
      };
    },
    ...more,
  });
  const stored = () => link.read(({ all }) => all.all().map((row) => (row as { n: number }).n));
  return { link, waiting, stored };
}

interface Numbers {
  readonly add: StatementPort;
  readonly all: StatementPort;
}

test('what waits in several owners is written together', () => {
  const { it } = store();
  const left = numbers(it, 'left');
  const right = numbers(it, 'right');
  it.start();
  left.waiting.push(1);
  right.waiting.push(2);
  it.flush();
  assert.equal([left.stored(), right.stored()], [[1], [2]]);
  assert.equal([left.waiting, right.waiting], [[], []]);
  it.stop();
});

test('nothing is forgotten before the transaction of all is committed', () => {
  const { it } = store();
  const left = numbers(it, 'left');
  const right = numbers(it, 'right', {
    flush: () => {
      throw Object.assign(new Error('full'), { code: 'SQLITE_FULL' });
    },
  });
  it.start();
  left.waiting.push(1);
  it.flush();
  assert.equal([left.waiting, left.stored(), right.link.degraded], [[1], [], true]);
  assert.match(it.health().reason!, /^cannot be written: the disk is full .*: full$/);
  it.stop();
});

test('an owner whose rows are refused is told once and costs the others nothing', () => {
  const { it, clock, lines } = store();
  const left = numbers(it, 'left');
  const right = numbers(it, 'right');
  it.start();
  right.waiting.push('no number');
  for (let second = 1; second <= 3; second++) {
    left.waiting.push(second);
    clock.at += 1000;
    it.flush(false);
  }
  assert.equal([left.stored(), right.stored()], [[1, 2, 3], []]);
  assert.equal(lines, ['right numbers cannot be stored as they are']);
  assert.equal([it.health().state, it.health().errors], ['open', 3]);
  right.waiting[0] = 7;
  clock.at += 1000;
  it.flush(false);
  assert.equal(right.stored(), [7]);
  it.stop();
});

test('an owner that asks for it is written seldom, and at the stop in any case', () => {
  const { it, clock } = store();
  const left = numbers(it, 'left', { flushEveryMs: 60_000 });
  it.start();
  left.waiting.push(1);
  clock.at += 59_000;
  it.flush(false);
  assert.equal(left.stored(), []);
  clock.at += 1000;
  it.flush(false);
  assert.equal(left.stored(), [1]);
  left.waiting.push(2);
  it.stop();
  it.start();
  assert.equal(left.stored(), [1, 2]);
  it.stop();
});

test('who joins an open file reads and writes at once', () => {
  const { it } = store();
  it.start();
  const { link, stored } = numbers(it, 'right');
  assert.ok(link.write(({ add }) => void add.run(5), true));
  assert.equal(stored(), [5]);
  it.stop();
  assert.is(link.isOpen, false);
  assert.is(stored(), null);
  assert.is(
    link.write(({ add }) => void add.run(6)),
    false,
  );
});

test('a full disk degrades the file once for all owners, and what waited is written when there is room', () => {
  const { it, clock, lines, disk } = store();
  const left = numbers(it, 'left');
  const right = numbers(it, 'right', { flushEveryMs: 60_000 });
  it.start();
  left.waiting.push(1);
  right.waiting.push(2);
  disk.code = 'SQLITE_FULL';
  for (let second = 0; second < 120; second++) {
    clock.at += 1000;
    it.flush(false);
  }
  assert.equal([left.link.degraded, right.link.degraded], [true, true]);
  disk.code = null;
  clock.at += 60_000;
  it.flush(false);
  assert.equal([left.stored(), right.stored()], [[1], [2]]);
  assert.equal(lines, ['the numbers is out of order: memory goes on, it is tried again', 'the numbers works again']);
  it.stop();
});

test('rows go by age, a batch a second, and only then', () => {
  const { it, clock } = store();
  const left = numbers(it, 'left', { retention: [{ table: 'left', timeColumn: 'n', maxAgeMs: 100_000 }] });
  it.start();
  letPass(3_600_000, clock, it);
  clock.at += 60_000;
  for (let n = 1; n <= 600; n++) left.waiting.push(n);
  left.waiting.push(5_000_000);
  it.flush();
  const counts = [left.stored()!.length];
  for (let second = 0; second < 2; second++) {
    clock.at += 1000;
    it.flush(false);
    counts.push(left.stored()!.length);
  }
  assert.equal(counts, [345, 89, 1]);
  left.waiting.push(2);
  clock.at += 1000;
  it.flush(false);
  assert.is(left.stored()!.length, 2);
  clock.at += 60_000;
  it.flush(false);
  assert.equal(left.stored(), [5_000_000]);
  it.stop();
});

test('a table over its bytes loses its oldest rows until it fits', () => {
  const { it, clock } = store();
  const rule = { table: 'left', timeColumn: 'n', maxAgeMs: 1e12, maxBytes: 40_000 };
  const left = numbers(it, 'left', { retention: [rule] });
  it.start();
  for (let n = 1; n <= 5000; n++) left.waiting.push(n);
  it.flush();
  clock.at += 3_600_000;
  for (let second = 0; second < 60; second++) {
    clock.at += 1000;
    it.flush(false);
  }
  const stored = left.stored()!;
  assert.ok(stored.length > 1000 && stored.length < 2500, `${stored.length} rows`);
  assert.is(stored.at(-1), 5000);
  it.stop();
});

test.run();

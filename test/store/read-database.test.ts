import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import { readDatabase } from '../../src/store/read-database.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('read-database');
const migrations = ['CREATE TABLE numbers (n INTEGER) STRICT'];
let files = 0;

function written(...numbers: number[]) {
  const file = join(folder, `${++files}`, 'some.db');
  const database = openDatabase({ file, migrations, log: silentLog });
  const add = (n: number) => database.prepare('INSERT INTO numbers VALUES (?)').run(n);
  numbers.forEach(add);
  return { file, database, add };
}

const numbersIn = (database: ReturnType<typeof readDatabase>) =>
  database
    .prepare('SELECT n FROM numbers ORDER BY n')
    .all()
    .map((row) => (row as { n: number }).n);

test('a database is read beside the program that writes it, which goes on writing; it is read as it was', () => {
  const { file, database, add } = written(1, 2);
  const reading = readDatabase(file);
  add(3);
  assert.equal(numbersIn(reading), [1, 2]);
  assert.ok(reading.readOnly);
  assert.throws(() => reading.prepare('DELETE FROM numbers').run(), /readonly/);
  reading.close();
  const later = readDatabase(file);
  assert.equal(numbersIn(later), [1, 2, 3]);
  later.close();
  database.close();
});

test('a database that nobody has open is read, and what lies in its folder stays as it was', () => {
  const { file, database } = written(1);
  database.close();
  const before = readFileSync(file);
  const reading = readDatabase(file);
  assert.equal(numbersIn(reading), [1]);
  reading.close();
  assert.ok(readFileSync(file).equals(before));
  assert.equal(
    readdirSync(join(file, '..')).filter((name) => !/-(wal|shm)$/.test(name)),
    ['some.db'],
  );
});

test('what is no database, or not there, is refused with its name, and nothing is made or moved', () => {
  const place = join(folder, 'odd');
  mkdirSync(place);
  writeFileSync(join(place, 'no.db'), 'this is no database, whatever it is called, and never was one'.repeat(20));
  chmodSync(join(place, 'no.db'), 0o600);
  assert.throws(() => readDatabase(join(place, 'no.db')), /no\.db cannot be read/);
  assert.throws(() => readDatabase(join(place, 'none.db')), /none\.db cannot be read/);
  assert.equal(readdirSync(place), ['no.db']);
});

test.run();

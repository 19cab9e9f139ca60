import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CACHE_MIGRATIONS } from '../../src/cache/migrations.js';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import type { DatabasePort } from '../../src/store/database-port.js';
import { HISTORY_MIGRATIONS, PROFILE_MIGRATIONS, QUIET_HOURS_MIGRATIONS } from '../../src/store/migrations.js';
import { OUTBOX_MIGRATIONS } from '../../src/store/outbox-table.js';
import { loadSqlite, type SqliteConnection } from '../../src/store/sqlite.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('migrations');

const SCHEMAS: Readonly<Record<string, readonly string[]>> = {
  cache: CACHE_MIGRATIONS,
  history: HISTORY_MIGRATIONS,
  outbox: OUTBOX_MIGRATIONS,
  profiles: PROFILE_MIGRATIONS,
  'quiet-hours': QUIET_HOURS_MIGRATIONS,
};

/** A file as a version of the program left it that knew `version` steps, with a row in each table, and one more in the log. */
function leftBehind(name: string, migrations: readonly string[], version: number): string {
  const file = join(folder, `${name}-${version}.db`);
  mkdirSync(dirname(file), { recursive: true });
  const sqlite = new (loadSqlite())(file);
  sqlite.pragma('journal_mode = WAL');
  for (const sql of migrations.slice(0, version)) sqlite.exec(sql);
  sqlite.pragma(`user_version = ${version}`);
  for (const table of tablesOf(sqlite)) insertInto(sqlite, table);
  sqlite.close();
  return file;
}

function tablesOf(sqlite: SqliteConnection): string[] {
  const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
  return sqlite.prepare(sql).pluck().all() as string[];
}

const VALUES: Readonly<Record<string, unknown>> = { INTEGER: 1, REAL: 1.5, TEXT: 'kept', BLOB: Buffer.from('kept') };

function insertInto(sqlite: SqliteConnection, table: string): void {
  const columns = sqlite.pragma(`table_info("${table}")`) as { type: string }[];
  sqlite.pragma('foreign_keys = OFF');
  const places = columns.map(() => '?').join(', ');
  sqlite.prepare(`INSERT INTO "${table}" VALUES (${places})`).run(...columns.map(({ type }) => VALUES[type]));
}

function schemaOf(database: DatabasePort): unknown[] {
  return database.prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' ORDER BY name").all();
}

for (const [name, migrations] of Object.entries(SCHEMAS)) {
  for (let version = 0; version < migrations.length; version++) {
    onDisk(`${name}.db of version ${version} becomes what a new file is, with its rows`, () => {
      const file = leftBehind(name, migrations, version);
      const before = new (loadSqlite())(file, { readonly: true });
      const tables = tablesOf(before);
      before.close();
      const migrated = openDatabase({ file, migrations, log: silentLog });
      const fresh = openDatabase({ file: join(folder, `${name}-fresh-${version}.db`), migrations, log: silentLog });
      assert.equal(schemaOf(migrated), schemaOf(fresh));
      assert.equal(migrated.prepare('PRAGMA user_version').get(), { user_version: migrations.length });
      assert.is(migrated.setAside, null);
      for (const table of tables) {
        assert.equal(migrated.prepare(`SELECT count(*) AS rows FROM "${table}"`).get(), { rows: 1 }, table);
      }
      migrated.close();
      fresh.close();
    });
  }
}

onDisk('a step that fails leaves the file as it was, and the steps before it', () => {
  const good = 'CREATE TABLE a (n INTEGER) STRICT;';
  const bad = 'CREATE TABLE b (n INTEGER) STRICT; INSERT INTO nowhere VALUES (1);';
  const file = join(folder, 'failed.db');
  assert.throws(
    () => openDatabase({ file, migrations: [good, bad], log: silentLog }),
    /no such table: nowhere|cannot be used/,
  );
  const database = openDatabase({ file, migrations: [good], log: silentLog });
  assert.equal(database.prepare('SELECT name FROM sqlite_schema').all(), [{ name: 'a' }]);
  database.close();
});

/** What is on devices already: it must never change, or these get another schema than new ones. */
const RELEASED: Readonly<Record<string, readonly string[]>> = {
  cache: ['1c4dc9b39922b681'],
  history: ['837b86b263bbbca6', '15c35308b9ba2745'],
  profiles: ['913c653b093353cf'],
  'quiet-hours': ['cc33eeaf20bd1c0b'],
};

test('no step that is on devices was changed', () => {
  for (const [name, hashes] of Object.entries(RELEASED)) {
    const found = SCHEMAS[name]!.slice(0, hashes.length).map((sql) =>
      createHash('sha256').update(sql).digest('hex').slice(0, 16),
    );
    assert.equal(found, hashes, name);
  }
});

test.run();

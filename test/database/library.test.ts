import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { adviseIndexes, adviseServerIndexes, getPerformanceReport } from '../../src/database/library.js';
import { ConfigError, explain } from '../../src/foundation/errors.js';
import { loadSqlite } from '../../src/store/sqlite.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('database-library');
const test = suite('databases that a program names');
const withSqlite = needs('better-sqlite3', test);

withSqlite('a file that is not there is named, and so is one that is no database', async () => {
  const absent = join(folder, 'absent.db');
  const missing = await problemOf(() => getPerformanceReport(absent));
  assert.instance(missing, ConfigError);
  assert.match(missing.message, `expected a file, got ${absent}, which is not there`);
  assert.is((await problemOf(() => adviseIndexes(absent, []))).message, missing.message);

  const text = join(folder, 'text.json');
  writeFileSync(text, JSON.stringify({ text: 'x'.repeat(200) }));
  assert.is(
    explain(await problemOf(() => getPerformanceReport(text))),
    `the database ${text} cannot be read: it is another kind of file than a database of SQLite, or is encrypted: file is not a database`,
  );
});

test('an address where a file is wanted, and a file where an address is, are told apart without a password', async () => {
  const address = await problemOf(() => adviseIndexes('postgres://app:secret@127.0.0.1/shop', []));
  assert.instance(address, ConfigError);
  assert.match(address.message, /expected a file of SQLite, got an address/);
  assert.not.match(address.message, /secret/);
  const file = await problemOf(() => adviseServerIndexes('violations.db'));
  assert.instance(file, ConfigError);
  assert.match(file.message, /expected an address such as postgres:\/\/host:5432\/dbname, got what is none/);
});

withSqlite('what is no workload is refused with what was expected', async () => {
  const file = join(folder, 'empty.db');
  new (loadSqlite())(file).close();
  const untyped = adviseIndexes as (file: string, workload?: unknown) => unknown;
  for (const [workload, message] of [
    [undefined, 'the workload: expected a list of { sql, count }, got undefined'],
    [['SELECT 1'], 'the workload: expected { sql, count } at 0, got no text as sql'],
    [
      [{ sql: 'SELECT 1', count: 1 }, { sql: 'SELECT 2' }],
      'the workload: expected how often as count at 1, got undefined',
    ],
  ] as const) {
    const problem = await problemOf(() => untyped(file, workload));
    assert.instance(problem, TypeError);
    assert.is(problem.message, message);
  }
});

test('a report that cannot be made is a promise that fails', async () => {
  const report = getPerformanceReport(join(folder, 'absent.db'));
  assert.match(await report.then(String, (error: Error) => error.message), /which is not there/);
});

async function problemOf(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was refused');
}

test.run();

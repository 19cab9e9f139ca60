import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Advice } from '../../../src/database/advisor/advice.js';
import { optimizeSqlite } from '../../../src/database/sqlite/optimize.js';
import { loadSqlite } from '../../../src/store/sqlite.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('optimize');
const test = suite('optimize');
const withSqlite = needs('better-sqlite3', test);

function database(name: string): string {
  const file = join(folder, name);
  const sqlite = new (loadSqlite())(file);
  sqlite.exec(`
    CREATE TABLE fine (id INTEGER PRIMARY KEY, car INTEGER, note TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO fine SELECT i, i % 5000, 'x' FROM n;
  `);
  sqlite.close();
  return file;
}

/** An advice of one index that promises to take nearly all of the time away. */
function promising(column: string, name: string): Advice {
  const candidate = { table: 'fine', columns: [{ column, descending: false }], where: null, covering: false };
  const statements = [{ sql: 's', beforeMs: 10, afterMs: 0.1, plan: [] }];
  const index = {
    sql: `CREATE INDEX "${name}" ON "fine" ("${column}")`,
    name,
    candidate,
    savesMs: 9.9,
    bytes: 0,
    statements,
  };
  return { create: [index], drop: [], beforeMs: 10, afterMs: 0.1, unread: [], tried: 1, how: '', cutShort: false };
}

const indexesOf = (file: string): unknown[] => {
  const sqlite = new (loadSqlite())(file);
  const names = sqlite.prepare("SELECT name FROM sqlite_schema WHERE type = 'index'").pluck().all();
  sqlite.close();
  return names;
};

const WORKLOAD = [{ sql: 'SELECT * FROM fine WHERE car = 17', count: 100 }];

withSqlite('an index that keeps its promise stays', async () => {
  const file = database('kept.db');
  const step = (await optimizeSqlite(file, promising('car', 'by_car'), WORKLOAD)).find(({ sql }) =>
    sql.startsWith('CREATE'),
  );
  assert.is(step?.outcome, 'kept');
  assert.ok(step!.afterMs! < step!.beforeMs! / 2);
  assert.equal(indexesOf(file), ['by_car']);
});

withSqlite('one that no query is planned with is taken back, with the reason', async () => {
  const file = database('back.db');
  const step = (await optimizeSqlite(file, promising('note', 'by_note'), WORKLOAD)).find(({ sql }) =>
    sql.startsWith('CREATE'),
  );
  assert.equal([step?.outcome, step?.why], ['taken back', 'no query is planned with it']);
  assert.equal(indexesOf(file), []);
});

withSqlite('what cannot be done is told, and the rest is', async () => {
  const file = database('failed.db');
  const outcomes = (await optimizeSqlite(file, promising('absent', 'by_absent'), WORKLOAD)).map(({ sql, outcome }) => [
    outcome,
    sql.split(' ')[0],
  ]);
  assert.equal(outcomes, [
    ['done', 'ANALYZE'],
    ['failed', 'CREATE'],
  ]);
});

withSqlite('an index of which nothing can be gathered for the planner is not left behind', async () => {
  const file = database('half.db');
  const advice = promising('car', 'by_car');
  const misnamed = { ...advice, create: advice.create.map((index) => ({ ...index, name: 'by_nobody' })) };
  const step = (await optimizeSqlite(file, misnamed, WORKLOAD)).find(({ sql }) => sql.startsWith('CREATE'));
  assert.is(step?.outcome, 'failed');
  assert.match(step?.why ?? '', 'by_nobody');
  assert.equal(indexesOf(file), []);
});

withSqlite('a dry run changes nothing, and a file that cannot be written is told', async () => {
  const file = database('dry.db');
  const steps = await optimizeSqlite(file, promising('car', 'by_car'), WORKLOAD, { dryRun: true });
  assert.equal(
    steps.map(({ outcome }) => outcome),
    ['proposed', 'proposed'],
  );
  assert.equal(indexesOf(file), []);
  const error = await optimizeSqlite(join(folder, 'none.db'), promising('car', 'x'), WORKLOAD).catch(
    (thrown: Error) => thrown,
  );
  assert.match(String(error), /cannot be changed/);
});

withSqlite('interrupted it takes back what it is just trying, and tries nothing else', async () => {
  const file = database('interrupted.db');
  const stop = new AbortController();
  const advice = promising('car', 'by_car');
  const two = { ...advice, create: [...advice.create, ...promising('note', 'by_note').create] };
  const optimizing = optimizeSqlite(file, two, WORKLOAD, { signal: stop.signal });
  // the statements before the index have been run, and those after it are to come
  while (indexesOf(file).length === 0) await turn();
  stop.abort();
  const steps = (await optimizing).filter(({ sql }) => sql.startsWith('CREATE'));
  assert.equal(
    steps.map(({ outcome, why }) => [outcome, why]),
    [['taken back', 'it was interrupted']],
  );
  assert.equal(indexesOf(file), []);
});

withSqlite('what a killed run was trying the next one takes back', async () => {
  const file = database('killed.db');
  const program = fileURLToPath(new URL('./killed-in-optimize.js', import.meta.url));
  assert.is(spawnSync(process.execPath, [program, file]).signal, 'SIGKILL');
  assert.equal(indexesOf(file), ['by_car']);
  const nothing = { ...promising('car', 'by_car'), create: [] };
  const [dry] = await optimizeSqlite(file, nothing, WORKLOAD, { dryRun: true });
  assert.equal([dry?.outcome, dry?.sql], ['proposed', 'DROP INDEX "by_car"']);
  const [step] = await optimizeSqlite(file, nothing, WORKLOAD);
  assert.equal([step?.outcome, step?.why], ['done', 'a run that was killed was just trying it']);
  assert.equal(indexesOf(file), []);
  assert.not.ok(existsSync(`${file}-edge-trial`));
});

test.run();

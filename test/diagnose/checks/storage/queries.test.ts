import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeQueries, queriesCheck } from '../../../../src/diagnose/checks/storage/queries.js';
import type { PrintedTimes } from '../../../../src/diagnose/checks/storage/timed-queries-process.js';
import { STORE_MIGRATIONS } from '../../../../src/diagnose/known-schemas.js';
import { silentLog } from '../../../../src/foundation/log.js';
import { openDatabase } from '../../../../src/store/database.js';
import { compactDatabase } from '../../../../src/store/database-report.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, remedyOf, told, withStore } from '../patients.js';

const test = suite('queries');
const folder = temporaryFolder('queries');
let stores = 0;

/** A store with all the databases of this version. */
function store(): { at: string; history: string } {
  const at = join(folder, `${stores++}`);
  mkdirSync(at);
  for (const [name, migrations] of Object.entries(STORE_MIGRATIONS)) {
    openDatabase({ file: join(at, name), migrations, log: silentLog }).close();
  }
  return { at, history: join(at, 'history.db') };
}

/** Changes a database as nobody of the program would. */
function meddle(file: string, work: (sqlite: Sqlite.Database) => void): void {
  const sqlite = new Sqlite(file);
  work(sqlite);
  sqlite.close();
}

const look = (at: string) => findingsOf(queriesCheck(), withStore(at));

test('databases of this version answer at once what the program asks', async () => {
  const { at } = store();
  const findings = await look(at);
  assert.equal(told(findings), ['fine queries-fine']);
  assert.is(findings[0]?.values['count'], 4);
});

test('an index that is not there is named, and comes back with the command that is told', async () => {
  const { at, history } = store();
  meddle(history, (sqlite) => sqlite.exec('DROP INDEX traffic_by_start; DROP INDEX trials_by_time'));
  const findings = await look(at);
  assert.equal(told(findings), ['degraded queries-without-index']);
  assert.is(findings[0]?.values['index'], 'traffic_by_start, trials_by_time');
  assert.is(
    remedyOf(findings),
    'Make it again: systemctl stop edge-optimizer; edge-optimizer store vacuum; systemctl start edge-optimizer',
  );
  // what the command does with each database
  const made = compactDatabase(history, STORE_MIGRATIONS['history.db']);
  assert.equal(made, ['traffic_by_start', 'trials_by_time']);
  assert.equal(told(await look(at)), ['fine queries-fine']);
});

test('what a tenant’s database lacks is told with the command for its folder', async () => {
  const { at } = store();
  const tenant = join(at, 'tenants', 'harbour');
  mkdirSync(tenant, { recursive: true });
  const file = join(tenant, 'history.db');
  openDatabase({ file, migrations: STORE_MIGRATIONS['history.db']!, log: silentLog }).close();
  const fine = await look(at);
  assert.equal([told(fine), fine[0]?.values['count']], [['fine queries-fine'], 5]);
  meddle(file, (sqlite) => sqlite.exec('DROP INDEX traffic_by_start'));
  const findings = await look(at);
  assert.equal(told(findings), ['degraded queries-without-index']);
  assert.equal([findings[0]?.values['file'], findings[0]?.tenant], [file, 'harbour']);
  assert.is(
    remedyOf(findings),
    'Make it again: systemctl stop edge-optimizer; edge-optimizer store vacuum --tenant harbour; systemctl start edge-optimizer',
  );
});

test('a query that takes long is told with its table', async () => {
  const { at, history } = store();
  meddle(history, (sqlite) => {
    sqlite.exec(
      `WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 500000)
       INSERT INTO alert_states (code, state) SELECT 'code-' || n, '{}' FROM c`,
    );
  });
  // with the patience that a busy machine takes: one that is given up is not told with its table
  const findings = await findingsOf(queriesCheck(60_000), withStore(at));
  assert.equal(told(findings), ['degraded queries-slow']);
  assert.is(findings[0]?.values['query'], 'alert_states');
  assert.ok(Number(findings[0]?.values['ms']) > 100);
});

const MIB = 2 ** 20;
const TIMES: PrintedTimes = {
  file: '/data/history.db',
  begunAt: 0,
  isAsked: true,
  bytes: 200 * MIB,
  logBytes: 0,
  freeBytes: 0,
  lost: [],
  slowest: { query: 'traffic', ms: 2 },
  unreadable: null,
};

test('a log that nothing brings into the database, and a file that is mostly empty', () => {
  assert.equal(told(judgeQueries({ ...TIMES, logBytes: 65 * MIB }, 0, '')), ['degraded queries-large-log']);
  assert.equal(told(judgeQueries({ ...TIMES, freeBytes: 150 * MIB }, 0, '')), ['degraded queries-mostly-free']);
  assert.equal(told(judgeQueries({ ...TIMES, freeBytes: 90 * MIB }, 0, '')), []);
});

test('one that was given up is slow where it was long under way', () => {
  const asked = { ...TIMES, isAsked: false, slowest: null };
  assert.equal(told(judgeQueries(asked, 1000, '')), []);
  assert.equal(told(judgeQueries(asked, 4000, '')), ['degraded queries-slow']);
});

test('a store that is not there has nothing to ask', async () => {
  assert.equal(await look(join(folder, 'nowhere')), []);
});

test.run();

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadSqlite } from '../../../src/store/sqlite.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';
import { edgeOptimizer } from '../command-line.js';

const withSqlite = needs('better-sqlite3', test);
const folder = temporaryFolder('db');

/** Fines of cars, with a foreign key that no index serves. */
function finesFile(name: string): string {
  const file = join(folder, name);
  const sqlite = new (loadSqlite())(file);
  sqlite.exec(`
    CREATE TABLE car (id INTEGER PRIMARY KEY, plate TEXT);
    CREATE TABLE fine (id INTEGER PRIMARY KEY, car INTEGER REFERENCES car (id), amount REAL, a, b, c, d, e, f);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO car SELECT i, 'P' || i FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO fine SELECT i, i % 5000 + 1, i, 1, 2, 3, 4, 5, 6 FROM n;
  `);
  sqlite.close();
  return file;
}

function fileWith(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

withSqlite('db report says how healthy a file is, what it is asked, and what is wrong with that', async () => {
  const file = finesFile('report.db');
  const workload = fileWith(
    'report.sql',
    '-- count: 30\nSELECT * FROM fine WHERE amount > 19990;\nSELECT * FROM none;',
  );
  const page = join(folder, 'report.html');
  const { code, stdout } = await edgeOptimizer(['db', 'report', file, '--workload', workload, '--html', page]);
  assert.is(code, 0);
  assert.match(stdout, /report\.db: 0\.\d\d MiB, health \d+ of 100/);
  assert.match(stdout, /index hits +0\.00 +0\.00 +>= 0\.95/);
  assert.match(stdout, /SELECT \* FROM fine WHERE amount > \?\n +30 times, .*\n +SCAN fine\n +reads every row of fine/);
  assert.match(stdout, /could not be run: SELECT \* FROM none: no such table: none/);
  assert.match(
    readFileSync(page, 'utf8'),
    /<li>reads every row of fine: an index on what it is searched by: <code>db advise<\/code> finds it<\/li>/,
  );
  assert.match(readFileSync(page, 'utf8'), /<pre>SELECT \* FROM fine WHERE amount &gt; \?<\/pre>/);
});

withSqlite(
  'db report says what became worse since the reports that it keeps, by the baselines it is given',
  async () => {
    const file = finesFile('trend.db');
    const trend = join(folder, 'fines.trend');
    const report = () =>
      edgeOptimizer([
        'db',
        'report',
        file,
        '--trend',
        trend,
        '--baseline',
        'fragmentation=0.1',
        '--baseline',
        'fsyncMs=5000',
      ]);
    const first = await report();
    assert.match(first.stdout, /the first report that is kept/);
    const sqlite = new (loadSqlite())(file);
    sqlite.exec('DELETE FROM fine WHERE id > 4000');
    sqlite.close();
    const second = await report();
    assert.equal([first.code, second.code], [0, 0]);
    assert.match(second.stdout, /usually \d+, by the report since 20/);
    assert.match(second.stdout, /worse than usual: fragmentation, 1\.00 -> 0\.\d\d/);
    assert.match(second.stdout, /fragmentation +0\.\d\d +0\.\d\d +<= 0\.10/);
    assert.is(readFileSync(trend, 'utf8').trim().split('\n').length, 2);
  },
);

withSqlite(
  'db advise finds the index of a foreign key without being told of any query, and changes nothing',
  async () => {
    const file = finesFile('advise.db');
    const digest = (): string => createHash('sha256').update(readFileSync(file)).digest('hex');
    const before = digest();
    const { code, stdout } = await edgeOptimizer(['db', 'advise', file, '--sql']);
    assert.equal([code, stdout], [0, 'CREATE INDEX "ix_fine_car" ON "fine" ("car");\n']);
    assert.is(digest(), before);
  },
);

withSqlite('db optimize keeps the index that pays, tells what it did, and does nothing unless it may', async () => {
  const file = finesFile('optimize.db');
  const refused = await edgeOptimizer(['db', 'optimize', file]);
  assert.equal(
    [refused.code, /--yes: expected, as .*optimize\.db is going to be changed/.test(refused.stderr)],
    [2, true],
  );
  const dry = await edgeOptimizer(['db', 'optimize', file, '--dry-run']);
  assert.match(
    dry.stdout,
    /^proposed +ANALYZE; -- the planner does not know how many rows there are\nproposed +CREATE INDEX "ix_fine_car"/,
  );
  const done = await edgeOptimizer(['db', 'optimize', file, '--yes', '--json']);
  const { steps } = JSON.parse(done.stdout) as { steps: { sql: string; outcome: string }[] };
  assert.equal(
    steps.map(({ sql, outcome }) => [outcome, sql]),
    [
      ['done', 'ANALYZE'],
      ['kept', 'CREATE INDEX "ix_fine_car" ON "fine" ("car")'],
    ],
  );
  const again = await edgeOptimizer(['db', 'optimize', file, '--yes']);
  assert.match(again.stdout, /^done +PRAGMA optimize; [^\n]*\n$/);
});

withSqlite('a score below what is wanted is exit code 1, for a script', async () => {
  const file = finesFile('score.db');
  assert.is((await edgeOptimizer(['db', 'report', file, '--min-score', '100'])).code, 1);
  const { code, stdout } = await edgeOptimizer(['db', 'report', file, '--min-score', '10', '--json']);
  assert.is(code, 0);
  assert.is(JSON.parse(stdout).health.parts.length, 11);
  const none = await edgeOptimizer(['db', 'report', file, '--min-score', 'high']);
  assert.is(none.code, 2);
  assert.match(none.stderr, /Expected a number from 0 to 100/);
});

withSqlite('what is no database of SQLite is told, and nothing is made', async () => {
  const text = fileWith(
    'text.db',
    'no database at all, but a text that is long enough to be taken for a header of one',
  );
  for (const [target, message] of [
    [join(folder, 'absent.db'), /absent\.db, which is not there/],
    [folder, /which is none/],
    [
      text,
      /text\.db cannot be read: it is another kind of file than a database of SQLite, or is encrypted: file is not a database$/m,
    ],
    ['mysql://root:secret@host/db', /expected a file, or an address such as postgres:.* got one of mysql/],
  ] as const) {
    const { code, stderr } = await edgeOptimizer(['db', 'report', target]);
    assert.is.not(code, 0);
    assert.match(stderr, message);
    assert.not.match(stderr, /secret/);
  }
});

withSqlite('a command that looks at files alone refuses an address, and shows nothing of it', async () => {
  const { code, stderr } = await edgeOptimizer(['db', 'watch', 'postgres://app:secret@127.0.0.1/shop']);
  assert.is(code, 2);
  assert.match(stderr, /expected a file of SQLite, got an address, which this cannot look at/);
  assert.not.match(stderr, /secret|app/);
});

withSqlite('what cannot be written is told with its reason once', async () => {
  const file = finesFile('unwritten.db');
  for (const flag of ['--html', '--trend']) {
    const { code, stderr } = await edgeOptimizer(['db', 'report', file, flag, join(folder, 'absent', 'x')]);
    assert.is(code, 1);
    assert.is(stderr.split('ENOENT').length, 2, stderr);
  }
});

test.run();

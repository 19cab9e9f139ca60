import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadSqlite } from '../../src/store/sqlite.js';
import { databaseStrategy, OwnOptimization } from '../../src/tune/library.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('own-database');
const test = suite('databases of a program that is no device');
const withSqlite = needs('better-sqlite3', test);

withSqlite('asked what it would do for a file of the program it says the SQL of an index', async () => {
  const plain = new (loadSqlite())(join(folder, 'violations.db'));
  plain.exec(`
    CREATE TABLE infraction (id INTEGER PRIMARY KEY, street INTEGER);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) INSERT INTO infraction SELECT i, i % 2000 FROM n;
    ANALYZE;
  `);
  const { connection, strategy } = databaseStrategy(plain, { firstAdviceAfterMs: 1 });
  const { engine } = new OwnOptimization({ strategies: [strategy], everyMs: 0 });
  await engine.start();
  await strategy.observe();
  const list = connection.prepare('SELECT id FROM infraction WHERE street = ?');
  // 300 looks through all of 40,000 rows: on any machine longer than what is worth an examination
  for (let street = 0; street < 300; street++) list.all(street);
  await sleep(2);
  const { strategies } = await engine.optimizeSystem({ only: ['database'], dryRun: true });
  assert.match(
    String(strategies[0]?.change?.to),
    /^violations\.db: CREATE INDEX "edge_auto_ix_infraction_street" ON "infraction" \("street"\)$/,
  );
  engine.stop();
  plain.close();
});

withSqlite('what has no file cannot be optimized', () => {
  assert.throws(
    () => databaseStrategy(new (loadSqlite())(':memory:')),
    /expected one that writes a file, got one in memory/,
  );
});

test.run();

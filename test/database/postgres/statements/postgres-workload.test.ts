import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readPostgresWorkload } from '../../../../src/database/postgres/statements/postgres-workload.js';

test('statements that only PostgreSQL reads are counted as the lines above them say', async () => {
  const script = `-- count: 40
SELECT * FROM fine WHERE car = ANY($1::int[]);
SELECT 'é;' /* one */ FROM fine; -- the next
-- count: 7
SELECT DISTINCT ON (car) at FROM fine WHERE note ILIKE 'a%'`;
  assert.equal(
    (await readPostgresWorkload(script, 'w.sql')).map(({ sql, count }) => [sql, count]),
    [
      ['SELECT * FROM fine WHERE car = ANY($1::int[])', 40],
      ["SELECT 'é;' /* one */ FROM fine", 1],
      ["SELECT DISTINCT ON (car) at FROM fine WHERE note ILIKE 'a%'", 7],
    ],
  );
});

test('what is no SQL is refused with its line', async () => {
  try {
    await readPostgresWorkload('SELECT 1;\nSELECT 2;\nSELEC 3;', 'w.sql');
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /w\.sql:3: syntax error at or near "SELEC"/);
  }
});

test.run();

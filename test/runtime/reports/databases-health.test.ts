import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WatchedDatabase } from '../../../src/database/sqlite/watched-database.js';
import { databasesHealth } from '../../../src/runtime/reports/databases-health.js';
import { loadSqlite } from '../../../src/store/sqlite.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('databases-health');

function watched(name: string): WatchedDatabase {
  return new WatchedDatabase({ name, file: join(folder, name), keepsIndex: () => false });
}

test('each open database is told with the parts that are known of it; one that is not open is left out', () => {
  const database = watched('history.db');
  const sqlite = new (loadSqlite())(database.file);
  database.monitor.isPaused = false;
  const counted = database.opened(sqlite);
  counted.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
  for (let call = 0; call < 20; call++) counted.prepare('SELECT count(*) FROM t WHERE a = ?').get(call);
  const [one, ...more] = databasesHealth([database, watched('outbox.db')], 80);
  assert.equal([one!.name, more], ['history.db', []]);
  const parts = new Map(one!.parts.map((part) => [part.name, part]));
  assert.equal(parts.get('fsync'), { name: 'fsync', score: 0.25, value: '80 ms', goal: '<= 20 ms' });
  assert.is(parts.get('statistics')?.score, 0);
  assert.is(parts.get('fragmentation')?.score, 1);
  assert.ok(parts.has('average query'), 'its queries are counted');
  assert.not.ok(parts.has('integrity'), 'the file is not read whole');
  assert.ok(one!.score! > 0 && one!.score! < 100);
  sqlite.close();
  database.closed(sqlite);
  assert.equal(databasesHealth([database], 80), []);
});

test.run();

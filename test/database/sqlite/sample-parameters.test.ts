import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Schema } from '../../../src/database/sql/schema.js';
import { statementUse } from '../../../src/database/sql/statement-use.js';
import { listedParameters, sampleParameters } from '../../../src/database/sqlite/sample-parameters.js';
import { loadSqlite } from '../../../src/store/sqlite.js';
import { needs } from '../../optional.js';

const test = suite('values for parameters');
const withSqlite = needs('better-sqlite3', test);

const parametersOf = (sql: string) => statementUse(sql, new Schema([]))!.parameters;

withSqlite('every writing of a parameter gets its value as the driver takes it', () => {
  const sqlite = new (loadSqlite())(':memory:');
  for (const [sql, given, expected] of [
    ['SELECT ? AS a, ? AS b', [1, 2], { a: 1, b: 2 }],
    ['SELECT ?2 AS a, ?1 AS b', [1, 2], { a: 2, b: 1 }],
    ['SELECT :x AS a, @y AS b, $z AS c, :x AS d', [1, 2, 3], { a: 1, b: 2, c: 3, d: 1 }],
    ['SELECT ? AS a, :x AS b, ? AS c', [1, 2, 3], { a: 1, b: 2, c: 3 }],
  ] as const) {
    const values = listedParameters(parametersOf(sql), given);
    const list = Array.isArray(values) ? values : [values];
    assert.equal(sqlite.prepare(sql).get(...list), expected, sql);
    for (const sampled of sampleParameters(parametersOf(sql), sqlite, 2)) {
      assert.not.throws(() => sqlite.prepare(sql).get(...(Array.isArray(sampled) ? sampled : [sampled])), sql);
    }
  }
  sqlite.close();
});

withSqlite('values that were given by name stay as they are', () => {
  assert.equal(listedParameters(parametersOf('SELECT :x'), { x: 5 }), { x: 5 });
  assert.equal(listedParameters(parametersOf('SELECT ?, :x'), [1, { x: 5 }]), [1, { x: 5 }]);
});

test.run();

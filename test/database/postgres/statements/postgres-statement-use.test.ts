import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CatalogTable, PostgresCatalog } from '../../../../src/database/postgres/server/postgres-catalog.js';
import { loadPostgresGrammar } from '../../../../src/database/postgres/statements/postgres-grammar.js';
import {
  type PostgresStatementUse,
  postgresStatementUse,
} from '../../../../src/database/postgres/statements/postgres-statement-use.js';

const table = (name: string, columns: string[], namespace = 'public'): CatalogTable => ({
  name: namespace === 'public' ? name : `${namespace}.${name}`,
  namespace,
  relation: name,
  kind: 'r',
  rows: 1000,
  columns,
});
const catalog = new PostgresCatalog(
  [
    table('fine', ['id', 'car', 'amount', 'at', 'paid', 'tags']),
    table('car', ['id', 'plate', 'owner']),
    table('entry', ['id', 'at'], 'audit'),
  ],
  [],
  [{ name: 'unpaid', namespace: 'public', relation: 'unpaid', sql: 'SELECT id FROM fine WHERE NOT paid' }],
);
const grammar = await loadPostgresGrammar();
const use = (sql: string): PostgresStatementUse => postgresStatementUse(sql, catalog, grammar);
const first = (sql: string) => {
  const { constants, joins, ranges, order, conditions } = use(sql).uses[0]!;
  return {
    constants: [...constants],
    joins: [...joins],
    ranges: [...ranges],
    order: order.map(({ column, descending }) => `${column}${descending ? ' desc' : ''}`),
    conditions: conditions.map(({ sql: condition }) => condition),
  };
};
const NONE = { constants: [], joins: [], ranges: [], order: [], conditions: [] };

test('what only PostgreSQL writes is read: casts, lists, ILIKE, intervals, flags', () => {
  assert.equal(
    first(
      "SELECT id FROM fine WHERE car = ANY($1::int[]) AND at > now() - INTERVAL '1 day' AND amount::text = $2 AND NOT paid ORDER BY at DESC",
    ),
    { ...NONE, constants: ['car', 'paid'], ranges: ['at'], order: ['at desc'], conditions: ['"paid" = false'] },
  );
});

test('pages by rows are searched by their first column, pairs by both', () => {
  assert.equal(first('SELECT 1 FROM fine WHERE (at, id) > ($1, $2)'), { ...NONE, ranges: ['at'] });
  assert.equal(first('SELECT 1 FROM fine WHERE (car, id) = ($1, $2)'), { ...NONE, constants: ['car', 'id'] });
});

test('rows that are looked for in a list of rows are searched by each of their columns', () => {
  const sql = 'SELECT 1 FROM fine WHERE (car, id) IN (($1, $2), ($3, $4))';
  assert.equal(first(sql), { ...NONE, constants: ['car', 'id'] });
  assert.equal(
    use(sql).parameters.map(({ column }) => column),
    ['car', 'id', 'car', 'id'],
  );
});

test('each side of an OR is a use of its own', () => {
  const uses = use('SELECT 1 FROM fine WHERE car = 1 OR amount > 5 AND at = $1').uses;
  assert.equal(
    uses.map(({ constants, ranges }) => [[...constants], [...ranges]]),
    [
      [[], []],
      [['car'], []],
      [['at'], ['amount']],
    ],
  );
});

test('an order that puts its nulls elsewhere than an index does is none that an index gives', () => {
  assert.equal(first('SELECT 1 FROM fine ORDER BY at DESC NULLS LAST').order, []);
  assert.equal(first('SELECT 1 FROM fine ORDER BY at DESC NULLS FIRST').order, ['at desc']);
});

test('columns of joins, of subqueries and of views are found', () => {
  const { uses } = use(
    'SELECT 1 FROM fine f JOIN car c ON c.id = f.car WHERE EXISTS (SELECT 1 FROM unpaid WHERE unpaid.id = f.id)',
  );
  assert.equal(
    uses.map((one) => [one.table, [...one.joins], [...one.constants]]),
    [
      ['fine', ['car'], []],
      ['car', ['id'], []],
      ['fine', [], ['paid']],
    ],
  );
});

test('a table of another schema is not that of the same name', () => {
  assert.equal(
    use('SELECT 1 FROM audit.entry WHERE at > $1').uses.map((one) => one.table),
    ['audit.entry'],
  );
  const { uses, strangers } = use('SELECT 1 FROM other.fine');
  assert.equal([uses.length, [...strangers]], [0, ['other.fine']]);
});

test('a name of WITH hides the table of that name', () => {
  assert.equal(
    use('WITH fine AS (SELECT * FROM car WHERE plate = $1) SELECT * FROM fine WHERE amount = 5').uses.map((one) => [
      one.table,
      [...one.constants],
    ]),
    [['car', ['plate']]],
  );
});

test('what changes or locks rows is told, also where it begins with SELECT', () => {
  for (const [sql, readsOnly, writes] of [
    ['SELECT 1 FROM fine', true, []],
    ['SELECT 1 FROM fine FOR UPDATE', false, []],
    ['SELECT * INTO copy FROM fine', false, []],
    ['WITH gone AS (DELETE FROM fine RETURNING id) SELECT * FROM gone', false, ['fine']],
    ['UPDATE fine SET paid = true WHERE id = $1', false, ['fine']],
    ['INSERT INTO car (plate) VALUES ($1) ON CONFLICT (id) DO NOTHING', false, ['car']],
    ['MERGE INTO car USING fine ON car.id = fine.car WHEN MATCHED THEN DELETE', false, ['car']],
  ] as const) {
    const found = use(sql);
    assert.equal([found.readsOnly, found.writes], [readsOnly, writes], sql);
  }
  assert.equal([...use('UPDATE fine SET paid = true, amount = 0 WHERE id = $1').sets!], ['paid', 'amount']);
});

test('parameters are told with their columns, their casts, and the places that are no values', () => {
  const { parameters, casts, lists, positions, functions } = use(
    'SELECT date_trunc($1, at) FROM fine WHERE car = ANY($2) AND at > $3::timestamptz - INTERVAL $4 AND amount BETWEEN $5 AND $6 ORDER BY $7',
  );
  assert.equal(
    parameters.map(({ column }) => column),
    [null, 'car', null, null, 'amount', 'amount', null],
  );
  assert.equal(
    [...casts],
    [
      [1, 'unit of time'],
      [3, 'timestamptz'],
      [4, 'interval'],
    ],
  );
  assert.equal([[...lists], [...positions], [...functions]], [[2], [7], ['date_trunc']]);
});

test('a statement that is none, or more than one, is refused', () => {
  assert.throws(() => use('SELECT FROM WHERE'), /syntax error/);
  assert.throws(() => use('SELECT 1; DROP TABLE fine'), /expected one statement, got 2/);
});

test.run();

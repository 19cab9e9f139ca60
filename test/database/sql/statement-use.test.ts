import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Schema } from '../../../src/database/sql/schema.js';
import { statementUse } from '../../../src/database/sql/statement-use.js';

const schema = new Schema(
  [
    { name: 'Car', columns: ['id', 'plate', 'owner', 'seen', 'color'], rowid: 'id', indexes: [] },
    { name: 'Fine', columns: ['id', 'car', 'paid', 'amount', 'at'], rowid: 'id', indexes: [] },
  ],
  new Map([['unpaid', 'CREATE VIEW unpaid AS SELECT car, amount FROM Fine WHERE paid = 0']]),
);

/** One line for each use: what is compared by equality with what is known, joined, ranged, ordered by, read. */
function usesOf(sql: string): string[] {
  return statementUse(sql, schema)!.uses.map(({ table, constants, joins, ranges, order, needed, conditions }) =>
    [
      table,
      ...(constants.size > 0 ? [`=${[...constants].join()}`] : []),
      ...(joins.size > 0 ? [`join ${[...joins].join()}`] : []),
      ...(ranges.size > 0 ? [`range ${[...ranges].join()}`] : []),
      ...(order.length > 0
        ? [`order ${order.map(({ column, descending }) => column + (descending ? ' desc' : '')).join()}`]
        : []),
      `reads ${[...needed].sort().join()}`,
      ...(conditions.length > 0 ? [`if ${conditions.map((condition) => condition.sql).join()}`] : []),
    ].join('; '),
  );
}

const CASES: readonly (readonly [why: string, sql: string, uses: readonly string[]])[] = [
  [
    'equality and order',
    'SELECT plate FROM car WHERE owner = ? ORDER BY seen DESC',
    ['Car; =owner; order seen desc; reads owner,plate,seen'],
  ],
  [
    'a range',
    'SELECT id FROM Car WHERE seen BETWEEN ? AND ? AND color > 3',
    ['Car; range seen,color; reads color,id,seen'],
  ],
  [
    'IN and IS NULL',
    "SELECT id FROM Car WHERE color IN ('red', 'blue') AND owner IS NULL",
    ['Car; =color,owner; reads color,id,owner; if "owner" IS NULL'],
  ],
  ['a literal', 'SELECT amount FROM Fine WHERE paid = 0', ['Fine; =paid; reads amount,paid; if "paid" = 0']],
  ['an inequality finds no rows', 'SELECT amount FROM Fine WHERE paid <> 0', ['Fine; reads amount,paid']],
  [
    'a join by ON',
    'SELECT c.plate FROM Fine f JOIN Car c ON c.id = f.car WHERE f.amount > 100',
    ['Fine; join car; range amount; reads amount,car', 'Car; join id; reads id,plate'],
  ],
  [
    'a join by USING',
    'SELECT plate FROM Car JOIN Fine USING (id)',
    ['Car; join id; reads id,plate', 'Fine; join id; reads id'],
  ],
  [
    'a join by comma',
    'SELECT plate FROM Car, Fine WHERE Car.id = Fine.car',
    ['Car; join id; reads id,plate', 'Fine; join car; reads car'],
  ],
  [
    'a subquery that looks outward',
    'SELECT plate FROM Car c WHERE EXISTS (SELECT 1 FROM Fine WHERE car = c.id)',
    ['Car; reads id,plate', 'Fine; =car; reads car'],
  ],
  [
    'OR: each side by itself',
    'SELECT id FROM Car WHERE plate = ? OR owner = ?',
    ['Car; reads id,owner,plate', 'Car; =plate; reads id,owner,plate', 'Car; =owner; reads id,owner,plate'],
  ],
  [
    'GROUP BY where nothing is sorted',
    'SELECT owner, count(*) FROM Car GROUP BY owner',
    ['Car; order owner; reads owner'],
  ],
  [
    'an order over two tables is none that an index has',
    'SELECT 1 FROM Car c JOIN Fine f ON f.car = c.id ORDER BY c.plate, f.at',
    ['Car; join id; reads id,plate', 'Fine; join car; reads at,car'],
  ],
  [
    'ORDER BY a number and an alias',
    'SELECT plate AS p, seen FROM Car ORDER BY 2, p',
    ['Car; order seen,plate; reads plate,seen'],
  ],
  ['all columns', 'SELECT * FROM Fine WHERE at < ?', ['Fine; range at; reads amount,at,car,id,paid']],
  [
    'LIKE with a beginning, and without',
    "SELECT id FROM Car WHERE plate LIKE 'AB%' AND color LIKE '%ed'",
    ['Car; range plate; reads color,id,plate'],
  ],
  [
    'a view is what it selects',
    'SELECT amount FROM unpaid WHERE car = 3',
    ['Fine; =paid; reads amount,car,paid; if "paid" = 0'],
  ],
  [
    'a common table expression hides a table of its name',
    'WITH Car AS (SELECT car FROM Fine WHERE at > ?) SELECT * FROM Car',
    ['Fine; range at; reads at,car'],
  ],
  ['UPDATE and DELETE find rows too', 'UPDATE Fine SET paid = 1 WHERE car = ?', ['Fine; =car; reads car']],
  ['a function of a column finds no rows', "SELECT id FROM Car WHERE lower(plate) = 'x'", ['Car; reads id,plate']],
  ['two columns of one table find no rows', 'SELECT id FROM Fine WHERE at = paid', ['Fine; reads at,id,paid']],
];

for (const [why, sql, uses] of CASES) {
  test(`${why}: ${sql}`, () => {
    assert.equal(usesOf(sql), uses);
  });
}

test('a parameter has the column that it is compared with or put into', () => {
  const parameters = (sql: string) =>
    statementUse(sql, schema)!.parameters.map(({ name, table, column }) => `${name} ${table}.${column}`);
  assert.equal(parameters('SELECT 1 FROM Car WHERE plate = ? AND seen BETWEEN :from AND :to LIMIT ?'), [
    '? Car.plate',
    ':from Car.seen',
    ':to Car.seen',
    '? null.null',
  ]);
  assert.equal(parameters('INSERT INTO Fine (car, amount) VALUES (?1, ?2)'), ['?1 Fine.car', '?2 Fine.amount']);
  assert.equal(parameters('UPDATE Fine SET amount = ? WHERE id IN (?, ?)'), [
    '? Fine.amount',
    '? Fine.id',
    '? Fine.id',
  ]);
});

test('what a statement changes is said, and what is no statement is null', () => {
  assert.equal(statementUse('DELETE FROM fine WHERE at < 5', schema)!.writes, ['Fine']);
  assert.equal(statementUse('INSERT INTO Car (plate) SELECT plate FROM Car', schema)!.writes, ['Car']);
  assert.is(statementUse('SELEKT 1', schema), null);
});

test.run();

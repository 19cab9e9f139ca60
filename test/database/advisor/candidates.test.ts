import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  candidateName,
  candidatesOf,
  createStatement,
  type TableFacts,
} from '../../../src/database/advisor/candidates.js';
import { Schema } from '../../../src/database/sql/schema.js';
import { statementUse } from '../../../src/database/sql/statement-use.js';

const schema = new Schema([
  {
    name: 'fine',
    columns: ['id', 'car', 'paid', 'amount', 'at'],
    rowid: 'id',
    indexes: [
      {
        name: 'by_car',
        table: 'fine',
        columns: [{ name: 'car', descending: false }],
        unique: false,
        origin: 'statement',
        where: null,
      },
    ],
  },
]);
const DISTINCT: Readonly<Record<string, number>> = { car: 4000, paid: 2, amount: 300, at: 20_000 };
const facts: TableFacts = { distinct: (_table, column) => DISTINCT[column]!, share: () => 0.02 };

const candidates = (sql: string, known = facts): string[] =>
  statementUse(sql, schema)!
    .uses.flatMap((use) => candidatesOf(use, schema, known))
    .map(
      ({ columns, where }) =>
        columns.map(({ column, descending }) => column + (descending ? ' desc' : '')).join() +
        (where === null ? '' : ` where ${where}`),
    );

test('equality goes before a range and an order, the more selective column first; what is there already is left out', () => {
  assert.equal(candidates('SELECT id FROM fine WHERE paid = ? AND amount = ? AND at > ?'), [
    'at',
    'amount,paid',
    'amount,paid,at',
    'amount',
    'amount,at',
    'paid',
    'paid,at',
    'at,amount,paid',
    'amount,at,paid',
    'paid,amount,at',
    'paid,at,amount',
  ]);
  assert.equal(candidates('SELECT id FROM fine WHERE car = ?'), []);
});

test('an index of the rows that a flag leaves, without the flag', () => {
  assert.equal(
    candidates('SELECT id FROM fine WHERE paid = 0 ORDER BY at DESC').filter((text) => text.includes('where')),
    ['at desc where "paid" = 0'],
  );
  const common: TableFacts = { distinct: facts.distinct, share: () => 0.5 };
  assert.equal(
    candidates('SELECT id FROM fine WHERE paid = 0 ORDER BY at DESC', common).filter((text) => text.includes('where')),
    [],
  );
});

test('one value of many is no flag, however rare', () => {
  assert.equal(
    candidates('SELECT id FROM fine WHERE amount = 7 ORDER BY at').filter((text) => text.includes('where')),
    [],
  );
});

test('the statement quotes names, and no two candidates have one name', () => {
  const odd = { table: 'my "t"', columns: [{ column: 'a b', descending: true }], where: null, covering: false };
  assert.match(createStatement(odd), /^CREATE INDEX "ix_my_t_a_b_[0-9a-f]{8}" ON "my ""t""" \("a b" DESC\)$/);
  const long = (last: string) =>
    candidateName({
      table: 't'.repeat(60),
      columns: [{ column: last, descending: false }],
      where: null,
      covering: false,
    });
  assert.is.not(long('a'), long('b'));
  assert.is(long('a').length <= 63, true);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { queryFingerprint } from '../../../src/database/sql/query-fingerprint.js';

const CASES: readonly (readonly [why: string, sql: string, text: string])[] = [
  ['numbers and strings', "select * from t where a = 5 and b = 'x' ", 'SELECT * FROM t WHERE a = ? AND b = ?'],
  ['quotes within strings', "SELECT a FROM t WHERE b = 'it''s; -- no'", 'SELECT a FROM t WHERE b = ?'],
  [
    'parameters of every writing',
    'SELECT a FROM t WHERE b = ? AND c = ?2 AND d = :d AND e = @e AND f = $1',
    'SELECT a FROM t WHERE b = ? AND c = ? AND d = ? AND e = ? AND f = ?',
  ],
  ['lists of any length', 'SELECT a FROM t WHERE b IN (1, 2,3)', 'SELECT a FROM t WHERE b IN (?, ...)'],
  ['a list of one', 'SELECT a FROM t WHERE b IN (1)', 'SELECT a FROM t WHERE b IN (?, ...)'],
  ['rows of values', "INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y')", 'INSERT INTO t (a, b) VALUES (?, ...), ...'],
  ['comments and line ends', 'SELECT a -- one\n/* two\n */ FROM t;\n', 'SELECT a FROM t'],
  ['names that need quotes are kept', 'SELECT "my col", `b`, [c d] FROM t', 'SELECT "my col", `b`, [c d] FROM t'],
  ['negative numbers', 'SELECT a FROM t WHERE b > -5 AND c < -1.5e3', 'SELECT a FROM t WHERE b > ? AND c < ?'],
  [
    'blobs and hexadecimal numbers',
    "SELECT a FROM t WHERE b = x'00ff' AND c = 0xFF",
    'SELECT a FROM t WHERE b = ? AND c = ?',
  ],
  [
    "PostgreSQL's strings and casts",
    "SELECT a::int FROM t WHERE b = E'it\\'s' AND c = $tag$ it's $tag$",
    'SELECT a::int FROM t WHERE b = ? AND c = ?',
  ],
  ['digits in names stay', 'SELECT col1, t2.x FROM t2', 'SELECT col1, t2.x FROM t2'],
  ['a string without its end', "SELECT a FROM t WHERE b = 'x", 'SELECT a FROM t WHERE b = ?'],
];

for (const [why, sql, text] of CASES) {
  test(`${why}: statements that differ in values alone are one`, () => {
    assert.is(queryFingerprint(sql).text, text);
  });
}

test('keywords are the same in any case, names are not', () => {
  assert.is(queryFingerprint('select A from T').id, queryFingerprint('SELECT A FROM T').id);
  assert.is.not(queryFingerprint('SELECT a FROM T').id, queryFingerprint('SELECT A FROM T').id);
});

test('a statement of a megabyte is cut, not waited for', () => {
  assert.is(queryFingerprint(`SELECT ${'a, '.repeat(400_000)} b`).text.length <= 10_000, true);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readWorkload } from '../../../src/database/advisor/workload-file.js';
import { ConfigError } from '../../../src/foundation/errors.js';

function problemsOf(text: string): readonly string[] {
  try {
    readWorkload(text, 'w');
    return [];
  } catch (error) {
    assert.instance(error, ConfigError);
    return (error as ConfigError).problems;
  }
}

test('statements of SQL, each as often as it comes or as a comment above says', () => {
  const workload = readWorkload(
    "-- the list\n-- count: 20\nSELECT a FROM t WHERE b = ';--';\n\nSELECT 1; SELECT 1;\n/* last */ SELECT c\nFROM t",
    'w.sql',
  );
  assert.equal(workload, [
    { sql: "SELECT a FROM t WHERE b = ';--'", count: 20 },
    { sql: 'SELECT 1', count: 2 },
    { sql: 'SELECT c\nFROM t', count: 1 },
  ]);
});

test('statements that differ in their values are one kind, which is tried with three of its texts', () => {
  const sql = Array.from({ length: 9 }, (_, n) => `SELECT a FROM t WHERE b = ${n};`).join('\n');
  assert.equal(
    readWorkload(sql, 'w'),
    [0, 1, 2].map((n) => ({ sql: `SELECT a FROM t WHERE b = ${n}`, count: 3 })),
  );
});

test('JSON: a list, a line each, or the statistics of a query monitor', () => {
  const entry = { sql: 'SELECT a FROM t WHERE b = ?', count: 5, examples: [[1]] };
  assert.equal(readWorkload(JSON.stringify([entry]), 'w'), [entry]);
  assert.equal(readWorkload(`${JSON.stringify(entry)}\n\n${JSON.stringify({ text: 'SELECT 1', calls: 7 })}\n`, 'w'), [
    entry,
    { sql: 'SELECT 1', count: 7, examples: [] },
  ]);
});

test('what cannot be used is told with its line, all of it', () => {
  assert.equal(problemsOf(''), ['w: expected statements, got none']);
  assert.equal(problemsOf('SELECT 1;\n\nSELEKT 2;')[0]?.slice(0, 12), 'w:3: near "S');
  assert.equal(problemsOf('[{"sql": 5}, {"sql": "SELECT 1", "count": -1}, {"sql": "SELECT 1", "examples": 3}]'), [
    'w: entry 1: sql: expected a statement, got 5',
    'w: entry 2: count: expected a number > 0, got -1',
    'w: entry 3: examples: expected a list of lists of values, got 3',
  ]);
  assert.equal(problemsOf('{"sql": "SELECT 1"}\n{oops}'), ['w:2: expected JSON, got "{oops}"']);
});

test.run();

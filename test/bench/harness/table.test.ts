import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { comparisonTable, tablesOf } from '../../../bench/harness/table.js';

const rows = [
  { contender: 'a', beside: 'nothing', fps: 10 },
  { contender: 'a', beside: 'neighbour', fps: 5, neighbourFps: 7 },
];

test('a report is one table, or one for each text of the column that parts it', () => {
  assert.is(tablesOf({ rows: rows.slice(0, 1) }), 'contender   beside  fps\n        a  nothing   10');
  assert.is(
    tablesOf({ rows, tableFor: 'beside' }),
    'beside nothing:\ncontender  fps\n        a   10\n\nbeside neighbour:\ncontender  fps  neighbourFps\n        a    5             7',
  );
});

test('a row is set beside the earlier one of all its texts, not of the first alone', () => {
  const earlier = [{ ...rows[0]!, fps: 20 }, rows[1]!];
  const lines = comparisonTable(rows, earlier).split('\n');
  assert.match(lines[1]!, '10 (20, -50 %)');
  assert.match(lines[2]!, '5 (5, +0 %)');
});

test.run();

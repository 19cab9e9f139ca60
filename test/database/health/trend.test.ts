import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type HealthMoment, healthTrend, keepMoment, readMoments } from '../../../src/database/health/trend.js';
import { trendInWords } from '../../../src/database/report/wording.js';
import { ConfigError } from '../../../src/foundation/errors.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('trend');
const MIB = 2 ** 20;

function moment(day: number, score: number | null, fragmentation: number | null, database = 'shop.db'): HealthMoment {
  const at = new Date(Date.UTC(2026, 10, day)).toISOString();
  return { database, at, score, bytes: day * MIB, parts: { fragmentation, fsync: 1 } };
}

test('a report is held against the median of those of the same database in the 30 days before it', () => {
  const kept = [
    moment(-40, 10, 0),
    moment(3, 92, 1),
    moment(2, 90, 0.9),
    moment(4, 40, 0.2),
    moment(4, 10, 0, 'other.db'),
    moment(9, 10, 0),
  ];
  const trend = healthTrend(moment(5, 70, 0.5), kept);
  assert.equal(
    trend.moments.map(({ score }) => score),
    [90, 92, 40],
  );
  assert.is(trend.usual, 90);
  assert.is(trend.grown, 3 * MIB);
  assert.equal(trend.worse, [{ name: 'fragmentation', from: 0.9, to: 0.5 }]);
  assert.equal(trendInWords(trend), [
    'usually 90, by 3 reports since 2026-11-02T00:00:00.000Z, 3.00 MiB more since',
    'worse than usual: fragmentation, 0.90 -> 0.50',
  ]);
});

test('what was not measured is neither worse nor better', () => {
  const trend = healthTrend(moment(5, null, null), [moment(3, null, 1), moment(4, null, null)]);
  assert.is(trend.usual, null);
  assert.equal(trend.worse, []);
  assert.equal(trendInWords(healthTrend(moment(5, 90, 1), [])), [
    'the first report that is kept: the next ones are held against it',
  ]);
});

test('moments are kept in a file, of which a line that was cut off is left out', () => {
  const file = join(folder, 'shop.trend');
  assert.equal(readMoments(file), []);
  keepMoment(file, moment(3, 92, 1), []);
  appendFileSync(file, '{"database":"shop.db","at":"2026-11-04T0');
  appendFileSync(file, '\n');
  keepMoment(file, moment(5, 80, null), readMoments(file));
  assert.equal(readMoments(file), [moment(3, 92, 1), moment(5, 80, null)]);
});

test('the oldest go where there are too many', () => {
  const file = join(folder, 'many.trend');
  const kept = Array.from({ length: 9000 }, (_, index) => moment(1, index / 100, 1));
  keepMoment(file, moment(5, 99, 1), kept);
  const after = readMoments(file);
  assert.is(after.length, 9000);
  assert.equal([after[0]!.score, after.at(-1)!.score], [0.01, 99]);
});

test('a file of something else is refused and left alone', () => {
  const file = join(folder, 'notes.txt');
  writeFileSync(file, 'milk\n');
  assert.throws(
    () => readMoments(file),
    (error: unknown) => error instanceof ConfigError,
  );
  assert.is(readFileSync(file, 'utf8'), 'milk\n');
});

test.run();

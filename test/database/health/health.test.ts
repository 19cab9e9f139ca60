import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_BASELINES, databaseHealth, type HealthReadings } from '../../../src/database/health/health.js';

const HEALTHY: HealthReadings = {
  integrity: [],
  indexHitRatio: 0.99,
  cacheHitRatio: 0.95,
  averageQueryMs: 3,
  slowShare: 0,
  fragmentation: 0.05,
  walShare: 0.1,
  lockedShare: 0,
  fsyncMs: 2,
  freeShare: 0.4,
  hasStatistics: true,
};
const NOTHING = Object.fromEntries(Object.keys(HEALTHY).map((key) => [key, null])) as unknown as HealthReadings;

const scoreOf = (readings: Partial<HealthReadings>): number | null => databaseHealth({ ...HEALTHY, ...readings }).score;

test('all as it should be is 100, without a remedy', () => {
  const { score, parts } = databaseHealth(HEALTHY);
  assert.is(score, 100);
  assert.ok(parts.every(({ remedy }) => remedy === null));
});

test('each reading that misses its goal costs by its weight, and has a remedy', () => {
  assert.is(scoreOf({ indexHitRatio: 0.475 }), 94);
  assert.is(scoreOf({ averageQueryMs: 100 }), 94);
  assert.is(scoreOf({ hasStatistics: false }), 94);
  const remedies = databaseHealth({ ...HEALTHY, walShare: 3, lockedShare: 0.1 }).parts.filter(
    ({ remedy }) => remedy !== null,
  );
  assert.equal(
    remedies.map(({ name }) => name),
    ['write-ahead log', 'locks'],
  );
});

test('a database that is not whole has 0, whatever else', () => {
  assert.is(scoreOf({ integrity: ['row 3 missing from index x'] }), 0);
});

test('what was not measured does not count, and nothing measured is no score', () => {
  assert.is(scoreOf({ cacheHitRatio: null }), 100);
  assert.is(databaseHealth(NOTHING).score, null);
  assert.is(databaseHealth({ ...NOTHING, fsyncMs: 40 }).score, 50);
});

test('baselines can be set', () => {
  assert.is(databaseHealth({ ...HEALTHY, averageQueryMs: 40 }, { ...DEFAULT_BASELINES, averageQueryMs: 10 }).score, 91);
});

test.run();

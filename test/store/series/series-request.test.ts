import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CatalogEntry } from '../../../src/store/series/series-catalog.js';
import { type RequestWords, readRequest, unknownSeries } from '../../../src/store/series/series-request.js';

const NOW = Date.UTC(2026, 10, 27, 8);
const HOUR = 3_600_000;
const read = (words: RequestWords) => readRequest(words, { now: NOW, mostPoints: 10_000 });

test('without words it is the last 24 hours in steps of which there are about 500', () => {
  assert.equal(read({}), { from: NOW - 24 * HOUR, to: NOW, stepMs: 300_000 });
});

test('without words it is no more than there is, but five minutes, and the last there is where that is long ago', () => {
  const kept = (keptFrom: number, keptTo = NOW, words: RequestWords = {}) =>
    readRequest(words, { now: NOW, mostPoints: 10_000, keptFrom, keptTo });
  assert.equal(kept(NOW - HOUR / 6), { from: NOW - HOUR / 6, to: NOW, stepMs: 10_000 });
  assert.equal(kept(NOW - 20_000), { from: NOW - HOUR / 12, to: NOW, stepMs: 10_000 });
  assert.equal(kept(NOW - 99 * HOUR), { from: NOW - 24 * HOUR, to: NOW, stepMs: 300_000 });
  const ended = { from: NOW - 50 * HOUR, to: NOW - 48 * HOUR, stepMs: 30_000 };
  assert.equal(kept(NOW - 50 * HOUR, NOW - 48 * HOUR), ended);
  assert.equal(kept(NOW - 99 * HOUR, NOW - 48 * HOUR, { since: '1h' }), { from: NOW - HOUR, to: NOW, stepMs: 10_000 });
});

test('a time is so long before the other, ISO 8601, or Unix seconds or milliseconds', () => {
  const at = Date.UTC(2026, 10, 20);
  assert.equal(read({ since: '2026-11-20', until: '6h', step: '1h' }), { from: at, to: NOW - 6 * HOUR, stepMs: HOUR });
  assert.equal(read({ since: '1h', until: '2026-11-20T00:00:00Z' }), { from: at - HOUR, to: at, stepMs: 10_000 });
  assert.equal(read({ since: `${at / 1000}`, until: 'now', step: '1d' }), { from: at, to: NOW, stepMs: 24 * HOUR });
  assert.equal(read({ since: `${at}`, step: '1d' }), { from: at, to: NOW, stepMs: 24 * HOUR });
});

test('a step below 10 s is 10 s', () => {
  assert.equal(read({ since: '1h', step: '1s' }), { from: NOW - HOUR, to: NOW, stepMs: 10_000 });
});

test('all that is wrong is said at once, with what was expected', () => {
  assert.equal(read({ since: 'yesterday', until: '', step: '0s' }), [
    'until: expected a time like 24h, 7d, 2026-11-27T08:00Z or Unix seconds, got nothing',
    'since: expected a time like 24h, 7d, 2026-11-27T08:00Z or Unix seconds, got yesterday',
    'step: expected a time like 10s, 1m or 1h, got 0s',
  ]);
  assert.equal(read({ since: '1h', until: '2d' }), { from: NOW - 49 * HOUR, to: NOW - 48 * HOUR, stepMs: 10_000 });
  assert.equal(read({ since: '2026-12-01' }), [
    'since: expected a time before 2026-11-27T08:00:00.000Z, got 2026-12-01T00:00:00.000Z',
  ]);
  assert.equal(read({ since: '30d', step: '10s' }), [
    'step: expected 300s or more, 10000 steps at most in that time, got 10s',
  ]);
  for (const since of ['99999999999999y', '9'.repeat(40), '2026-99-99', 'NaN', 'Infinity', '1e5s', '12']) {
    assert.ok(Array.isArray(read({ since })), since);
  }
});

test('of a name that nothing is kept of the nearest ones are told, and of labels those that there are', () => {
  const known = ['fps_inferred.north', 'fps_inferred.south', 'vehicles.north'].map((name): CatalogEntry => {
    const [metric, camera] = name.split('.') as [string, string];
    return { key: { name, metric, labels: { camera }, unit: '', kind: 'gauge' }, id: 1, firstAt: 0, lastAt: 0 };
  });
  assert.is(
    unknownSeries('fps_infered', {}, known),
    'nothing is kept of a metric fps_infered: did you mean fps_inferred?',
  );
  assert.is(
    unknownSeries('vehic', {}, known),
    'nothing is kept of a metric vehic: did you mean vehicles, vehicles.north?',
  );
  assert.is(unknownSeries('temperature', {}, known), 'nothing is kept of a metric temperature');
  assert.is(
    unknownSeries('fps_inferred', { camera: 'east' }, known),
    'fps_inferred has no series with camera=east: there is fps_inferred.north, fps_inferred.south',
  );
});

test.run();

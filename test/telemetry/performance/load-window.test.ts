import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Histogram, LATENCY_BUCKETS } from '../../../src/telemetry/metrics/histogram.js';
import { type LoadCounts, LoadWindow } from '../../../src/telemetry/performance/load-window.js';

const test = suite('telemetry/performance/load-window');

const MIB = 2 ** 20;

/** Counts after so many answers of 10 ms each. */
function counts(answered: number, changes: Partial<LoadCounts> = {}): LoadCounts {
  const responses = new Float64Array(LATENCY_BUCKETS);
  const histogram = new Histogram();
  for (let i = 0; i < answered; i++) histogram.observe(10);
  histogram.addTo(responses, false);
  return {
    answered,
    failed: 0,
    cacheHits: 0,
    cacheMisses: 0,
    responseSumMs: answered * 10,
    responses,
    cpu: null,
    memoryBytes: null,
    ...changes,
  };
}

test('before anything happened there is no reading of anything', () => {
  const window = new LoadWindow();
  const nothing = {
    avgResponseTimeMs: null,
    p95ResponseTimeMs: null,
    throughput: null,
    cacheHitRate: null,
    errorRate: null,
    cpuUsagePercent: null,
    memoryUsageMb: null,
  };
  assert.equal(window.summary(60_000), { windowMs: 0, ...nothing });
  window.add(0, counts(0));
  window.add(10_000, counts(0));
  assert.equal(window.summary(60_000), { windowMs: 10_000, ...nothing, throughput: 0 });
});

test('it tells of the window alone, not of what was before', () => {
  const window = new LoadWindow();
  window.add(0, counts(1000, { failed: 500, cacheHits: 7, cacheMisses: 3, cpu: 0.9, memoryBytes: 900 * MIB }));
  window.add(10_000, counts(1200, { failed: 500, cacheHits: 7, cacheMisses: 3, cpu: 0.9, memoryBytes: 900 * MIB }));
  window.add(20_000, counts(1300, { failed: 501, cacheHits: 10, cacheMisses: 4, cpu: 0.2, memoryBytes: 100 * MIB }));
  const { p95ResponseTimeMs, ...newest } = window.summary(10_000);
  assert.ok(Math.abs(p95ResponseTimeMs! - 10) < 0.5);
  assert.equal(newest, {
    windowMs: 10_000,
    avgResponseTimeMs: 10,
    throughput: 10,
    cacheHitRate: 0.75,
    errorRate: 1 / 101,
    cpuUsagePercent: 20,
    memoryUsageMb: 100,
  });
  assert.is(window.summary(20_000).throughput, 15);
  assert.is(Math.round(window.summary(20_000).cpuUsagePercent!), 55);
});

test('a missing reading is left out of the mean', () => {
  const window = new LoadWindow();
  window.add(0, counts(0));
  window.add(10_000, counts(1, { cpu: 0.4 }));
  window.add(20_000, counts(2, { cpu: null }));
  assert.is(window.summary(20_000).cpuUsagePercent, 40);
});

test('it forgets what is older than it keeps, and counts that went back are no negative ones', () => {
  const window = new LoadWindow(2);
  window.add(0, counts(0));
  window.add(10_000, counts(100));
  window.add(20_000, counts(150));
  window.add(30_000, counts(10));
  assert.equal([window.summary(60_000).windowMs, window.summary(60_000).throughput], [20_000, 2.5]);
});

test.run();

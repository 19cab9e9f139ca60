import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CacheReading, cacheMetrics } from '../../src/cache/metrics.js';
import { Metrics } from '../../src/telemetry/metrics/metrics.js';

const TIER = {
  hits: 30,
  misses: 10,
  hitRatio: 0.75,
  entries: 7,
  bytes: 1_000_000,
  maxBytes: 2_000_000,
  evictions: { budget: 2, expired: 1, invalidated: 0, tooLarge: 0, corrupt: 0 },
  meanLatencyMs: 0.01234,
};
const DISK = {
  ...TIER,
  hitRatio: null,
  hits: 0,
  misses: 0,
  meanLatencyMs: null,
  setAside: 1,
  droppedWrites: 4,
} as unknown as NonNullable<CacheReading['disk']>;

function metricsOf(reading: CacheReading | null): Metrics {
  const metrics = new Metrics();
  metrics.register(cacheMetrics(() => reading));
  return metrics;
}

test('a cache tells of each of its tiers', async () => {
  const metrics = metricsOf({ memory: TIER, disk: DISK, degraded: true, shared: null });
  const values = metrics.snapshot();
  assert.is(values['cache_hits.memory'], 30);
  assert.is(values['cache_misses.memory'], 10);
  assert.is(values['cache_hit_ratio.memory'], 0.75);
  assert.is(values['cache_hit_ratio.disk'], null);
  assert.is(values['cache_size.memory'], 983_040);
  assert.is(values['cache_evictions.memory.budget'], 2);
  assert.is(values['cache_latency.memory'], 0.0123);
  assert.is(values['cache_degraded'], 1);
  assert.is(values['cache_set_aside'], 1);
  assert.is(values['cache_dropped_writes'], 4);
  const lines = (await metrics.prometheus()).split('\n');
  for (const line of [
    'edge_cache_hits_total{tier="memory"} 30',
    'edge_cache_size_bytes{tier="disk"} 1000000',
    'edge_cache_evictions_total{tier="memory",reason="expired"} 1',
    'edge_cache_latency_seconds{tier="memory"} 0.00001234',
    'edge_cache_degraded 1',
  ]) {
    assert.ok(lines.includes(line), `missing: ${line}`);
  }
});

test('of a tier that it does not have it tells nothing', () => {
  const metrics = metricsOf({ memory: TIER, disk: null, degraded: null, shared: null });
  const values = metrics.snapshot();
  assert.is('cache_hits.disk' in values, false);
  assert.is(values['cache_degraded'], null);
  assert.is(
    metrics.definitions().some(({ name }) => name.endsWith('.disk')),
    false,
  );
});

test('what was told to and by other devices is counted by what became of it', () => {
  const shared = { sent: 3, unsent: 1, received: 2, refused: 0 };
  const values = metricsOf({ memory: TIER, disk: null, degraded: null, shared }).snapshot();
  assert.equal(
    Object.entries(values).filter(([name]) => name.startsWith('cache_shared.')),
    [
      ['cache_shared.sent', 3],
      ['cache_shared.unsent', 1],
      ['cache_shared.received', 2],
      ['cache_shared.refused', 0],
    ],
  );
});

test.run();

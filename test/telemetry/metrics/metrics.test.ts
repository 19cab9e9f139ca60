import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { METRICS_DOCUMENT, withTable } from '../../../scripts/metrics-reference.js';
import { accuracyMetrics } from '../../../src/answer/audit/metrics.js';
import { type CacheReading, cacheMetrics } from '../../../src/cache/metrics.js';
import { sourceMetrics } from '../../../src/capture/metrics.js';
import type { SourceHealth } from '../../../src/capture/source.js';
import type { CameraConfig } from '../../../src/config/config.js';
import { modelMetrics, workerMetrics } from '../../../src/detect/host/metrics.js';
import { trafficMetrics } from '../../../src/events/metrics.js';
import { declarations } from '../../../src/runtime/declarations.js';
import { CameraMetrics } from '../../../src/telemetry/metrics/camera-metrics.js';
import { frameMetrics } from '../../../src/telemetry/metrics/frame-metrics.js';
import { Histogram, mergedRecentQuantile } from '../../../src/telemetry/metrics/histogram.js';
import { Metrics } from '../../../src/telemetry/metrics/metrics.js';
import { ProcessMetrics, residentBytes } from '../../../src/telemetry/metrics/process-metrics.js';
import { prometheusName } from '../../../src/telemetry/metrics/prometheus.js';
import { Rate } from '../../../src/telemetry/metrics/rate.js';
import { type PublisherReading, publisherMetrics } from '../../../src/telemetry/mqtt/metrics.js';
import { PUBLISH_DROP_CAUSES } from '../../../src/telemetry/mqtt/publish-drops.js';
import { eventually } from '../../temporary.js';

const STAGES = { resize: 1, queue: 2, infer: 8, decode: 1 };

const health = (captured: number): SourceHealth => ({
  state: 'streaming',
  connectionQuality: 'fair',
  expectedFps: 25,
  measuredFps: 24.96,
  reconnectsLastHour: 2,
  stallsLastHour: 4,
  lastFrameAt: 1,
  lastError: null,
  counters: {
    captured,
    droppedQueue: 3,
    malformed: 1,
    partialFrames: 0,
    resolutionChanges: 0,
    timestampJumps: 0,
    reconnects: 2,
    stalls: 4,
  },
});

const near = (actual: number | null, expected: number, tolerance: number): void => {
  assert.ok(
    actual !== null && Math.abs(actual / expected - 1) <= tolerance,
    `expected about ${expected}, got ${actual}`,
  );
};

test('quantiles are off by at most 4.5 % anywhere between 0.05 ms and 100 s', () => {
  for (let ms = 0.05; ms < 100_000; ms *= 1.37) {
    const histogram = new Histogram();
    histogram.observe(ms);
    near(histogram.quantile(0.5), ms, 0.0443);
  }
});

test('quantiles of many observations are those of the sorted list', () => {
  const histogram = new Histogram();
  for (let i = 1; i <= 1000; i++) histogram.observe(i / 10);
  near(histogram.quantile(0.5), 50, 0.0443);
  near(histogram.quantile(0.95), 95, 0.0443);
  near(histogram.quantile(0), 0.1, 0.0443);
  near(histogram.quantile(1), 100, 0.0443);
  assert.is(histogram.count, 1000);
});

test('an empty histogram has no quantile, and what is outside its range or no number breaks nothing', () => {
  const histogram = new Histogram();
  assert.is(histogram.quantile(0.5), null);
  for (const odd of [0, -5, Number.NaN, 1e12, Number.POSITIVE_INFINITY]) histogram.observe(odd);
  assert.is(histogram.count, 5);
  assert.is(histogram.cumulative().at(-1), 5);
  assert.is(histogram.sum, 1e12);
});

test('recent quantiles forget what is older than two stretches', () => {
  const histogram = new Histogram();
  histogram.observe(100);
  histogram.rotate();
  histogram.observe(1);
  near(histogram.recentQuantile(1), 100, 0.0443);
  histogram.rotate();
  near(histogram.recentQuantile(1), 1, 0.0443);
  near(histogram.quantile(1), 100, 0.0443);
  histogram.rotate();
  assert.is(histogram.recentQuantile(1), null);
  const other = new Histogram();
  other.observe(10);
  near(mergedRecentQuantile([histogram, other], 0.5), 10, 0.0443);
});

test('a rate looks back over ten readings and is null before two', () => {
  const rate = new Rate();
  rate.read(0, 0);
  assert.is(rate.perSecond, null);
  rate.read(1000, 25);
  assert.is(rate.perSecond, 25);
  for (let s = 2; s <= 20; s++) rate.read(s * 1000, 25);
  assert.is(rate.perSecond, 0);
});

test('the time before the first event is no part of a rate', () => {
  const rate = new Rate();
  for (let s = 0; s <= 5; s++) rate.read(s * 1000, 0);
  rate.read(6000, 25);
  rate.read(7000, 50);
  assert.is(rate.perSecond, 25);
});

/** A camera's numbers, its reader's and its audit's, as the runtime registers them. */
function measured(captured = 40) {
  const metrics = new Metrics();
  const camera = new CameraMetrics('north', () => 3);
  metrics.follow(camera);
  metrics.register(frameMetrics(() => [camera]));
  metrics.register(sourceMetrics(() => [{ camera: 'north', health: () => health(captured) }]));
  metrics.register(accuracyMetrics(() => [{ camera: 'north', report: () => null }]));
  metrics.register(publisherMetrics(() => null));
  return { metrics, camera };
}

test('counters and rates of a camera come out by name, and what has no reading is null', async () => {
  const { metrics, camera } = measured();
  await metrics.sample(0);
  for (let i = 0; i < 30; i++) camera.answered('inferred', STAGES, 0.5, 20);
  for (let i = 0; i < 10; i++) camera.answered('propagated', null, 0.5, 20);
  camera.dropped('stale');
  camera.vehicles(4);
  await metrics.sample(2000);
  const values = metrics.snapshot();
  assert.is(values['frames_captured.north'], 40);
  assert.is(values['frames_inferred.north'], 30);
  assert.is(values['frames_dropped.north.stale'], 1);
  assert.is(values['frames_dropped.north.queue-full'], 3);
  assert.is(values['frames_answered.north.inferred'], 30);
  assert.is(values['frames_answered.north.propagated'], 10);
  assert.is(values['frames_answered.north.reused-disk'], 0);
  assert.is(values['without_inference.north'], 0.25);
  assert.is(values['fps_inferred.north'], 15);
  assert.is(values['estimated_f1.north'], null);
  assert.is(values['vehicles.north'], 4);
  assert.is(values['connection_quality.north'], 'fair');
  near(values['latency_p50.north'] as number, 20, 0.05);
  near(values['stage_p50.infer'] as number, 8, 0.05);
  near(values['stage_p50.capture'] as number, 8, 0.05);
  assert.is(values['mqtt_queued'], null);
});

test('a birth lists every name of a snapshot with its unit', async () => {
  const { metrics } = measured(1);
  await metrics.sample(0);
  const definitions = metrics.definitions();
  assert.equal(definitions.map(({ name }) => name).sort(), Object.keys(metrics.snapshot()).sort());
  assert.is(definitions.find(({ name }) => name === 'latency_p95.north')!.unit, 'ms');
});

test('a birth lists names before there is a reading: of crossings by class, and of what was never evicted', () => {
  const metrics = new Metrics();
  const line = { id: 'gate', from: [0.5, 0], to: [0.5, 1], left: 'east', right: 'west' } as const;
  const camera = { id: 'north', lines: [line], zones: [] } as unknown as CameraConfig;
  metrics.register(trafficMetrics(() => [{ camera, classes: ['car', 'bus'], events: null }]));
  const names = metrics.definitions().map(({ name }) => name);
  for (const name of [
    'line_crossings.north.gate.east.car',
    'line_crossings.north.gate.west.bus',
    'events.north.crossed',
  ]) {
    assert.ok(names.includes(name), `missing: ${name}`);
  }
});

test('a name that is there already is refused', () => {
  const metrics = new Metrics();
  metrics.register(publisherMetrics(() => null));
  assert.throws(() => metrics.register(publisherMetrics(() => null)), /mqtt_connected/);
});

test('Prometheus gets base units, labels and cumulative buckets', async () => {
  const { metrics, camera } = measured();
  camera.answered('inferred', STAGES, 0.5, 20);
  const processes = new ProcessMetrics();
  metrics.register(processes.rows);
  metrics.follow(processes);
  metrics.register(modelMetrics(() => ({ model: 'roadside-n', variant: 'fp32', provider: 'cpu' })));
  metrics.register(workerMetrics((cause) => ({ crashed: 3, stuck: 1, protocol: 0 })[cause]));
  await metrics.sample(0);
  const lines = (await metrics.prometheus()).split('\n');
  for (const line of [
    '# TYPE edge_frames_captured_total counter',
    'edge_frames_captured_total{camera="north"} 40',
    'edge_frames_dropped_total{camera="north",cause="queue-full"} 3',
    '# TYPE edge_stage_latency_seconds histogram',
    'edge_stage_latency_seconds_bucket{camera="north",stage="total",le="0.016"} 0',
    'edge_stage_latency_seconds_bucket{camera="north",stage="total",le="0.032"} 1',
    'edge_stage_latency_seconds_bucket{camera="north",stage="total",le="+Inf"} 1',
    'edge_stage_latency_seconds_sum{camera="north",stage="total"} 0.02',
    'edge_stage_latency_seconds_count{camera="north",stage="total"} 1',
    'edge_connection_quality{camera="north",value="fair"} 1',
    'edge_connection_quality{camera="north",value="poor"} 0',
    'edge_model_info{model="roadside-n",variant="fp32",provider="cpu"} 1',
    'edge_worker_restarts_total{cause="crashed"} 3',
  ]) {
    assert.ok(lines.includes(line), `missing: ${line}`);
  }
  assert.ok(lines.some((line) => /^edge_resident_memory_bytes\{process="main"\} \d{7,}$/.test(line)));
  assert.ok(!lines.some((line) => line.includes('edge_vehicles{')), 'no reading, no sample');
  assert.ok(!lines.some((line) => /NaN|null|undefined/.test(line)));
});

test('a publisher tells how it is connected, and each cause that it dropped messages for', async () => {
  const metrics = new Metrics();
  const dropped = Object.fromEntries(PUBLISH_DROP_CAUSES.map((cause) => [cause, 0])) as PublisherReading['dropped'];
  const state: PublisherReading = {
    phase: 'connected',
    queued: 2,
    inFlight: 1,
    sent: 9,
    connections: 1,
    dropped: { ...dropped, 'queue-full': 5 },
  };
  metrics.register(publisherMetrics(() => state));
  const lines = (await metrics.prometheus()).split('\n');
  for (const line of ['edge_mqtt_connected 1', 'edge_mqtt_dropped_total{cause="queue-full"} 5']) {
    assert.ok(lines.includes(line), `missing: ${line}`);
  }
});

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

test('a cache tells of each of its tiers, and of a tier that it does not have nothing', async () => {
  const metrics = new Metrics();
  const disk = { ...TIER, hitRatio: null, hits: 0, misses: 0, meanLatencyMs: null, setAside: 1, droppedWrites: 4 };
  let reading = { memory: TIER, disk, degraded: true, shared: null } as unknown as CacheReading;
  metrics.register(cacheMetrics(() => reading));
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
  reading = { ...reading, disk: null, degraded: null };
  assert.is('cache_hits.disk' in metrics.snapshot(), false);
  assert.is(metrics.snapshot()['cache_degraded'], null);
});

test('names are unique and every metric of every part is in docs/metrics.md as it is now', () => {
  const names = declarations().metrics.map(prometheusName);
  assert.is(new Set(names).size, names.length);
  const document = readFileSync(METRICS_DOCUMENT, 'utf8');
  for (const name of names) assert.ok(document.includes(name), `${name} is not in docs/metrics.md`);
  assert.is(document, withTable(document), 'node dist/scripts/metrics-reference.js brings it up to date');
});

test('memory of other processes is read while they live and null afterwards', async () => {
  const processes = new ProcessMetrics();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  let pid: number | null = child.pid!;
  processes.watch('worker-0', () => pid);
  processes.start();
  await eventually('a look at the event loop', () => {
    void processes.read();
    return processes.eventLoopDelayP99 !== null && processes.residentBytes.get('worker-0') !== null;
  });
  assert.ok(processes.residentBytes.get('main')! > 10_000_000);
  if (process.platform === 'linux') assert.ok(processes.residentBytes.get('worker-0')! > 1_000_000);
  assert.ok(processes.eventLoopDelayP99! >= processes.eventLoopDelayP50!);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  pid = null;
  await processes.read();
  assert.is(processes.residentBytes.get('worker-0'), null);
  assert.is(await residentBytes(child.pid!), null);
  processes.stop();
});

test.run();

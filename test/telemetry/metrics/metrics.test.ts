import { spawn } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { single } from '../../../src/foundation/metric-row.js';
import { ANYBODY, OPERATOR, tenantViewer, type Viewer } from '../../../src/foundation/viewer.js';
import { CameraMetrics } from '../../../src/telemetry/metrics/camera-metrics.js';
import { frameMetrics } from '../../../src/telemetry/metrics/frame-metrics.js';
import { Histogram, mergedRecentQuantile } from '../../../src/telemetry/metrics/histogram.js';
import { Metrics } from '../../../src/telemetry/metrics/metrics.js';
import { ProcessMetrics } from '../../../src/telemetry/metrics/process-metrics.js';
import { Rate } from '../../../src/telemetry/metrics/rate.js';
import { PLAIN_REQUEST } from '../../http/request.js';
import { endWithTests, eventually } from '../../temporary.js';

const STAGES = { resize: 1, queue: 2, infer: 8, decode: 1 };

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

function metricsOf(...cameras: CameraMetrics[]): Metrics {
  const metrics = new Metrics();
  metrics.register(frameMetrics(() => cameras));
  for (const camera of cameras) metrics.follow(camera);
  return metrics;
}

test('counters and rates of a camera come out by name, and what has no reading is null', async () => {
  const camera = new CameraMetrics('north', { queueDrops: () => 3 });
  const metrics = metricsOf(camera);
  await metrics.sample(0);
  for (let i = 0; i < 30; i++) camera.answered('inferred', STAGES, 0.5, 20);
  for (let i = 0; i < 10; i++) camera.answered('propagated', null, 0.5, 20);
  camera.dropped('stale');
  assert.is(metrics.snapshot()['vehicles.north'], null);
  camera.vehicles(4);
  await metrics.sample(2000);
  const values = metrics.snapshot();
  assert.is(values['frames_inferred.north'], 30);
  assert.is(values['frames_dropped.north.stale'], 1);
  assert.is(values['frames_dropped.north.queue-full'], 3);
  assert.is(values['frames_answered.north.inferred'], 30);
  assert.is(values['frames_answered.north.propagated'], 10);
  assert.is(values['frames_answered.north.reused-disk'], 0);
  assert.is(values['without_inference.north'], 0.25);
  assert.is(values['fps_inferred.north'], 15);
  assert.is(values['vehicles.north'], 4);
  near(values['latency_p50.north'] as number, 20, 0.05);
  near(values['stage_p50.infer'] as number, 8, 0.05);
  near(values['stage_p50.capture'] as number, 8, 0.05);
});

test('a birth lists every name of a snapshot with its unit, before anything is measured', () => {
  const camera = new CameraMetrics('north');
  const metrics = metricsOf(camera);
  const definitions = metrics.definitions();
  assert.equal(definitions.map(({ name }) => name).sort(), Object.keys(metrics.snapshot()).sort());
  assert.is(definitions.find(({ name }) => name === 'latency_p95.north')!.unit, 'ms');
  camera.answered('inferred', STAGES, 0.5, 20);
  assert.equal(metrics.definitions(), definitions);
});

test('a row that says its series is declared by them, whatever there is to read', () => {
  const metrics = new Metrics();
  metrics.register([
    {
      type: 'counter',
      name: 'turns',
      unit: '',
      labels: ['side'],
      step: 1,
      help: 'Turns.',
      series: () => [['left'], ['right']],
      read: () => [[['left'], 2]],
    },
  ]);
  assert.equal(metrics.definitions(), [
    { name: 'turns.left', unit: '' },
    { name: 'turns.right', unit: '' },
  ]);
  assert.equal(metrics.snapshot(), { 'turns.left': 2 });
});

test('readings are every counter and gauge, unrounded, with its labels; what is no number is no reading', () => {
  const metrics = new Metrics();
  const share = { unit: '', labels: ['camera'], step: 0.1, help: 'Share.' };
  metrics.register([
    { ...share, type: 'gauge', name: 'share', read: () => [[['north'], 1 / 3]] },
    { ...share, type: 'counter', name: 'turns', mqtt: false, read: () => [[['north'], 7]] },
    { ...share, type: 'gauge', name: 'broken', read: () => [[['north'], Number.NaN]] },
    { ...share, type: 'word', name: 'state', words: ['up'], read: () => [[['north'], 'up']] },
  ]);
  assert.equal(
    metrics.readings().map(({ name, row, labels, value }) => [name, row.type, labels, value]),
    [
      ['share.north', 'gauge', ['north'], 1 / 3],
      ['turns.north', 'counter', ['north'], 7],
      ['broken.north', 'gauge', ['north'], null],
    ],
  );
});

test('histograms are read with their fine buckets, whose counts add up', () => {
  const camera = new CameraMetrics('north');
  camera.answered('inferred', STAGES, 0.5, 20);
  const total = metricsOf(camera)
    .histograms()
    .find(({ name }) => name === 'stage_latency.north.total')!;
  assert.equal(total.labels, ['north', 'total']);
  const { bucketValues, bucketCounts } = total.buckets!;
  const counts = Array.from(bucketCounts);
  assert.is(bucketValues.length, counts.length);
  assert.equal(
    counts.filter((count) => count > 0),
    [1],
  );
  near(bucketValues[counts.indexOf(1)]!, 20, 0.0443);
});

test('a name belongs to one part', () => {
  const metrics = new Metrics();
  metrics.register(frameMetrics(() => []));
  assert.throws(() => metrics.register(frameMetrics(() => [])), /metric frames_inferred is there already/);
});

test('Prometheus gets base units, labels and cumulative buckets', async () => {
  const camera = new CameraMetrics('north', { queueDrops: () => 3 });
  camera.answered('inferred', STAGES, 0.5, 20);
  const metrics = metricsOf(camera);
  const processes = new ProcessMetrics();
  metrics.register(processes.rows);
  metrics.follow(processes);
  await metrics.sample(0);
  const { contentType, body } = await metrics.route.handle(new URLSearchParams(), OPERATOR, PLAIN_REQUEST);
  assert.is(contentType, 'text/plain; version=0.0.4; charset=utf-8');
  const lines = (body as string).split('\n');
  for (const line of [
    '# TYPE edge_frames_inferred_total counter',
    'edge_frames_inferred_total{camera="north"} 1',
    'edge_frames_dropped_total{camera="north",cause="queue-full"} 3',
    '# TYPE edge_stage_latency_seconds histogram',
    'edge_stage_latency_seconds_bucket{camera="north",stage="total",le="0.016"} 0',
    'edge_stage_latency_seconds_bucket{camera="north",stage="total",le="0.032"} 1',
    'edge_stage_latency_seconds_bucket{camera="north",stage="total",le="+Inf"} 1',
    'edge_stage_latency_seconds_sum{camera="north",stage="total"} 0.02',
    'edge_stage_latency_seconds_count{camera="north",stage="total"} 1',
  ]) {
    assert.ok(lines.includes(line), `missing: ${line}`);
  }
  assert.ok(lines.some((line) => /^edge_resident_memory_bytes\{process="main"\} \d{7,}$/.test(line)));
  assert.ok(!lines.some((line) => line.includes('edge_vehicles{')), 'no reading, no sample');
  assert.ok(!lines.some((line) => /NaN|null|undefined/.test(line)));
});

test('memory of other processes is read while they live and null afterwards', async () => {
  const processes = new ProcessMetrics();
  const child = endWithTests(spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }));
  let pid: number | null = child.pid!;
  processes.watch('worker-0', () => pid);
  processes.start();
  await eventually('a look at the event loop', () => {
    processes.read();
    return processes.eventLoopDelayP99 !== null && processes.useOf('worker-0').residentBytes !== null;
  });
  assert.ok(processes.useOf('main').residentBytes! > 10_000_000);
  if (process.platform === 'linux') assert.ok(processes.useOf('worker-0').residentBytes! > 1_000_000);
  assert.ok(processes.eventLoopDelayP99! >= processes.eventLoopDelayP50!);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  pid = null;
  processes.read();
  assert.is(processes.useOf('worker-0').residentBytes, null);
  processes.stop();
});

test('Prometheus learns whose a camera is, and a tenant sees the series of its cameras alone', async () => {
  const tenants: Record<string, string> = { quay: 'harbour', bridge: 'railway' };
  const metrics = new Metrics((camera) => tenants[camera] ?? null);
  const row = { type: 'gauge', unit: '', step: 1, help: 'x' } as const;
  const word = { type: 'word', unit: '', help: 'x', words: ['good', 'bad'] } as const;
  metrics.register([
    { ...row, name: 'fps', labels: ['camera'], read: () => ['quay', 'bridge', 'gate'].map((camera) => [[camera], 5]) },
    { ...word, name: 'quality', labels: ['camera'], read: () => ['quay', 'bridge'].map((camera) => [[camera], 'bad']) },
    { ...row, name: 'turns', labels: ['tenant'], read: () => ['harbour', 'railway'].map((tenant) => [[tenant], 3]) },
    { ...row, name: 'load', labels: ['core'], read: () => [[['quay'], 1]] },
    { ...row, name: 'up', labels: [], isForTenants: true, read: () => single(9) },
  ]);
  const seriesFor = async (viewer?: Viewer) =>
    (await metrics.prometheus(viewer)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const harbour = [
    'edge_fps{camera="quay",tenant="harbour"} 5',
    'edge_quality{camera="quay",value="good",tenant="harbour"} 0',
    'edge_quality{camera="quay",value="bad",tenant="harbour"} 1',
    'edge_turns{tenant="harbour"} 3',
    'edge_up 9',
  ];
  assert.equal((await seriesFor(tenantViewer('harbour', ['quay']))).map(inOrder), harbour.map(inOrder));
  assert.equal(await seriesFor(tenantViewer('silent', [])), ['edge_up 9']);
  assert.equal(await seriesFor(ANYBODY), []);
  const all = await seriesFor();
  assert.is(all.length, 11);
  assert.ok(all.includes('edge_fps{camera="gate"} 5') && all.includes('edge_load{core="quay"} 1'));
});

/** With the labels in order of their names. */
const inOrder = (line: string): string =>
  line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort().join()}}`);

test.run();

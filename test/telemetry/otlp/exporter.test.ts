import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { silentLog } from '../../../src/foundation/log.js';
import type { MetricRow, NumberMetric } from '../../../src/foundation/metric-row.js';
import { Histogram } from '../../../src/telemetry/metrics/histogram.js';
import { OtlpExporter } from '../../../src/telemetry/otlp/exporter.js';

const test = suite('telemetry/otlp/exporter');

const STARTED_AT = 1_700_000_000_000;
const LATER = 1_700_000_060_500;

interface Post {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** A collector that answers every post with `status`. */
async function collector(status: () => number) {
  const posts: Post[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    posts.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
    response.writeHead(status(), { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `http://127.0.0.1:${port}/v1/metrics`, posts, close };
}

const latency = new Histogram();
for (const ms of [3, 3, 200_000]) latency.observe(ms);

const ROWS: readonly MetricRow[] = [
  {
    type: 'counter',
    name: 'frames_inferred',
    unit: 'frames',
    labels: ['camera'],
    step: 1,
    help: 'Frames.',
    read: () => [
      [['north'], 12],
      [['south'], null],
    ],
  },
  { type: 'gauge', name: 'latency_p50', unit: 'ms', labels: [], step: 1, help: 'ms.', read: () => [[[], 250]] },
  {
    type: 'gauge',
    name: 'resident_memory',
    unit: 'bytes',
    labels: ['process'],
    step: 1,
    help: 'Bytes.',
    read: () => [[['main'], 4096]],
  },
  { type: 'gauge', name: 'broken', unit: '', labels: [], step: 1, help: '?', read: () => [[[], Number.NaN]] },
  {
    type: 'word',
    name: 'source_state',
    unit: '',
    labels: ['camera'],
    words: ['streaming', 'ended'],
    help: 'State.',
    read: () => [[['north'], 'streaming']],
  },
  { type: 'histogram', name: 'stage_latency', unit: 'ms', labels: [], help: 'ms.', read: () => [[[], latency]] },
];

function exporterTo(url: string, changes: object = {}): OtlpExporter {
  const times = [STARTED_AT];
  return new OtlpExporter({
    config: configSchema.parse({ otlp: { url, timeoutMs: 1000, ...changes } }).otlp,
    rows: () => ROWS,
    resource: { 'service.name': 'edge-inference-optimizer' },
    version: '1.2.3',
    log: silentLog,
    now: () => times.pop() ?? LATER,
  });
}

interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly gauge?: { readonly dataPoints: readonly object[] };
  readonly sum?: { readonly dataPoints: readonly object[] };
  readonly histogram?: {
    readonly dataPoints: readonly { bucketCounts: number[]; explicitBounds: number[]; count: number }[];
  };
}

/** The metrics of a post, by name. */
function metricsOf({ body }: Post): Map<string, Metric> {
  const { resourceMetrics } = body as { resourceMetrics: { scopeMetrics: { metrics: Metric[] }[] }[] };
  const { metrics } = resourceMetrics[0]!.scopeMetrics.find((scope) => scope.metrics.length > 0)!;
  return new Map(metrics.map((metric) => [metric.name, metric]));
}

test('what is posted is OTLP, with names of the semantic conventions where there are any', async () => {
  const { url, posts, close } = await collector(() => 200);
  const exporter = exporterTo(url);
  await exporter.start();
  await exporter.stop();
  await close();
  assert.is(posts.length, 1);
  const schema = JSON.parse(readFileSync(join(PROJECT_ROOT, 'test/fixtures/otlp-metrics.schema.json'), 'utf8'));
  const validate = new Ajv({ allErrors: true }).compile(schema);
  assert.ok(validate(posts[0]!.body), JSON.stringify(validate.errors));
  const metrics = metricsOf(posts[0]!);
  assert.equal(
    [...metrics].map(([name, { unit }]) => `${name} ${unit}`),
    [
      'edge.frames_inferred {frame}',
      'edge.latency_p50 s',
      'process.memory.usage By',
      'edge.source_state 1',
      'edge.stage_latency s',
    ],
  );
  assert.equal(metrics.get('edge.frames_inferred')!.sum!.dataPoints, [
    {
      attributes: [{ key: 'camera', value: { stringValue: 'north' } }],
      startTimeUnixNano: '1700000000000000000',
      timeUnixNano: '1700000060500000000',
      asDouble: 12,
    },
  ]);
  const [seconds] = metrics.get('edge.latency_p50')!.gauge!.dataPoints as { asDouble: number }[];
  assert.is(seconds!.asDouble, 0.25);
  const [word] = metrics.get('edge.source_state')!.gauge!.dataPoints as { attributes: object[] }[];
  assert.equal(word!.attributes[1], { key: 'value', value: { stringValue: 'streaming' } });
});

test('a histogram has one bucket more than bounds, and its buckets add up to its count', async () => {
  const { url, posts, close } = await collector(() => 200);
  const exporter = exporterTo(url);
  await exporter.start();
  await exporter.stop();
  await close();
  const [point] = metricsOf(posts[0]!).get('edge.stage_latency')!.histogram!.dataPoints;
  assert.is(point!.bucketCounts.length, point!.explicitBounds.length + 1);
  assert.is(
    point!.bucketCounts.reduce((sum, n) => sum + n, 0),
    3,
  );
  assert.is(point!.bucketCounts.at(-1), 1);
  assert.is(point!.explicitBounds.at(-1), 65.536);
});

test('the token goes in the header that the collector wants', async () => {
  const { url, posts, close } = await collector(() => 200);
  for (const [changes, header, value] of [
    [{ token: 'tok-123' }, 'authorization', 'Bearer tok-123'],
    [{ token: 'tok-123', tokenHeader: 'api-key' }, 'api-key', 'tok-123'],
  ] as const) {
    const exporter = exporterTo(url, changes);
    await exporter.start();
    await exporter.stop();
    assert.is(posts.at(-1)!.headers[header], value);
  }
  await close();
});

test('a collector that refuses or is away is counted, and the program goes on', async () => {
  const { url, close } = await collector(() => 400);
  const posts = (exporter: OtlpExporter) => [...(exporter.metrics[0] as NumberMetric).read()];
  const refused = exporterTo(url);
  assert.equal(posts(refused), [
    [['taken'], null],
    [['failed'], null],
  ]);
  await refused.start();
  await refused.stop();
  assert.equal(posts(refused), [
    [['taken'], 0],
    [['failed'], 1],
  ]);
  await close();
  const away = exporterTo(url, { intervalMs: 1000, timeoutMs: 200 });
  await away.start();
  await away.stop();
  assert.equal(posts(away), [
    [['taken'], 0],
    [['failed'], 1],
  ]);
});

test('a collector whose answer never ends keeps no post and no stop waiting', async () => {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const exporter = exporterTo(`http://127.0.0.1:${port}/v1/metrics`, { intervalMs: 1000, timeoutMs: 200 });
  await exporter.start();
  const failed = () => [...(exporter.metrics[0] as NumberMetric).read()][1]![1];
  while (failed() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  // the connection is closed by the exporter: a server that closes waits for those that are open
  await exporter.stop();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  assert.ok(failed()! >= 1);
});

test.run();

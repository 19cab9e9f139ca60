import type { Histogram as OtelHistogram } from '@opentelemetry/api';
import { InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { Histogram as PromHistogram, Registry } from 'prom-client';
import { PerformanceMonitor } from '../src/telemetry/performance/performance-monitor.js';
import { readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport } from './harness/report.js';
import { median, round } from './harness/statistics.js';

const USAGE = `npm run -s bench -- measure [--calls 200000] [--rounds 7]

What measuring a call costs: measurePerformance, against prom-client's histogram timer and a histogram of the OpenTelemetry API
with its official SDK, in the same run. Nobody reads the numbers meanwhile. ns per call that the bare function does not take.
`;

/** ns that a measured call may take longer than a bare one. */
const MOST_NS = 1000;
const COUNTS = 64;

type Work = (value: number) => number;
type AsyncWork = (value: number) => Promise<number>;

/** Does a little, so that it is not optimized away. */
const work: Work = (value) => (value * 31 + 7) % COUNTS;
const asyncWork: AsyncWork = async (value) => (value * 31 + 7) % COUNTS;

interface Contender {
  readonly name: string;
  readonly sync: Work;
  readonly async: AsyncWork;
}

/** Measures calls in three ways, and lets the bare function be the zero. */
export async function run(args: string[]): Promise<BenchReport> {
  const { calls, rounds } = readOptions(args, USAGE, {
    calls: wholeNumber({ least: 1000, usual: 200_000 }),
    rounds: wholeNumber({ least: 1, usual: 7 }),
  });
  const provider = meterProvider();
  const contenders = [bare(), ours(), promClient(), openTelemetry(provider)];
  const nanoseconds = await measured(contenders, calls, rounds);
  await provider.shutdown();
  const rows = contenders.slice(1).map(({ name }, i) => rowOf(name, nanoseconds[i + 1]!, nanoseconds[0]!));
  const [own, prom, otel] = rows as [Row, Row, Row];
  return {
    name: 'measure',
    rows,
    goals: [
      { name: 'ns per sync call', value: own.syncNs, goal: `< ${MOST_NS}`, met: own.syncNs < MOST_NS },
      { name: 'ns per async call', value: own.asyncNs, goal: `< ${MOST_NS}`, met: own.asyncNs < MOST_NS },
      ratioTo("prom-client's timer", own, prom),
      ratioTo("OpenTelemetry's histogram", own, otel),
    ],
  };
}

interface Row extends Readonly<Record<string, string | number>> {
  readonly contender: string;
  readonly syncNs: number;
  readonly asyncNs: number;
  readonly syncSpread: number;
}

interface Nanoseconds {
  readonly sync: readonly number[];
  readonly async: readonly number[];
}

function rowOf(contender: string, taken: Nanoseconds, zero: Nanoseconds): Row {
  return {
    contender,
    syncNs: round(median(taken.sync) - median(zero.sync)),
    asyncNs: round(median(taken.async) - median(zero.async)),
    syncSpread: round(Math.max(...taken.sync) - Math.min(...taken.sync)),
  };
}

function ratioTo(rival: string, own: Row, other: Row) {
  const value = round(own.syncNs / other.syncNs);
  return { name: `sync cost over that of ${rival}`, value, goal: '< 1', met: value < 1 };
}

/** ns per call of each contender, one after the other in each round, so that all see the same machine. */
async function measured(contenders: readonly Contender[], calls: number, rounds: number): Promise<Nanoseconds[]> {
  const taken = contenders.map(() => ({ sync: [] as number[], async: [] as number[] }));
  for (let round = -1; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const sync = syncNs(contender.sync, calls);
      const asynchronous = await asyncNs(contender.async, Math.ceil(calls / 4));
      // the first round lets the compiler do its work
      if (round < 0) continue;
      taken[i]!.sync.push(sync);
      taken[i]!.async.push(asynchronous);
    }
  }
  return taken;
}

function syncNs(call: Work, calls: number): number {
  const began = process.hrtime.bigint();
  let value = 1;
  for (let i = 0; i < calls; i++) value = call(value + i);
  const ns = Number(process.hrtime.bigint() - began);
  if (!Number.isInteger(value)) throw new Error('the work was not done');
  return ns / calls;
}

async function asyncNs(call: AsyncWork, calls: number): Promise<number> {
  const began = process.hrtime.bigint();
  let value = 1;
  for (let i = 0; i < calls; i++) value = await call(value + i);
  const ns = Number(process.hrtime.bigint() - began);
  if (!Number.isInteger(value)) throw new Error('the work was not done');
  return ns / calls;
}

const bare = (): Contender => ({ name: 'bare', sync: work, async: asyncWork });

function ours(): Contender {
  const monitor = new PerformanceMonitor();
  return {
    name: 'measurePerformance',
    sync: monitor.measurePerformance('bench', 'sync')(work),
    async: monitor.measurePerformance('bench', 'async')(asyncWork),
  };
}

/** As its documentation has it: `const end = histogram.startTimer(labels)`, `end()`. */
function promClient(): Contender {
  const registers = [new Registry()];
  const histogram = new PromHistogram({ name: 'bench', help: 'bench', labelNames: ['operation'], registers });
  return {
    name: "prom-client's timer",
    sync: (value) => {
      const end = histogram.startTimer({ operation: 'sync' });
      const result = work(value);
      end();
      return result;
    },
    async: async (value) => {
      const end = histogram.startTimer({ operation: 'async' });
      const result = await asyncWork(value);
      end();
      return result;
    },
  };
}

function openTelemetry(provider: MeterProvider): Contender {
  const histogram: OtelHistogram = provider.getMeter('bench').createHistogram('bench', { unit: 'ms' });
  return {
    name: "OpenTelemetry's histogram",
    sync: (value) => {
      const began = performance.now();
      const result = work(value);
      histogram.record(performance.now() - began, { operation: 'sync' });
      return result;
    },
    async: async (value) => {
      const began = performance.now();
      const result = await asyncWork(value);
      histogram.record(performance.now() - began, { operation: 'async' });
      return result;
    },
  };
}

/** The SDK measures nothing unless somebody might read it. */
function meterProvider(): MeterProvider {
  const exporter = new InMemoryMetricExporter(1);
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 86_400_000,
    exportTimeoutMillis: 1000,
  });
  return new MeterProvider({ readers: [reader] });
}

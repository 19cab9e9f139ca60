import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCache } from '../../../src/cache/library.js';
import { measurePerformance, ProgramTelemetry, performanceMonitor } from '../../../src/telemetry/library.js';

/** Seconds of a clock in hand, one look each. */
function pass(telemetry: ProgramTelemetry, from: number, to: number, each: () => void = () => undefined): void {
  for (let second = from; second < to; second++) {
    each();
    telemetry.sample(second * 1000);
  }
}

test('without an engine the summary tells how a program answers: times, errors, hits, memory, processor', () => {
  const cache = createCache();
  cache.set('a', 1);
  const telemetry = new ProgramTelemetry({ component: 'api', cache });
  const answer = telemetry.monitor.measurePerformance(
    'api',
    'detect',
  )((fails: boolean) => {
    if (fails) throw new Error('no');
  });
  const beneath = telemetry.monitor.measurePerformance('database', 'find')(() => undefined);
  pass(telemetry, 0, 31, () => {
    for (let i = 0; i < 9; i++) answer(false);
    assert.throws(() => answer(true));
    beneath();
    cache.get('a');
    cache.get('b');
  });
  const summary = telemetry.monitor.getPerformanceSummary();
  assert.is(Math.round(summary.throughput!), 9);
  assert.is(summary.errorRate, 0.1);
  assert.is(summary.cacheHitRate, 0.5);
  assert.ok(summary.p95ResponseTimeMs! > 0 && summary.memoryUsageMb! > 10);
  assert.equal(
    summary.operations.map(({ component, calls }) => [component, calls]),
    [
      ['api', 310],
      ['database', 31],
    ],
  );
  cache.stop();
});

test('an alert is raised once a limit was passed for the hold time, and cleared once it is kept again', () => {
  const told: string[] = [];
  const telemetry = new ProgramTelemetry({
    thresholds: { maxErrorRate: 0.05, holdS: 10, maxCpuUsagePercent: 0, maxMemoryUsageMb: 0, maxResponseTimeMs: 0 },
    onAlert: ({ kind, code, alert }) => told.push(`${kind} ${code}: ${alert?.message}`),
  });
  const answer = telemetry.monitor.measurePerformance(
    'api',
    'detect',
  )((fails: boolean) => {
    if (fails) throw new Error('no');
  });
  const fail = () => assert.throws(() => answer(true));
  pass(telemetry, 0, 40, () => {
    fail();
    answer(false);
  });
  assert.equal(told, ['raised errors-high: 50.0 % of the calls fail (limit 5.0 %)']);
  assert.match(telemetry.alerts.active()[0]!.action, 'by errorRate');
  pass(telemetry, 40, 160, () => answer(false));
  assert.is(told.at(-1)!.split(':')[0], 'cleared errors-high');
});

test('everything is text for Prometheus, the lateness of timers included', async () => {
  const telemetry = new ProgramTelemetry();
  telemetry.start();
  telemetry.monitor.measurePerformance('plates', 'read')(() => 1)();
  const text = await telemetry.metrics.prometheus();
  telemetry.stop();
  assert.match(text, 'edge_operation_calls_total{component="plates",operation="read"} 1');
  assert.match(text, '# TYPE edge_event_loop_delay_p99_seconds gauge');
});

test('from its start to its stop functions without a monitor in their name are measured by it', () => {
  const measured = measurePerformance('numbers', 'double')((n: number) => 2 * n);
  const telemetry = new ProgramTelemetry();
  telemetry.start();
  assert.is(measured(4), 8);
  assert.equal(
    performanceMonitor.getPerformanceSummary().operations.map(({ component, calls }) => [component, calls]),
    [['numbers', 1]],
  );
  telemetry.stop();
  measured(4);
  assert.is(telemetry.monitor.getPerformanceSummary().operations[0]!.calls, 1);
});

test('a limit that is none is refused in words', () => {
  assert.throws(() => new ProgramTelemetry({ thresholds: { maxErrorRate: 7 } }), /thresholds\.maxErrorRate: expected/);
});

test.run();

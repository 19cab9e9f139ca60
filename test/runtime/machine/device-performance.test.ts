import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Cache } from '../../../src/cache/cache.js';
import { configSchema } from '../../../src/config/config.js';
import { createLog } from '../../../src/foundation/log.js';
import { CameraAlerts } from '../../../src/runtime/alerts/camera-alerts.js';
import { DevicePerformance, type WatchedMachine } from '../../../src/runtime/machine/device-performance.js';
import { type AlertState, Alerts } from '../../../src/telemetry/alerts/alerts.js';
import { Histogram } from '../../../src/telemetry/metrics/histogram.js';
import { Metrics } from '../../../src/telemetry/metrics/metrics.js';

const test = suite('runtime/device-performance');

const MIB = 2 ** 20;
const START = 1_700_000_000_000;
const FINE: WatchedMachine = { cpu: 0.2, temperatureC: 50, diskFree: 0.6, clockJumpMs: 0 };

/** A device whose numbers the test sets, and that is looked at once a second. */
function device(thresholds: object = {}, before: readonly AlertState[] = []) {
  const lines: Record<string, unknown>[] = [];
  const log = createLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
  const alerts = new Alerts(() => START);
  alerts.restore(before);
  const latency = new Histogram();
  const cache = new Cache({ memory: { maxBytes: MIB } });
  const now = {
    machine: FINE,
    answered: 0,
    failed: 0,
    outrun: 0,
    serves: true,
    memoryBytes: (200 * MIB) as number | null,
    quality: 'excellent' as 'excellent' | 'poor',
    phase: 'connected' as 'connected' | 'waiting',
    problem: { kind: 'tls', message: 'no TLS connection' } as { kind: 'tls' | 'unreachable'; message: string },
    ms: 0,
  };
  const part = new DevicePerformance(
    {
      config: configSchema.parse({ thresholds }),
      alerts,
      cameraAlerts: new CameraAlerts({ cameras: [], tenants: [] }, alerts),
      metrics: new Metrics(),
      processes: {
        get totalBytes() {
          return now.memoryBytes;
        },
      },
      machine: () => now.machine,
      caches: { all: [cache] },
      cameras: {
        latencies: () => [latency],
        outcomes: () => ({ answered: now.answered, failed: now.failed, outrun: now.outrun }),
        all: [{ id: 'north', connection: () => ({ connectionQuality: now.quality }) }],
      },
      brokerLink: () => ({ phase: now.phase, problem: now.phase === 'connected' ? null : now.problem }),
      detectorServes: () => now.serves,
      log,
    },
    { now: () => now.ms, unixNow: () => START },
  );
  alerts.declare(part.alerts);
  part.start();
  /** @param eachSecond what the device does meanwhile */
  const run = (seconds: number, eachSecond: () => void = () => undefined) => {
    for (let i = 0; i < seconds; i++) {
      eachSecond();
      part.sample(now.ms);
      now.ms += 1000;
    }
  };
  const answers = (ms: number, count = 10) => {
    now.answered += count;
    for (let i = 0; i < count; i++) latency.observe(ms);
  };
  const active = () => alerts.active().map(({ code, value, expected, unit }) => ({ code, value, expected, unit }));
  return { part, now, run, answers, active, alerts, cache, lines };
}

test('a device that does well raises nothing, and its summary tells how it does', () => {
  const { part, run, answers, active, cache } = device();
  cache.set('scene', 1);
  run(120, () => {
    answers(20);
    cache.get('scene');
  });
  assert.equal(active(), []);
  const { avgResponseTimeMs, throughput, cacheHitRate, errorRate, cpuUsagePercent, memoryUsageMb } =
    part.monitor.getPerformanceSummary();
  assert.equal(
    { avgResponseTimeMs, throughput, cacheHitRate, errorRate, cpuUsagePercent, memoryUsageMb },
    { avgResponseTimeMs: 20, throughput: 10, cacheHitRate: 1, errorRate: 0, cpuUsagePercent: 20, memoryUsageMb: 200 },
  );
});

test('slow answers raise response-slow once they were slow for the hold time, and it ends after them', () => {
  const { run, answers, active } = device();
  run(60, () => answers(20));
  run(50, () => answers(900));
  assert.equal(active(), []);
  run(70, () => answers(900));
  assert.equal(
    active().map(({ code, expected, unit }) => [code, expected, unit]),
    [['response-slow', 300, 'ms']],
  );
  run(200, () => answers(20));
  assert.equal(active(), []);
});

test('what the machine lacks is told with the value and the limit', () => {
  const { now, run, active } = device();
  now.machine = { cpu: 0.97, temperatureC: 91.4, diskFree: 0.02, clockJumpMs: 7_200_000 };
  now.memoryBytes = 1500 * MIB;
  run(400);
  assert.equal(active(), [
    { code: 'clock-jumped', value: 7_200_000, expected: 2000, unit: 'ms' },
    { code: 'temperature-high', value: 91.4, expected: 85, unit: '°C' },
    { code: 'disk-low', value: 2, expected: 5, unit: '%' },
    { code: 'memory-high', value: 1500, expected: 1024, unit: 'MiB' },
    { code: 'cpu-high', value: 97, expected: 70, unit: '%' },
  ]);
});

/** As an earlier run of the program left it, ten minutes ago. */
const held = (code: string): AlertState => ({
  code,
  alert: { code, severity: 'warning', message: 'before', action: 'look', since: START - 600_000 },
  snooze: null,
});

test('an alert that holds over a restart goes on, however long its hold time is', () => {
  const { now, run, alerts, active } = device({}, [held('cpu-high')]);
  now.machine = { ...FINE, cpu: 0.97 };
  run(30);
  alerts.forgetEarlier();
  assert.equal(
    alerts.active().map(({ code, since, value }) => [code, since, value]),
    [['cpu-high', START - 600_000, 97]],
  );
  now.machine = FINE;
  run(420);
  assert.equal(active(), []);
});

test('what held before a restart and is good since is not raised again', () => {
  const { run, alerts, active } = device({}, [held('cpu-high'), held('temperature-high')]);
  run(30);
  assert.equal(active(), []);
  alerts.forgetEarlier();
  run(600);
  assert.equal(active(), []);
});

test('a broker that was away before a restart has been away since then', () => {
  const { now, run, alerts } = device({}, [held('broker-away')]);
  now.phase = 'waiting';
  run(10);
  assert.equal(
    alerts.active().map(({ code, since, message }) => [code, since, message]),
    [['broker-away', START - 600_000, 'the broker is away for 15 minutes: no TLS connection']],
  );
  now.phase = 'connected';
  run(10);
  now.phase = 'waiting';
  run(290);
  assert.equal(alerts.active(), []);
});

test('a processor that is busy on average is, though not at each look', () => {
  const { now, run, active } = device();
  let second = 0;
  // every tenth second, when the load is counted, it rests
  run(500, () => (now.machine = { ...FINE, cpu: second++ % 10 === 0 ? 0.1 : 1 }));
  assert.equal(active(), [{ code: 'cpu-high', value: 91, expected: 70, unit: '%' }]);
});

test('frames that no worker is there for are errors, and those that come faster than answers are none', () => {
  const { part, now, run, answers, active } = device({ holdS: 10 });
  run(60, () => {
    answers(20);
    now.outrun += 5;
  });
  assert.is(part.monitor.getPerformanceSummary().errorRate, 0);
  now.serves = false;
  run(90, () => (now.outrun += 15));
  assert.is(part.monitor.getPerformanceSummary().errorRate, 1);
  assert.equal(active(), [{ code: 'errors-high', value: 1, expected: 0.02, unit: '' }]);
});

test('the log tells when an alert begins and ends', () => {
  const { now, run, lines } = device({ holdS: 10 });
  now.machine = { ...FINE, diskFree: 0.02 };
  run(20);
  now.machine = FINE;
  run(20);
  assert.equal(
    lines.map(({ level, msg, alert }) => [level, alert, msg]),
    [
      ['warn', 'disk-low', '2.0 % of the disk of store.dir is free (limit 5 %)'],
      ['info', 'disk-low', 'over: 2.0 % of the disk of store.dir is free (limit 5 %)'],
    ],
  );
});

test('an alert that holds is told again only where its value moved by a fifth', () => {
  const { part, now, run, alerts } = device({ holdS: 0 });
  const told: (number | undefined)[] = [];
  alerts.tell({ alert: (code, payload) => void (code === 'temperature-high' && payload && told.push(payload.value)) });
  for (const temperatureC of [86, 87, 88, 95, 104, 105, 90, 84, 83, 80]) {
    now.machine = { ...FINE, temperatureC };
    run(5);
  }
  assert.equal(told, [86, 104]);
  assert.equal(part.monitor.thresholds.holdS, 0);
  assert.equal(alerts.active(), []);
});

test('frames without an answer raise errors-high', () => {
  const { now, run, answers, active } = device();
  run(150, () => {
    answers(20, 9);
    now.failed += 1;
  });
  assert.equal(active(), [{ code: 'errors-high', value: 0.1, expected: 0.02, unit: '' }]);
});

test('a poor camera is named, and a broker that is away is told until it is back', () => {
  const { now, run, active, alerts } = device();
  now.quality = 'poor';
  now.phase = 'waiting';
  run(400);
  assert.equal(
    active().map(({ code }) => code),
    ['camera-poor', 'broker-away'],
  );
  assert.is(alerts.active()[0]!.message, 'poor connection to north');
  const { message, details } = alerts.active()[1]!;
  assert.equal([message, details], ['the broker is away for 5 minutes: no TLS connection', { kind: 'tls' }]);
  now.phase = 'connected';
  run(10);
  assert.equal(
    active().map(({ code }) => code),
    ['camera-poor'],
  );
});

test('a broker that is away is told anew for another reason, and else once the time has doubled', () => {
  const { now, run, alerts } = device();
  const told: (string | undefined)[] = [];
  alerts.tell({ alert: (code, payload) => void (code === 'broker-away' && payload && told.push(payload.message)) });
  now.phase = 'waiting';
  run(590);
  now.problem = { kind: 'unreachable', message: 'no such host' };
  run(500);
  run(1200);
  assert.equal(told, [
    'the broker is away for 5 minutes: no TLS connection',
    'the broker is away for 9 minutes: no such host',
    'the broker is away for 19 minutes: no such host',
  ]);
});

test('thresholds change while it runs, and wrong ones change nothing', () => {
  const { part, now, run, active } = device({ maxTemperatureC: 0 });
  now.machine = { ...FINE, temperatureC: 91 };
  run(100);
  assert.equal(active(), []);
  part.monitor.thresholds = { maxTemperatureC: 80 };
  run(100);
  assert.equal(
    active().map(({ code }) => code),
    ['temperature-high'],
  );
  const refusal = (changes: object): string => {
    try {
      part.monitor.thresholds = changes;
    } catch (error) {
      return String(error);
    }
    return 'taken';
  };
  assert.is(
    refusal({ maxTemperatureC: -1, maxErrorRate: '0.5' }),
    'RangeError: thresholds.maxErrorRate: expected a number from 0 to 1, got "0.5"; thresholds.maxTemperatureC: expected a number from 0 to 150 °C, got -1',
  );
  assert.is(
    refusal({ maxTemperatureF: 80 }),
    'RangeError: thresholds.maxTemperatureF: unknown key, did you mean maxTemperatureC?',
  );
  assert.is(part.monitor.thresholds.maxTemperatureC, 80);
  part.monitor.thresholds = { maxTemperatureC: 0 };
  run(10);
  assert.equal(active(), []);
});

test('a machine that tells nothing of itself raises nothing', () => {
  const { now, run, active } = device();
  now.machine = { cpu: null, temperatureC: null, diskFree: null, clockJumpMs: null };
  now.memoryBytes = null;
  run(700);
  assert.equal(active(), []);
});

test.run();

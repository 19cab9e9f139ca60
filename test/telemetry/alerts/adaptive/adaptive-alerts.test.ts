import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DEGRADED } from '../../../../src/config/sections/alerts.js';
import { AdaptiveAlerts, type MinuteReading } from '../../../../src/telemetry/alerts/adaptive/adaptive-alerts.js';
import {
  DEGRADATIONS,
  WATCHED_METRICS,
  type WatchedMetric,
} from '../../../../src/telemetry/alerts/adaptive/watched-metric.js';
import { gaussian, seeded } from '../../../seeded.js';

const MINUTE = 60_000;
const MEBIBYTE = 2 ** 20;
const LEARN = 300;
const WATCHED: readonly WatchedMetric[] = [
  { metric: 'latency', code: 'degraded-latency', direction: 'up', least: 10, leastShare: 0, growth: false },
  { metric: 'fps', code: 'degraded-throughput', direction: 'down', least: 1, leastShare: 0, growth: false },
  { metric: 'memory', code: 'degraded-memory', direction: 'up', least: 20 * MEBIBYTE, leastShare: 0, growth: true },
];

function watching() {
  const adaptive = new AdaptiveAlerts(WATCHED, LEARN);
  const random = seeded(1);
  let minute = 0;
  const reading = (name: string, value: number, unit = 'ms'): MinuteReading => ({ name, unit, value });
  /** The alerts after minutes with a latency of each camera, and frames/s. */
  const pass = (minutes: number, north: number, south: number, fps = 25) => {
    let alerts: ReturnType<AdaptiveAlerts['see']>['alerts'] = [];
    for (let i = 0; i < minutes; i++) {
      ({ alerts } = adaptive.see(minute++ * MINUTE, [
        reading('latency.north', north + gaussian(random)),
        reading('latency.south', south + gaussian(random)),
        reading('latencies', 1e9),
        reading('fps.north', fps + 0.1 * gaussian(random), 'frames/s'),
      ]));
    }
    return new Map(alerts.map(({ code, alert }) => [code as string, alert]));
  };
  return { adaptive, pass };
}

test('every degradation has its alert, and every watched metric one of them', () => {
  assert.equal(
    DEGRADATIONS.map(({ code }) => code),
    [...DEGRADED],
  );
  assert.equal(new Set(WATCHED_METRICS.map(({ code }) => code)), new Set(DEGRADED));
});

test('several series of a code are one alert that names them, the worst first in its numbers', () => {
  const { pass } = watching();
  const quiet = pass(LEARN + 60, 50, 50);
  assert.equal(
    [...quiet],
    [
      ['degraded-latency', null],
      ['degraded-throughput', null],
      ['degraded-memory', null],
    ],
  );
  const one = pass(3, 100, 50).get('degraded-latency')!;
  assert.match(one.message, /^worse than usual: latency\.north is [\d.]+ ms, usually [\d.]+ ms$/);
  assert.ok(Math.abs(one.value! - 100) < 5 && Math.abs(one.expected! - 50) < 5);
  assert.is(one.unit, 'ms');
  const both = pass(3, 100, 200, 20);
  assert.match(both.get('degraded-latency')!.message, /^worse than usual: latency\.south is .*; latency\.north is /);
  assert.equal(both.get('degraded-latency')!.details, { series: 2, worst: 'latency.south' });
  assert.match(both.get('degraded-throughput')!.message, /fps\.north is [\d.]+ frames\/s, usually 2[45]/);
  const over = pass(15, 50, 50);
  assert.is(over.get('degraded-latency'), null);
  assert.is(over.get('degraded-throughput'), null);
});

test('what is said of the same series stays for an hour, and the numbers go on', () => {
  const { pass } = watching();
  pass(LEARN + 60, 50, 50);
  const first = pass(3, 100, 50).get('degraded-latency')!;
  const later = pass(30, 120, 50).get('degraded-latency')!;
  assert.is(later.message, first.message);
  assert.ok(later.value! > first.value! + 10);
  assert.is.not(pass(31, 120, 50).get('degraded-latency')!.message, first.message);
});

test('a series without a reading is not degraded for long', () => {
  const { adaptive, pass } = watching();
  pass(LEARN + 60, 50, 50);
  assert.ok(pass(3, 100, 50).get('degraded-latency'));
  const from = LEARN + 63;
  for (let i = 0; i < 9; i++) assert.ok(adaptive.see((from + i) * MINUTE, []).alerts[0]!.alert);
  const { alerts, changed } = adaptive.see((from + 9) * MINUTE, []);
  assert.is(alerts[0]!.alert, null);
  assert.equal(changed, ['latency.north']);
});

test('a leak is found by what grows in an hour', () => {
  const adaptive = new AdaptiveAlerts(WATCHED, LEARN);
  const random = seeded(2);
  const at = (minute: number): number => 200 + gaussian(random) + Math.max(0, minute - 600) * 1;
  let found: number | null = null;
  for (let minute = 0; minute < 720; minute++) {
    const reading = { name: 'memory.main', unit: 'bytes', value: at(minute) * MEBIBYTE };
    const alert = adaptive.see(minute * MINUTE, [reading]).alerts.find(({ code }) => code === 'degraded-memory')!.alert;
    if (alert === null || found !== null) continue;
    found = minute;
    assert.match(alert.message, /memory\.main per hour is [\d.]+ MiB\/h, usually -?[\d.]+ MiB\/h/);
  }
  assert.ok(found !== null && found > 600 && found < 660, `${found}`);
});

test('what is next to nothing beside the other number is told as 0', () => {
  const { pass } = watching();
  pass(LEARN + 60, 1e-7, 50);
  const alert = pass(4, 100, 50).get('degraded-latency')!;
  assert.is(alert.message, 'worse than usual: latency.north is 100 ms, usually 0 ms');
  assert.is(alert.expected, 0);
});

test('goes on from saved states; one that is damaged, of another version or watched no more is of no use', () => {
  const { adaptive, pass } = watching();
  pass(LEARN + 60, 50, 50);
  pass(3, 100, 50);
  const again = new AdaptiveAlerts(WATCHED, LEARN);
  assert.equal(adaptive.keys, ['latency.north', 'latency.south', 'fps.north']);
  for (const key of adaptive.keys) assert.ok(again.restore(key, adaptive.state(key)!));
  const seen = again.see((LEARN + 63) * MINUTE, [{ name: 'latency.north', unit: 'ms', value: 100 }]);
  assert.match(seen.alerts[0]!.alert!.message, /^worse than usual: latency\.north is 100 ms, usually [\d.]+ ms$/);
  assert.not(again.restore('latency.east', new Float32Array(3)));
  assert.not(again.restore('latency.west', adaptive.state('latency.north')!.subarray(1)));
  assert.not(again.restore('heat', adaptive.state('latency.north')!));
  assert.not(again.restore('latency.north per hour', adaptive.state('latency.north')!));
  assert.is(again.state('latency.east'), null);
});

test('more series than can be watched are named', () => {
  const adaptive = new AdaptiveAlerts(WATCHED, LEARN);
  adaptive.see(
    0,
    Array.from({ length: 514 }, (_, i) => ({ name: `latency.${i}`, unit: 'ms', value: 1 })),
  );
  assert.is(adaptive.keys.length, 512);
  assert.equal(adaptive.refused, ['latency.512', 'latency.513']);
});

test('the series of a camera that is gone is forgotten after a month of running, and by no clock that jumps', () => {
  const adaptive = new AdaptiveAlerts(WATCHED, LEARN);
  adaptive.see(0, [{ name: 'latency.gone', unit: 'ms', value: 1 }]);
  adaptive.see(10 * 365 * 86_400_000, []);
  assert.equal(adaptive.keys, ['latency.gone']);
  for (let minute = 0; minute < 30 * 1440; minute++) adaptive.see(minute * MINUTE, []);
  assert.equal(adaptive.keys, []);
});

test.run();

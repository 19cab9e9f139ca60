import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PerformanceMonitor } from '../../../src/telemetry/performance/performance-monitor.js';
import { RouterMounts } from '../../../src/web/frameworks/router-mounts.js';
import { RouteLoad } from '../../../src/web/load/route-load.js';

test('at most 200 routes are told apart, the others count together', () => {
  const monitor = new PerformanceMonitor();
  const load = new RouteLoad(monitor);
  for (let i = 0; i < 1000; i++) load.ended('GET', `/route-${i}`, 200, performance.now());
  const [row] = load.metrics;
  const readings = [...row!.read()];
  assert.is(readings.length, 201);
  assert.equal(readings.at(-1), [['ANY other', '2xx'], 800]);
  assert.is([...monitor.operations.all].length, 201);
});

test('a monitor without room for more names, a strange method and a strange pattern break nothing', () => {
  const monitor = new PerformanceMonitor();
  for (let i = 0; i < 500; i++) monitor.operations.of('own', `operation ${i}`);
  const load = new RouteLoad(monitor);
  load.ended('BREW', `/line\nbreak/${'x'.repeat(200)}`, null, performance.now());
  const [[labels] = [[]]] = [...load.metrics[0]!.read()];
  assert.equal(labels, [`OTHER /line?break/${'x'.repeat(81)}…`, 'aborted']);
});

test('ids in the address of a mounted router are taken out, and there is a bound', () => {
  const mounts = new RouterMounts();
  assert.is(mounts.patternOf('/tenants/42/cameras'), '/tenants/:id/cameras');
  assert.is(mounts.patternOf('/t/9b2d7c1e-0f4a-4c8e-9a6b-0123456789ab'), '/t/:id');
  for (let i = 0; i < 100; i++) mounts.patternOf(`/name-${i}`);
  assert.is(mounts.patternOf('/one-more'), '/…');
  assert.is(mounts.patternOf('/tenants/7/cameras'), '/tenants/:id/cameras');
});

test.run();

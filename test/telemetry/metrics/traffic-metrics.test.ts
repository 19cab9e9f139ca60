import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrafficReading } from '../../../src/telemetry/metrics/camera-metrics.js';
import { Metrics } from '../../../src/telemetry/metrics/metrics.js';

const traffic: TrafficReading = {
  eventCount: (kind) => (kind === 'crossed' ? 5 : 0),
  droppedEvents: 2,
  crossings: () => [
    ['gate', 'to the north', 'car', 4],
    ['gate', 'to the south', 'bus', 1],
  ],
  occupancy: () => [['junction', 3]],
};

test('events, crossings and zones of a camera come out by name', () => {
  const metrics = new Metrics();
  metrics.camera('north').watchTraffic(traffic);
  const values = metrics.snapshot();
  assert.is(values['events.north.crossed'], 5);
  assert.is(values['events.north.appeared'], 0);
  assert.is(values['events_dropped.north'], 2);
  assert.is(values['line_crossings.north.gate.to the north.car'], 4);
  assert.is(values['zone_vehicles.north.junction'], 3);
});

test('Prometheus gets line, direction and class as labels', async () => {
  const metrics = new Metrics();
  metrics.camera('north').watchTraffic(traffic);
  const lines = (await metrics.prometheus()).split('\n');
  for (const line of [
    'edge_events_total{camera="north",kind="crossed"} 5',
    'edge_events_dropped_total{camera="north"} 2',
    'edge_line_crossings_total{camera="north",line="gate",direction="to the south",class="bus"} 1',
    'edge_zone_vehicles{camera="north",zone="junction"} 3',
  ]) {
    assert.ok(lines.includes(line), `missing: ${line}`);
  }
});

test('a camera whose frames are not answered yet has no readings of its traffic', () => {
  const metrics = new Metrics();
  metrics.camera('north');
  assert.equal(
    Object.keys(metrics.snapshot()).filter((name) => /^(events|line_|zone_)/.test(name)),
    [],
  );
});

test.run();

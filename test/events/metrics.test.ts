import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import { type CameraTraffic, trafficMetrics } from '../../src/events/metrics.js';
import { Metrics } from '../../src/telemetry/metrics/metrics.js';

const [camera] = configSchema.parse({
  cameras: [
    {
      id: 'north',
      url: 'sim://road',
      lines: [{ id: 'gate', from: [0, 0.5], to: [1, 0.5], left: 'to the north', right: 'to the south' }],
      zones: [
        {
          id: 'junction',
          polygon: [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
        },
      ],
    },
  ],
}).cameras;

const events: CameraTraffic['events'] = {
  eventCount: (kind) => (kind === 'crossed' ? 5 : 0),
  droppedEvents: 2,
  totalCrossings: () => [
    ['gate', 'to the north', 'car', 4],
    ['gate', 'to the south', 'bus', 1],
  ],
  occupancy: () => [['junction', 3]],
};

function metricsOf(traffic: Omit<CameraTraffic, 'camera'>): Metrics {
  const metrics = new Metrics();
  metrics.register(trafficMetrics(() => [{ camera: camera!, ...traffic }]));
  return metrics;
}

test('events, crossings and zones of a camera come out by name', () => {
  const values = metricsOf({ classes: ['car', 'bus'], events }).snapshot();
  assert.is(values['events.north.crossed'], 5);
  assert.is(values['events.north.appeared'], 0);
  assert.is(values['events_dropped.north'], 2);
  assert.is(values['line_crossings.north.gate.to the north.car'], 4);
  assert.is(values['zone_vehicles.north.junction'], 3);
});

test('Prometheus gets line, direction and class as labels', async () => {
  const lines = (await metricsOf({ classes: ['car', 'bus'], events }).prometheus()).split('\n');
  for (const line of [
    'edge_events_total{camera="north",kind="crossed"} 5',
    'edge_events_dropped_total{camera="north"} 2',
    'edge_line_crossings_total{camera="north",line="gate",direction="to the south",class="bus"} 1',
    'edge_zone_vehicles{camera="north",zone="junction"} 3',
  ]) {
    assert.ok(lines.includes(line), `missing: ${line}`);
  }
});

test('before its frames are answered, a camera has names for all it will count and readings of none', () => {
  const metrics = metricsOf({ classes: ['car', 'bus'], events: null });
  assert.equal(
    metrics
      .definitions()
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('events')),
    [
      'line_crossings.north.gate.to the north.car',
      'line_crossings.north.gate.to the north.bus',
      'line_crossings.north.gate.to the south.car',
      'line_crossings.north.gate.to the south.bus',
      'zone_vehicles.north.junction',
    ],
  );
  const values = metrics.snapshot();
  assert.is(values['events.north.crossed'], null);
  assert.is(values['zone_vehicles.north.junction'], null);
  assert.is('line_crossings.north.gate.to the north.car' in values, false);
});

test('a first crossing brings no name that was not declared', () => {
  const before = metricsOf({ classes: ['car', 'bus'], events: null }).definitions();
  assert.equal(metricsOf({ classes: ['car', 'bus'], events }).definitions(), before);
});

test('what was counted of a class that the model now in use does not report stays declared', () => {
  const names = metricsOf({ classes: ['car'], events })
    .definitions()
    .map(({ name }) => name);
  assert.ok(names.includes('line_crossings.north.gate.to the south.bus'));
  assert.is(names.includes('line_crossings.north.gate.to the north.bus'), false);
});

test.run();

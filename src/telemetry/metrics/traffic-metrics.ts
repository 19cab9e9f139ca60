import { EVENT_KINDS } from '../../frame/event-kind.js';
import type { TrafficReading } from './camera-metrics.js';
import type { Measurements } from './measurements.js';
import { type MetricRow, number, type Reading } from './metric-row.js';

const perCamera = (read: (traffic: TrafficReading) => Iterable<readonly [labels: readonly string[], value: number]>) =>
  function* (m: Measurements): Iterable<Reading<number>> {
    for (const { camera, traffic } of m.cameras) {
      if (traffic) for (const [labels, value] of read(traffic)) yield [[camera, ...labels], value];
    }
  };

/** The metrics about vehicles, lines and zones. */
export const TRAFFIC_METRICS: readonly MetricRow[] = [
  number(
    'counter',
    'events',
    'events',
    ['camera', 'kind'],
    1,
    `What vehicles did, by kind: ${EVENT_KINDS.join(', ')}.`,
    perCamera((traffic) => EVENT_KINDS.map((kind) => [[kind], traffic.eventCount(kind)])),
  ),
  number(
    'counter',
    'events_dropped',
    'events',
    ['camera'],
    1,
    'Events that were not published because there were more than publish.maxEventsPerSecond.',
    perCamera((traffic) => [[[], traffic.droppedEvents]]),
  ),
  number(
    'counter',
    'line_crossings',
    'vehicles',
    ['camera', 'line', 'direction', 'class'],
    1,
    'Vehicles that crossed a line, by direction and class; a class is there from its first crossing on.',
    perCamera(function* (traffic) {
      for (const [line, direction, name, count] of traffic.crossings()) yield [[line, direction, name], count];
    }),
  ),
  number(
    'gauge',
    'zone_vehicles',
    'vehicles',
    ['camera', 'zone'],
    1,
    'Vehicles in a zone now.',
    perCamera(function* (traffic) {
      for (const [zone, vehicles] of traffic.occupancy()) yield [[zone], vehicles];
    }),
  ),
];

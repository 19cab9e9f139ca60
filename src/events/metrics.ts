import type { CameraConfig } from '../config/config.js';
import type { MetricRow, Reading } from '../foundation/metric-row.js';
import { EVENT_KINDS } from '../frame/event-kind.js';
import type { CameraEvents } from './camera-events.js';

/** What the metrics tell of the vehicles before one camera. */
export interface CameraTraffic {
  readonly camera: Pick<CameraConfig, 'id' | 'lines' | 'zones'>;
  /** Names of the classes that are reported; empty before a model is known. */
  readonly classes: readonly string[];
  /** null before its frames are answered. */
  readonly events: Pick<CameraEvents, 'eventCount' | 'droppedEvents' | 'totalCrossings' | 'occupancy'> | null;
  /** Whether the picture is frozen, so that nobody knows who is where; absent: it is not. */
  readonly isFrozen?: boolean;
}

/** The metrics about vehicles, lines and zones. */
export function trafficMetrics(cameras: () => Iterable<CameraTraffic>): readonly MetricRow[] {
  return [
    {
      type: 'counter',
      name: 'events',
      unit: 'events',
      labels: ['camera', 'kind'],
      step: 1,
      help: `What vehicles did, by kind: ${EVENT_KINDS.join(', ')}.`,
      *read() {
        for (const { camera, events } of cameras()) {
          for (const kind of EVENT_KINDS) yield [[camera.id, kind], events?.eventCount(kind) ?? null];
        }
      },
    },
    {
      type: 'counter',
      name: 'events_dropped',
      unit: 'events',
      labels: ['camera'],
      step: 1,
      help: 'Events that were not published because there were more than publish.maxEventsPerSecond.',
      *read() {
        for (const { camera, events } of cameras()) yield [[camera.id], events?.droppedEvents ?? null];
      },
    },
    {
      type: 'counter',
      name: 'line_crossings',
      unit: 'vehicles',
      labels: ['camera', 'line', 'direction', 'class'],
      step: 1,
      help: 'Vehicles that crossed a line, by direction and class, over all runs of the program; a class is there from its first crossing on.',
      *series() {
        for (const traffic of cameras()) yield* crossingsOf(traffic);
      },
      *read() {
        for (const { camera, events } of cameras()) {
          for (const [line, direction, name, count] of events?.totalCrossings() ?? []) {
            yield [[camera.id, line, direction, name], count];
          }
        }
      },
    },
    {
      type: 'gauge',
      name: 'zone_vehicles',
      unit: 'vehicles',
      labels: ['camera', 'zone'],
      step: 1,
      help: 'Vehicles in a zone now.',
      *read() {
        for (const { camera, events, isFrozen } of cameras()) {
          const occupancy = new Map(isFrozen ? [] : events?.occupancy());
          for (const { id } of camera.zones)
            yield [[camera.id, id], occupancy.get(id) ?? null] satisfies Reading<number>;
        }
      },
    },
  ];
}

/** All that a camera may count; what was counted of classes that an earlier model reported stays. */
function* crossingsOf({ camera, classes, events }: CameraTraffic): Iterable<readonly string[]> {
  for (const { id, left, right } of camera.lines) {
    for (const direction of new Set([left, right])) {
      for (const name of classes) yield [camera.id, id, direction, name];
    }
  }
  for (const [line, direction, name] of events?.totalCrossings() ?? []) {
    if (!classes.includes(name)) yield [camera.id, line, direction, name];
  }
}

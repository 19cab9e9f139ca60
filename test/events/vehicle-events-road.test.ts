import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VehicleEvents } from '../../src/events/vehicle-events.js';
import { STRIDE } from '../../src/frame/detections.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { resultOf } from '../answer/sightings.js';

const SECONDS = 90;
const SHARE = 0.62;

/** Bell-shaped, mean 0, deviation 1; the same numbers each time. */
function noise(): () => number {
  let state = 42;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => (Array.from({ length: 6 }, uniform).reduce((sum, x) => sum + x, 0) - 3) / Math.SQRT1_2;
}

test('on a busy simulated road with boxes that jitter, every vehicle counts once at the line and nobody else does', () => {
  const options = parseSimulatorUrl('sim://road?traffic=mixed&seed=5');
  const road = new Road(options);
  const vehicles = new VehicleEvents({
    classes: ['car', 'truck', 'bus', 'motorcycle', 'bicycle', 'person'],
    lines: [{ id: 'gate', from: [0, SHARE], to: [1, SHARE], left: 'away', right: 'near' }],
    zones: [],
  });
  const jitter = noise();
  const isAway = new Map<number, boolean>();
  const ids = new Set<number>();
  const truth = { away: 0, near: 0 };
  const found = { away: 0, near: 0 };
  for (let frame = 0; frame < SECONDS * options.fps; frame++) {
    const { count, data, ids: trackIds } = road.truth(frame);
    const boxes = data.slice();
    for (let i = 0; i < count; i++) {
      const id = trackIds[i]!;
      ids.add(id);
      const away = data[i * STRIDE + 3]! < SHARE * options.height;
      const before = isAway.get(id);
      if (before !== undefined && before !== away) truth[away ? 'away' : 'near']++;
      isAway.set(id, away);
      for (let edge = 0; edge < 4; edge++) {
        const length = data[i * STRIDE + (edge % 2) + 2]! - data[i * STRIDE + (edge % 2)]!;
        boxes[i * STRIDE + edge] = data[i * STRIDE + edge]! + 0.03 * length * jitter();
      }
    }
    const result = {
      ...resultOf([]),
      sourceWidth: options.width,
      sourceHeight: options.height,
      trackIds,
      detections: { count, data: boxes },
    };
    for (const event of vehicles.push(result, road.sceneMs(frame))) {
      if (event.kind === 'crossed') found[event.direction as 'away' | 'near']++;
    }
  }
  assert.ok(truth.away > 10 && truth.near > 10, JSON.stringify(truth));
  assert.equal(found, truth);
  assert.is(vehicles.seen, ids.size);
});

test.run();

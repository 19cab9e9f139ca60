import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import { CameraEvents } from '../../src/events/camera-events.js';
import type { FrameResult } from '../../src/frame/frame-result.js';
import { resultOf } from '../answer/sightings.js';
import { keepsTo } from '../telemetry/mqtt/message-schemas.js';

const [camera] = configSchema.parse({
  cameras: [
    {
      id: 'north',
      url: 'x.mp4',
      lines: [{ id: 'gate', from: [0.5, 0], to: [0.5, 1], left: 'east', right: 'west' }],
      zones: [
        {
          id: 'stop',
          polygon: [
            [0.6, 0.2],
            [0.8, 0.2],
            [0.8, 1],
            [0.6, 1],
          ],
        },
      ],
    },
  ],
}).cameras;

const made = (maxEventsPerSecond = 20) =>
  new CameraEvents({ camera: camera!, classes: ['car', 'bus'], maxEventsPerSecond });

const at = (ms: number) => ({ sceneMs: ms, now: 1_700_000_000_000 + ms, steady: ms });

test('a message says who did what, before how many others, and where the answer came from', () => {
  const events = made();
  const result: FrameResult = {
    ...resultOf([
      { id: 7, x: 200.04, y: 300, class: 1 },
      { id: 8, x: 400, y: 300 },
    ]),
    seq: 12,
    capturedAt: 1_700_000_000_000.4,
    ageMs: 120.4,
    confidence: 0.98123,
    origin: 'propagated',
    latencyMs: 3.456,
  };
  assert.equal(events.push(result, at(0))[0], {
    kind: 'appeared',
    vehicle: { trackId: 7, class: 'bus', score: 0.9, box: [150, 200, 250, 300] },
    frame: 12,
    capturedAt: 1_700_000_000_000,
    origin: 'propagated',
    ageMs: 120,
    confidence: 0.981,
    latencyMs: 3.5,
    counts: { car: 1, bus: 1 },
  });
});

test('every message of a vehicle on its way keeps to its published schema', () => {
  const events = made();
  const places = [
    ...Array.from({ length: 40 }, () => 300),
    ...Array.from({ length: 36 }, (_, i) => 300 + 20 * i),
    ...Array.from({ length: 20 }, () => null),
  ];
  const messages = places.flatMap((x, i) =>
    events.push(resultOf(x === null ? [] : [{ id: 1, x: x + 0.123, y: 300 }]), at(i * 100 + 0.3)),
  );
  assert.equal(
    messages.map(({ kind }) => kind),
    ['appeared', 'stopped', 'moved', 'crossed', 'entered', 'exited', 'left'],
  );
  for (const message of messages) {
    assert.ok(
      keepsTo('event', { ts: 1, seq: 1, stream: '0123abcd', n: 1, camera: 'north', ...message }),
      JSON.stringify(message),
    );
  }
});

test('events beyond the limit are not published, but counted', () => {
  const events = made(5);
  const many = resultOf(Array.from({ length: 8 }, (_, id) => ({ id, x: 20 + 50 * id, y: 100, width: 20, height: 20 })));
  assert.is(events.push(many, at(0)).length, 5);
  assert.is(events.droppedEvents, 3);
  assert.is(events.eventCount('appeared'), 8);
  assert.is(events.vehiclesSeen, 8);
});

test('totals for people: vehicles now by class, crossings by direction, zones now', () => {
  const events = made();
  for (const [i, x] of [300, 450, 550, 650].entries()) events.push(resultOf([{ id: 1, x, y: 300 }]), at(i * 100));
  assert.equal(events.vehiclesNow(), { car: 1 });
  assert.equal(events.lineTotals(), { gate: { east: 1, west: 0 } });
  assert.equal(Object.fromEntries(events.occupancy()), { stop: 1 });
});

test.run();

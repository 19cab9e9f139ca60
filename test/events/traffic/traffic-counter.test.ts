import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { TrafficCounter } from '../../../src/events/traffic/traffic-counter.js';
import { trafficPayload } from '../../../src/events/traffic/traffic-message.js';
import type { VehicleEvent } from '../../../src/events/vehicle-events.js';
import type { TrafficInterval } from '../../../src/store/traffic-counts.js';
import { keepsTo } from '../../telemetry/mqtt/message-schemas.js';

const [camera] = configSchema.parse({
  cameras: [
    {
      id: 'north',
      url: 'x.mp4',
      lines: [{ id: 'gate', from: [0.5, 0], to: [0.5, 1], left: 'in', right: 'out' }],
      zones: [
        {
          id: 'stop',
          polygon: [
            [0.6, 0.2],
            [0.8, 0.2],
            [0.8, 1],
          ],
        },
      ],
    },
  ],
}).cameras;

/** 10:00 of some day, Unix ms. */
const TEN = 1_700_042_400_000;
const MINUTE = 60_000;

const crossed = (vehicleClass = 'car', direction = 'in'): VehicleEvent => ({
  kind: 'crossed',
  vehicle: { trackId: 1, class: vehicleClass, score: 0.9, box: [1, 2, 3, 4] },
  line: 'gate',
  direction,
  total: 1,
});

const inZone = (kind: 'entered' | 'exited', stayedMs = 0): VehicleEvent => ({
  vehicle: crossed().vehicle,
  kind,
  zone: 'stop',
  occupancy: 1,
  stayedMs,
});

/** As it is in a message. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** A camera with ten pictures a second, whose two clocks can be moved. */
class Road {
  readonly closed: TrafficInterval[] = [];
  readonly counter: TrafficCounter;
  steady = 5000;

  constructor(public now = TEN) {
    this.counter = new TrafficCounter({
      camera: camera!,
      intervalS: 300,
      now,
      partsOf: (_id, from) => this.closed.filter((interval) => interval.from === from).length,
      closed: (interval) => this.closed.push(interval),
    });
  }

  /** Pictures for so long, every one with so many vehicles in the zone. */
  see(ms: number, vehicles = 0, isSeen = true): this {
    for (let passed = 0; passed < ms; passed += 100) {
      this.pass(100);
      this.counter.answered(this.now, this.steady, isSeen, [['stop', vehicles]]);
    }
    return this;
  }

  /** Time without pictures, in which the timer looks once a second. */
  miss(ms: number): this {
    for (let passed = 0; passed < ms; passed += 1000) {
      this.pass(1000);
      this.counter.tick(this.now);
    }
    return this;
  }

  pass(ms: number): void {
    this.now += ms;
    this.steady += ms;
  }

  count(...events: VehicleEvent[]): this {
    for (const event of events) this.counter.count(event);
    return this;
  }

  told(at = 0) {
    return plain(trafficPayload(this.closed[at]!, this.counter.totals));
  }

  /** What is counted in the interval that is not over. */
  get counting() {
    return plain(this.counter.current().counts);
  }
}

test('an interval is told with all that was counted in it, by line, direction and class', () => {
  const road = new Road().see(MINUTE, 2).count(crossed(), crossed(), crossed('bus'), crossed('car', 'out'));
  road.count(inZone('entered'), inZone('exited', 4000), inZone('exited', 7000));
  road.see(4 * MINUTE, 0);
  assert.equal(road.closed.length, 1);
  assert.equal(road.told(), {
    from: TEN,
    intervalS: 300,
    coverage: 1,
    lines: { gate: { in: { car: 2, bus: 1 }, out: { car: 1 } } },
    zones: { stop: { entered: { car: 1 }, exited: { car: 2 }, occupancy: 0.4, maxOccupancy: 2, dwellMs: 5500 } },
    totals: {
      lines: { gate: { since: TEN, crossed: { in: 3, out: 1 } } },
      zones: { stop: { since: TEN, entered: 1, exited: 2 } },
    },
  });
  assert.ok(
    keepsTo('traffic', { ts: 1, seq: 1, stream: '0123abcd', n: 1, boot: 'abcdef12', camera: 'north', ...road.told() }),
  );
});

test('an empty road has nothing in each direction, a camera that was away says nothing at all', () => {
  const road = new Road().see(5 * MINUTE).miss(6 * MINUTE);
  assert.equal([road.told(0).coverage, road.told(0).lines], [1, { gate: { in: {}, out: {} } }]);
  const { coverage, lines, zones } = road.told(1);
  assert.equal({ coverage, lines, zones }, { coverage: 0, lines: null, zones: null });
});

test('the share in which the camera was seen is told, and time that it was away or frozen is not in it', () => {
  const road = new Road().see(MINUTE).miss(MINUTE).see(MINUTE).see(MINUTE, 0, false).see(MINUTE);
  // a tenth of a second before the first picture, and after each time without one
  assert.is(road.told().coverage, 0.599);
});

test('a slow camera is seen between its pictures', () => {
  const road = new Road();
  for (let at = 0; at < 6 * MINUTE; at += 10_000) {
    road.miss(10_000);
    road.counter.answered(road.now, road.steady, true, []);
  }
  assert.ok(road.told().coverage! >= 0.96, `${road.told().coverage}`);
});

test('a vehicle that crosses as the interval ends is in one of the two, and time is parted between them', () => {
  const road = new Road(TEN - 150).see(100).count(crossed());
  road.see(5 * MINUTE + 200).count(crossed());
  assert.equal(
    road.closed.map((interval) => interval.from),
    [TEN - 5 * MINUTE, TEN],
  );
  assert.equal(road.told(0).lines, { gate: { in: { car: 1 }, out: {} } });
  assert.is(road.closed[0]!.coveredMs, 50);
  assert.is(road.closed[1]!.coveredMs, 300_000);
  assert.equal(road.counting.lines, { gate: { in: { car: 1 }, out: {} } });
});

test('a clock that is set back a little is waited for', () => {
  const road = new Road().see(5 * MINUTE + 1000).count(crossed());
  road.now -= 3000;
  road.see(4000).count(crossed());
  assert.is(road.closed.length, 1);
  assert.equal(road.counting.lines.gate, { in: { car: 2 }, out: {} });
});

test('a clock that is set back into an interval that was told makes another part of it, with what is new only', () => {
  const road = new Road()
    .see(5 * MINUTE)
    .count(crossed())
    .see(MINUTE);
  road.now -= 4 * MINUTE;
  road
    .see(MINUTE)
    .count(crossed('bus'))
    .see(3 * MINUTE);
  assert.equal(
    road.closed.map(({ from, part }) => [from, part]),
    [
      [TEN, 1],
      [TEN + 5 * MINUTE, 1],
      [TEN, 2],
    ],
  );
  assert.equal(road.told(2).lines, { gate: { in: { bus: 1 }, out: {} } });
  assert.is(road.told(2).part, 2);
  assert.is(road.counter.totals.sum('crossed', 'gate', 'in'), 2);
});

test('a clock that is set forward by years leaves no intervals in between', () => {
  const road = new Road().see(MINUTE).count(crossed());
  road.now += 5 * 365 * 86_400_000;
  road.see(MINUTE).count(crossed());
  assert.is(road.closed.length, 1);
  assert.is(road.told().coverage, 0.2);
  assert.equal(road.counting.lines.gate, { in: { car: 1 }, out: {} });
});

test('a restart within an interval goes on with it, and totals go on from those of before', () => {
  const before = new Road().see(MINUTE).count(crossed(), crossed());
  const after = new Road(TEN + 2 * MINUTE);
  assert.ok(after.counter.goOnWith(before.counter.current()));
  const earlier = { kind: 'crossed' as const, name: 'gate', direction: 'in', vehicleClass: 'car' };
  after.counter.totals.remember([{ ...earlier, count: 12_034, since: 1_600_000_000_000 }]);
  after
    .see(3 * MINUTE - 100)
    .count(crossed())
    .see(200);
  const { coverage, lines, totals } = after.told();
  assert.is(coverage, 0.799);
  assert.equal(lines, { gate: { in: { car: 3 }, out: {} } });
  assert.equal(totals.lines, { gate: { since: 1_600_000_000_000, crossed: { in: 12_035, out: 0 } } });
});

test('an interval that is over when the program starts again is not gone on with', () => {
  const before = new Road().see(MINUTE).count(crossed());
  const after = new Road(TEN + 7 * MINUTE);
  assert.not.ok(after.counter.goOnWith(before.counter.current()));
  assert.equal(after.counting.lines.gate, { in: {}, out: {} });
});

test('classes and directions with the names of inherited properties are counted like others', () => {
  const road = new Road().see(MINUTE).count(crossed('constructor', '__proto__'), crossed('toString', '__proto__'));
  road.see(4 * MINUTE);
  assert.is(
    JSON.stringify(road.told().lines),
    '{"gate":{"in":{},"out":{},"__proto__":{"constructor":1,"toString":1}}}',
  );
});

test('a moment in which anything was counted is not told as one in which nobody looked', () => {
  const road = new Road();
  road.counter.answered(road.now, road.steady, true, []);
  road.count(crossed()).miss(6 * MINUTE);
  assert.is(road.told().coverage, 0.001);
});

test('who broke a rule is counted by rule and class, interval by interval, and 0 is said; without rules nothing is', () => {
  const closed: TrafficInterval[] = [];
  const ruled = { ...camera!, rules: [{ id: 'keep-clear', offence: 'no-stopping' as const, zone: 'stop' }] };
  const options = {
    intervalS: 60,
    now: TEN,
    partsOf: () => 0,
    closed: (one: TrafficInterval) => void closed.push(one),
  };
  const counter = new TrafficCounter({ ...options, camera: ruled });
  const { vehicle } = crossed('bus');
  const found = { offence: 'no-stopping', zone: 'stop', stoodMs: 31_000, inZone: 1 } as const;
  const infraction = { ...found, kind: 'infraction', vehicle, rule: 'keep-clear', certainty: 0.9, atMs: TEN, path: [] };
  counter.answered(TEN, 0, true, []);
  counter.answered(TEN + 1000, 1000, true, []);
  counter.count(infraction as VehicleEvent);
  counter.tick(TEN + 63_000);
  counter.answered(TEN + 64_000, 64_000, true, []);
  counter.answered(TEN + 65_000, 65_000, true, []);
  counter.tick(TEN + 123_000);
  const payloads = closed.map((interval) => trafficPayload(interval, counter.totals));
  assert.equal(plain(payloads.map(({ rules }) => rules)), [{ 'keep-clear': { bus: 1 } }, { 'keep-clear': {} }]);
  const goesOn = new TrafficCounter({ ...options, camera: ruled });
  assert.ok(goesOn.goOnWith(plain(closed[0]!)));
  assert.equal(plain(goesOn.current().counts.rules), { 'keep-clear': { bus: 1 } });
  const without = new TrafficCounter({ ...options, camera: camera! });
  assert.not.ok('rules' in without.current().counts);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { CameraEvents } from '../../../src/events/camera-events.js';
import { SignalStates } from '../../../src/events/rules/signal-states.js';
import type { EventPayload } from '../../../src/telemetry/mqtt/messages/event.js';

/** A camera of 1000 by 1000 pixels, 10 frames a second; a noon of a Friday, Unix ms. */
const SIDE = 1000;
const FRAME_MS = 100;
const NOON = new Date('2026-11-27T12:00:00').getTime();
const CLASSES = ['car', 'truck', 'bus'];

interface Seen {
  readonly id: number;
  /** Where it touches the road, pixels. */
  readonly x: number;
  readonly y: number;
  readonly kind?: number;
  readonly size?: number;
}

interface Watch {
  readonly signals?: SignalStates;
  readonly origin?: (frame: number) => 'inferred' | 'propagated';
  readonly from?: number;
  /** Pixels to the right by which the camera sways, and tells so. */
  readonly sways?: (second: number) => number;
}

/** What is told of so many frames; `at` says who is where in each. */
function told(
  rules: object[],
  frames: number,
  at: (second: number) => Seen[],
  { signals, origin, from = NOON, sways }: Watch = {},
) {
  const camera = {
    id: 'a',
    url: 'sim://road',
    lines: [{ id: 'gate', from: [0, 0.5], to: [1, 0.5], left: 'away', right: 'near' }],
    zones: [
      {
        id: 'verge',
        polygon: [
          [0.6, 0],
          [1, 0],
          [1, 1],
          [0.6, 1],
        ],
      },
      {
        id: 'lane',
        polygon: [
          [0, 0.2],
          [0.4, 0.2],
          [0.4, 0.8],
          [0, 0.8],
        ],
      },
    ],
    rules,
  };
  const events = new CameraEvents({
    camera: configSchema.parse({ cameras: [camera] }).cameras[0]!,
    classes: CLASSES,
    maxEventsPerSecond: 1000,
    ...(signals && { signals }),
  });
  const all: (EventPayload & { kind: 'infraction' })[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const seen = at((frame * FRAME_MS) / 1000);
    const rows = seen.flatMap(({ x, y, kind = 0, size = 80 }) => [x - size / 2, y - size, x + size / 2, y, 0.9, kind]);
    const result = {
      camera: 'a',
      seq: frame,
      capturedAt: from + frame * FRAME_MS,
      sceneMs: frame * FRAME_MS,
      sourceWidth: SIDE,
      sourceHeight: SIDE,
      latencyMs: 0,
      detections: { count: seen.length, data: Float32Array.from(rows) },
      trackIds: Int32Array.from(seen.map(({ id }) => id)),
      origin: origin?.(frame) ?? 'inferred',
      ageMs: 0,
      confidence: 1,
      swayed: { x: sways?.((frame * FRAME_MS) / 1000) ?? 0, y: 0, turn: 0, growth: 0 },
      model: '',
      variant: '',
      provider: '',
    } as const;
    const time = { sceneMs: frame * FRAME_MS, now: from + frame * FRAME_MS, steady: frame * FRAME_MS };
    for (const event of events.push(result, time)) if (event.kind === 'infraction') all.push(event);
  }
  return { all, counts: events.ruleCounts() };
}

const noEntry = { id: 'no-entry', offence: 'wrong-way', line: 'gate', direction: 'away' };
const clear = { id: 'clear', offence: 'no-stopping', zone: 'verge', longerThanS: 5 };
const noLorries = { id: 'no-lorries', offence: 'class-lane', zone: 'lane', classes: ['truck'] };
const noTurning = { id: 'no-turning', offence: 'u-turn' };
const stop = { id: 'stop', offence: 'red-light', line: 'gate', direction: 'away', signal: 'north' };

/** Drives up the picture, or down it, 150 pixels a second, over the line at 1.33 s. */
const up = (s: number): Seen[] => [{ id: 1, x: 300, y: 700 - 150 * s }];
const down = (s: number): Seen[] => [{ id: 1, x: 300, y: 300 + 150 * s }];

test('who crosses a line in the forbidden direction is told once, with the way and the angle; who may is not', () => {
  const { all, counts } = told([noEntry], 40, up);
  assert.is(all.length, 1);
  const [one] = all;
  assert.is(one!.rule, 'no-entry');
  assert.ok(one!.offence === 'wrong-way' && one!.direction === 'away' && one!.angleDeg === 90);
  assert.ok(Math.abs(one!.atMs - NOON - 1333) < 60, `${one!.atMs - NOON} ms`);
  assert.ok(one!.certainty > 0.9 && one!.path.length > 5);
  assert.equal(counts, [{ rule: 'no-entry', offence: 'wrong-way', infractions: 1, undecided: 0 }]);
  assert.is(told([noEntry], 40, down).all.length, 0);
});

test('a box that wavers on the line, and one that is taken for another beyond it, is no infraction', () => {
  const wavering = (s: number): Seen[] => [{ id: 1, x: 300, y: 500 + 30 * Math.sin(s * 9) }];
  assert.is(told([noEntry], 100, wavering).all.length, 0);
  // the number goes over to one that comes down the picture, farther up
  const swapped = (s: number): Seen[] =>
    s < 1 ? [{ id: 1, x: 300, y: 560 }] : [{ id: 1, x: 340, y: 300 + 60 * (s - 1) }];
  assert.is(told([noEntry], 40, swapped).all.length, 0);
});

test('it is told again only of who drove back, and of nobody twice because the number changed', () => {
  const again = (s: number): Seen[] => [{ id: 1, x: 300, y: 500 + 200 * Math.cos(s) }];
  assert.is(told([noEntry], 100, again).all.length, 2, 'up at 1.6 s and at 7.9 s');
  const renamed = (s: number): Seen[] => [{ id: s < 1.9 ? 1 : 2, x: 300, y: 700 - 150 * s }];
  assert.is(told([noEntry], 40, renamed).all.length, 1);
});

test('it works on frames that were answered without an inference', () => {
  const origin = (frame: number) => (frame % 8 === 0 ? ('inferred' as const) : ('propagated' as const));
  const rule = { ...noEntry, classes: ['car'] };
  assert.is(told([rule], 40, up, { origin }).all.length, 1);
});

test('classes and hours bound whom and when a rule concerns', () => {
  assert.is(told([{ ...noEntry, classes: ['truck'] }], 40, up).all.length, 0);
  assert.is(told([{ ...noEntry, except: ['car'] }], 40, up).all.length, 0);
  assert.is(told([{ ...noEntry, during: '11:00-13:00 mon-fri' }], 40, up).all.length, 1);
  assert.is(told([{ ...noEntry, during: '13:00-15:00 mon-fri' }], 40, up).all.length, 0);
  assert.is(told([{ ...noEntry, during: 'sat,sun' }], 40, up).all.length, 0);
});

test('who stands in a zone longer than allowed is told once; who waits less, beside it, or only creeps is not', () => {
  const stands = (seconds: number, x: number) => (s: number) => [
    { id: 1, x, y: s < 2 ? 200 + 150 * s : 500 + 150 * Math.max(0, s - 2 - seconds) },
  ];
  const { all } = told([clear], 140, stands(9, 800));
  assert.is(all.length, 1);
  assert.ok(
    all[0]!.offence === 'no-stopping' && all[0]!.stoodMs > 5000 && all[0]!.stoodMs < 5300 && all[0]!.inZone === 1,
  );
  assert.ok(Math.abs(all[0]!.atMs - NOON - 2000) < 500);
  assert.is(told([clear], 140, stands(4, 800)).all.length, 0);
  assert.is(told([clear], 140, stands(9, 300)).all.length, 0);
  assert.is(told([clear], 140, (s) => [{ id: 1, x: 800, y: 400 + 12 * s }]).all.length, 0, 'creeping');
});

test('jitter, a bus that passes before it, and another number do not interrupt who stands', () => {
  const jitter = (s: number) => 4 * Math.sin(s * 31);
  const standing = (s: number, id: number): Seen => ({ id, x: 800 + jitter(s), y: 500 + jitter(s + 1) });
  assert.is(told([clear], 80, (s) => [standing(s, 1)]).all.length, 1);
  assert.is(told([clear], 100, (s) => (s > 3 && s < 5 ? [] : [standing(s, s < 4 ? 1 : 2)])).all.length, 1);
  // the lower half is hidden for two seconds
  const hidden = (s: number): Seen[] => [s > 3 && s < 5 ? { ...standing(s, 1), y: 450, size: 55 } : standing(s, 1)];
  assert.is(told([clear], 80, hidden).all.length, 1);
});

test('a number that goes along with who passes by leaves the stop to the one that stands there', () => {
  const parked = { x: 800, y: 500 };
  const stolen = (s: number): Seen[] =>
    s < 3
      ? [{ id: 1, ...parked }]
      : [{ id: 1, x: 800, y: 500 + 90 * (s - 3) }, ...(s < 3.6 ? [] : [{ id: 2, ...parked }])];
  const { all } = told([clear], 70, stolen);
  assert.is(all.length, 1);
  assert.is(all[0]!.vehicle.trackId, 2);
  assert.ok(Math.abs(all[0]!.atMs - NOON) < 150, 'since it stood there');
});

test('the place of one that stands is its own, whatever numbers pass by: carried off, found under a third one, or doubled', () => {
  const parked = { x: 800, y: 500 };
  const bus = (s: number) => ({ x: 800 - 150 * (s - 3), y: 520, size: 110, kind: 2 });
  // the number goes along with a bus that is then called otherwise; the one that stands is missing for two seconds
  const lost = (s: number): Seen[] => [
    ...(s < 3 || s > 5 ? [{ id: s < 3 ? 1 : 3, ...parked }] : []),
    ...(s >= 3 && s < 6 ? [{ id: s < 4 ? 1 : 2, ...bus(s) }] : []),
  ];
  const { all } = told([clear], 70, lost);
  assert.equal(
    all.map(({ vehicle }) => vehicle.trackId),
    [3],
  );
  assert.ok(Math.abs(all[0]!.atMs - NOON) < 150, 'since it stood there');
  const doubled = (s: number): Seen[] => [
    ...(s < 2.9 || s > 3 ? [{ id: 1, ...parked }] : []),
    ...(s >= 2.9 && s < 4 ? [{ id: 2, ...parked, x: 802 }] : []),
  ];
  assert.is(told([clear], 70, doubled).all.length, 1);
});

test('who stops where one drove off that was told is told, too: a little farther on, or nearer under its number', () => {
  const drivesOff = (s: number): Seen => ({ id: 1, x: 800, y: 500 - 150 * (s - 7) });
  const next = (s: number): Seen[] => [
    s < 7 ? { id: 1, x: 800, y: 500 } : drivesOff(s),
    ...(s < 7.6 ? [] : [{ id: 2, x: 800, y: 519 }]),
  ];
  assert.equal(
    told([clear], 140, next).all.map(({ vehicle }) => vehicle.trackId),
    [1, 2],
  );
  const nearer = (s: number): Seen[] => [{ id: 1, x: 800, ...(s < 7 ? { y: 500 } : { y: 520, size: 100 }) }];
  assert.is(told([clear], 140, nearer).all.length, 2);
  const grown = (s: number): Seen[] => [{ id: 1, x: 800, ...(s < 7 || s > 11 ? { y: 500 } : { y: 520, size: 100 }) }];
  assert.is(told([clear], 200, grown).all.length, 1, 'for a moment');
});

test('who passes by does not carry one that stands out of the zone, nor into it', () => {
  const beside = (x: number) => (s: number) => [
    s > 2 && s < 3 ? { id: 1, x: x - 35, y: 510, size: 150 } : { id: 1, x, y: 500 },
  ];
  assert.is(told([clear], 70, beside(640)).all.length, 1);
  assert.is(told([clear], 70, beside(570)).all.length, 0);
});

test('who drives on by its own length and stops again is told again', () => {
  const moves = (s: number): Seen[] => [{ id: 1, x: 800, y: s < 7 ? 400 : Math.min(550, 400 + 100 * (s - 7)) }];
  assert.is(told([clear], 160, moves).all.length, 2);
});

test('one that comes where another one left the picture is another one', () => {
  const follows = (s: number): Seen[] => [
    s < 2 ? { id: 1, x: 200, y: 500 + 240 * s, kind: 1 } : { id: 2, x: 240, y: 980 - 180 * (s - 2) },
  ];
  assert.is(told([noLorries], 70, follows).all.length, 0, 'a car where a lorry left');
});

test('a track that starts in the zone counts from when it was seen first', () => {
  const { all } = told([clear], 80, () => [{ id: 1, x: 800, y: 500 }]);
  assert.is(all.length, 1);
  assert.ok(Math.abs(all[0]!.atMs - NOON) < 150);
});

test('a class in a lane that is not its own is told, not for one frame of another class, nor for crossing the lane', () => {
  const drives = (kind: number | ((s: number) => number)) => (s: number) => [
    { id: 1, x: 200, y: 200 + 150 * s, kind: typeof kind === 'number' ? kind : kind(s) },
  ];
  const { all } = told([noLorries], 40, drives(1));
  assert.is(all.length, 1);
  assert.ok(all[0]!.offence === 'class-lane' && all[0]!.classShare === 1 && all[0]!.stayedMs > 1500);
  assert.is(told([noLorries], 40, drives(0)).all.length, 0);
  assert.is(
    told(
      [noLorries],
      40,
      drives((s) => (s < 1 ? 1 : 0)),
    ).all.length,
    0,
    'taken for a lorry at first',
  );
  assert.is(told([noLorries], 25, (s) => [{ id: 1, x: 900 - 400 * s, y: 500, kind: 1 }]).all.length, 0, 'across');
});

test('a lorry that is mostly taken for a car is told by its height beside the cars before', () => {
  /** Cars, one after the other, then somebody as tall as said that is taken for a lorry now and then. */
  const road = (size: number, kind: (s: number) => number) => (s: number) => {
    const turn = Math.floor(s / 5);
    const y = 200 + 150 * (s - 5 * turn);
    return y > 900 ? [] : [turn < 4 ? { id: turn, x: 200, y } : { id: 9, x: 200, y, kind: kind(s), size }];
  };
  const rarely = (s: number) => (Math.round(s * 10) % 5 === 0 ? 1 : 0);
  assert.is(told([noLorries], 250, road(110, rarely)).all.length, 1, 'a third taller, rarely taken for one');
  assert.is(
    told(
      [noLorries],
      250,
      road(110, () => 0),
    ).all.length,
    0,
    'a third taller, never taken for one',
  );
  assert.is(
    told(
      [noLorries],
      250,
      road(130, () => 0),
    ).all.length,
    1,
    'far taller',
  );
  assert.is(told([noLorries], 250, road(82, rarely)).all.length, 0, 'a car that is taken for a lorry');
});

test('who turns round is told, with the angle; not who backs up, or drives round a bend', () => {
  /** Down on the left, round, up on the right. */
  const round = (s: number): Seen[] => {
    if (s < 2) return [{ id: 1, x: 300, y: 400 + 100 * s }];
    const angle = Math.min(Math.PI, (s - 2) * 1.2);
    const after = Math.max(0, s - 2 - Math.PI / 1.2);
    return [{ id: 1, x: 400 - 100 * Math.cos(angle), y: 600 + 40 * Math.sin(angle) - 100 * after }];
  };
  const { all } = told([noTurning], 80, round);
  assert.is(all.length, 1);
  assert.ok(all[0]!.offence === 'u-turn' && all[0]!.turnedDeg > 140 && all[0]!.zone === null);
  assert.is(told([{ ...noTurning, zone: 'lane' }], 80, round).all.length, 1, 'in the zone');
  assert.is(told([{ ...noTurning, zone: 'verge' }], 80, round).all.length, 0, 'elsewhere');
  const backsUp = (s: number): Seen[] => [{ id: 1, x: 300, y: s < 3 ? 400 + 100 * s : 700 - 100 * (s - 3) }];
  assert.is(told([noTurning], 70, backsUp).all.length, 0);
  const bend = (s: number): Seen[] => [{ id: 1, x: 500 - 400 * Math.cos(s * 0.4), y: 200 + 400 * Math.sin(s * 0.4) }];
  assert.is(told([noTurning], 40, bend).all.length, 0);
});

function signalsWith(...said: (readonly [second: number, state: 'red' | 'green' | 'yellow'])[]): SignalStates {
  const signals = new SignalStates(['north']);
  for (const [second, state] of said) signals.say('north', state, NOON + second * 1000);
  return signals;
}

test('who crosses on red is told with what the signal showed; within the grace, on green and the other way nobody is', () => {
  const { all } = told([stop], 40, up, { signals: signalsWith([-3, 'green'], [-1, 'red'], [1, 'red'], [2, 'red']) });
  assert.is(all.length, 1);
  const [one] = all;
  assert.ok(one!.offence === 'red-light' && one!.signal.state === 'red' && Math.abs(one!.signal.sinceMs - 2333) < 60);
  assert.is(
    told([stop], 40, up, { signals: signalsWith([0, 'green'], [1, 'red'], [2, 'red']) }).all.length,
    0,
    'grace',
  );
  assert.is(told([stop], 40, up, { signals: signalsWith([0, 'green'], [1, 'green']) }).all.length, 0);
  assert.is(told([stop], 40, down, { signals: signalsWith([-1, 'red'], [1, 'red']) }).all.length, 0);
});

test('who is held up on the line is judged by what the signal shows when it drives on, too', () => {
  /** Creeps over the line by a third of its length, and drives on at 6 s. */
  const heldUp = (s: number): Seen[] => [
    { id: 1, x: 300, y: s < 1 ? 540 - 70 * s : s < 6 ? 470 : 470 - 150 * (s - 6) },
  ];
  const seconds = Array.from({ length: 10 }, (_, i) => i);
  const red = signalsWith([-2, 'red'], ...seconds.map((i) => [i, 'red'] as const));
  assert.is(told([stop], 90, heldUp, { signals: red }).all.length, 1, 'red all the time');
  const green = signalsWith([-2, 'red'], ...seconds.map((i) => [i, i < 4 ? 'red' : 'green'] as const));
  assert.is(told([stop], 90, heldUp, { signals: green }).all.length, 0, 'on when it was green');
});

test('a signal that is stale, or was never heard of, means no verdict, and that is counted', () => {
  for (const signals of [signalsWith(), signalsWith([-9, 'red'])]) {
    const { all, counts } = told([stop], 40, up, { signals });
    assert.is(all.length, 0);
    assert.is(counts[0]!.undecided, 1);
  }
  assert.is(told([stop], 40, up).counts[0]!.undecided, 1);
});

test('who stands beside a zone where nobody may is not moved into it by a camera that sways; who stands in it is told', () => {
  const sways = (s: number): number => 70 * Math.sin(3 * s);
  const standing =
    (x: number) =>
    (s: number): Seen[] => [{ id: 1, x: x + sways(s), y: 500 }];
  assert.is(told([clear], 200, standing(545), { sways }).all.length, 0);
  assert.is(told([clear], 200, standing(650), { sways }).all.length, 1);
  assert.is(told([clear], 200, standing(650)).all.length, 0, 'to a camera that does not tell it seems to move');
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Standstill } from '../../src/events/standstill.js';

const SIZE = 100;
const FRAME_MS = 40;

/** What a vehicle is told to do on its way: times and changes. */
function told(ms: number, at: (ms: number) => readonly [number, number]): [number, string, number][] {
  const standstill = new Standstill(4, 3000);
  const events: [number, string, number][] = [];
  standstill.begin(2, ...at(0), SIZE, 0);
  for (let now = FRAME_MS; now <= ms; now += FRAME_MS) {
    const change = standstill.update(2, ...at(now), SIZE, now);
    if (change !== null) events.push([now, change, standstill.stoodMs(2, now)]);
  }
  return events;
}

/** -1, 0 or 1 without a pattern that the frames could follow. */
const jitter = (ms: number) => Math.sign(Math.sin(ms * 12.9898));

test('a vehicle that does not move for three seconds stands', () => {
  assert.equal(
    told(10_000, () => [500, 300]),
    [[3000, 'stopped', 3000]],
  );
});

test('a box that jitters by a twentieth of its size stands all the same, and goes on standing', () => {
  assert.equal(
    told(60_000, (ms) => [500 + 5 * jitter(ms), 300 + 5 * jitter(ms + 7)]).map(([, change]) => change),
    ['stopped'],
  );
});

test('slow traffic does not stand', () => {
  assert.equal(
    told(60_000, (ms) => [500 + ms / 100, 300]),
    [],
  );
});

test('a vehicle that drives on has moved once, and says how long it stood', () => {
  const events = told(15_000, (ms) => [500 + Math.max(0, ms - 10_000) / 10, 300]);
  assert.equal(
    events.map(([, change]) => change),
    ['stopped', 'moved'],
  );
  const [, [at, , stoodMs]] = events as [unknown, [number, string, number]];
  assert.ok(at > 10_000 && at < 11_200, `${at}`);
  assert.is(stoodMs, at);
});

test('stop and go is told each time', () => {
  // 5 s standing, 5 s at 100 pixels/s, again and again
  const place = (ms: number) => 500 * Math.floor(ms / 10_000) + Math.max(0, (ms % 10_000) - 5000) / 10;
  assert.equal(
    told(29_000, (ms) => [place(ms), 300]).map(([, change]) => change),
    ['stopped', 'moved', 'stopped', 'moved', 'stopped', 'moved'],
  );
});

test('what passes in front of a standing vehicle for half a second does not move it', () => {
  const hidden = (ms: number) => (ms > 8000 && ms < 8500 ? 25 : 0);
  assert.equal(
    told(15_000, (ms) => [500 + hidden(ms), 300]).map(([, change]) => change),
    ['stopped'],
  );
});

test('a slot knows nothing of the vehicle that had it before', () => {
  const standstill = new Standstill(1, 3000);
  standstill.begin(0, 0, 0, SIZE, 0);
  assert.is(standstill.update(0, 0, 0, SIZE, 3000), 'stopped');
  standstill.begin(0, 700, 0, SIZE, 3040);
  assert.is(standstill.update(0, 701, 0, SIZE, 3080), null);
  assert.is(standstill.update(0, 701, 0, SIZE, 6040), 'stopped');
});

test.run();

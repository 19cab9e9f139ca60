import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JoinedTraffic, type KeptTraffic } from '../../src/store/joined-traffic.js';

const counts = { lines: {}, zones: {} };
const interval = (camera: string, from: number) => ({
  camera,
  from,
  intervalS: 300,
  part: 1,
  coveredMs: 0,
  leftOut: 0,
  counts,
});
const total = (camera: string) =>
  ({ camera, kind: 'crossed', name: 'gate', direction: '', vehicleClass: 'car', since: 0, count: 1 }) as const;

/** A file that has intervals and totals of these cameras. */
const file = (...cameras: string[]): KeptTraffic => ({
  count: () => cameras.length,
  read: () => cameras.map((camera, index) => interval(camera, index * 300_000)),
  totals: () => cameras.map(total),
});
const UNREADABLE: KeptTraffic = { count: () => null, read: () => null, totals: () => [] };
const isQuay = (camera: string): boolean => camera === 'quay';
const time = { from: 0, to: 1e9 };

test('each camera is looked for in the file of whoever has it now, and all of them come in order', () => {
  // the device counted before quay too, before it was a tenant's
  const joined = new JoinedTraffic([
    { store: file('gate', 'quay'), owns: (camera) => !isQuay(camera) },
    { store: file('quay'), owns: isQuay },
  ]);
  assert.equal(
    joined.read(time)?.map(({ camera, from }) => [camera, from]),
    [
      ['gate', 0],
      ['quay', 0],
    ],
  );
  assert.equal(
    joined.totals().map(({ camera }) => camera),
    ['gate', 'quay'],
  );
  assert.is(joined.count({ ...time, cameras: ['quay'] }), 1);
  assert.equal(joined.read({ ...time, cameras: [] }), []);
});

test('a file that cannot be read hides its own only', () => {
  const joined = new JoinedTraffic([
    { store: file('gate'), owns: (camera) => !isQuay(camera) },
    { store: UNREADABLE, owns: isQuay },
  ]);
  assert.is(joined.count({ ...time, cameras: ['gate'] }), 1);
  assert.is(joined.count({ ...time, cameras: ['quay'] }), null);
  assert.is(joined.read({ ...time, cameras: ['quay'] }), null);
  assert.is(joined.read(time)?.length, 1);
});

test.run();

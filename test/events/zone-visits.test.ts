import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ZoneConfig } from '../../src/config/config.js';
import { ZoneVisits } from '../../src/events/zone-visits.js';

const junction: ZoneConfig = {
  id: 'junction',
  polygon: [
    [0.4, 0.4],
    [0.6, 0.4],
    [0.6, 0.8],
    [0.4, 0.8],
  ],
};
const MARGIN = 0.01;

function visits(zone = junction): ZoneVisits {
  const made = new ZoneVisits([zone], 3);
  made.shape(0.5);
  made.begin(1);
  return made;
}

test('tells when a vehicle enters and exits, and how long it stayed', () => {
  const zones = visits();
  assert.is(zones.place(0, 1, 0.3, 0.3, 0), 0);
  assert.is(zones.step(0, 1, 0.5, 0.3, MARGIN, 1000), 1);
  assert.equal([...zones.occupancy], [1]);
  assert.is(zones.step(0, 1, 0.52, 0.3, MARGIN, 2000), 0);
  assert.is(zones.step(0, 1, 0.7, 0.3, MARGIN, 4000), -1);
  assert.is(zones.stayedMs(0, 1, 4000), 3000);
  assert.equal([...zones.occupancy], [0]);
});

test('who is first seen in a zone is in it from then on', () => {
  const zones = visits();
  assert.is(zones.place(0, 1, 0.401, 0.3, 500), 1);
  assert.is(zones.stayedMs(0, 1, 1500), 1000);
});

test('a box that jitters on the border enters once', () => {
  const zones = visits();
  zones.place(0, 1, 0.3, 0.3, 0);
  const changes = Array.from({ length: 100 }, (_, i) =>
    zones.step(0, 1, 0.4 + (i % 2 ? 0.008 : -0.008), 0.3, MARGIN, i),
  );
  assert.equal(
    changes.filter((change) => change !== 0),
    [],
  );
  assert.is(zones.step(0, 1, 0.42, 0.3, MARGIN, 200), 1);
  assert.is(zones.step(0, 1, 0.395, 0.3, MARGIN, 240), 0);
  assert.is(zones.step(0, 1, 0.38, 0.3, MARGIN, 280), -1);
});

test('a zone too narrow for the margin can be entered all the same', () => {
  const strip: ZoneConfig = {
    id: 'strip',
    polygon: [
      [0.5, 0],
      [0.52, 0],
      [0.52, 1],
      [0.5, 1],
    ],
  };
  const zones = visits(strip);
  zones.place(0, 1, 0.4, 0.3, 0);
  assert.is(zones.step(0, 1, 0.51, 0.3, 0.05, 40), 1);
  assert.is(zones.step(0, 1, 0.53, 0.3, 0.05, 80), -1);
});

test('a slot knows nothing of the vehicle that had it before', () => {
  const zones = visits();
  zones.place(0, 1, 0.5, 0.3, 0);
  assert.is(zones.leave(0, 1), true);
  assert.is(zones.leave(0, 1), false);
  zones.begin(1);
  assert.is(zones.step(0, 1, 0.5, 0.3, MARGIN, 80), 1);
  assert.equal([...zones.occupancy], [1]);
});

test.run();

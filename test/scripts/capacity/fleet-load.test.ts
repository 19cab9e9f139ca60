import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assumed } from '../../../scripts/capacity/assumptions.js';
import { fleetLoad } from '../../../scripts/capacity/fleet-load.js';

const test = suite('the load of a fleet');

const KINDS = [
  { topic: 'event/<camera>', messages: 864, bytesEach: 250 },
  { topic: 'traffic/<camera>', messages: 288, bytesEach: 600 },
  { topic: 'metrics', messages: 720, bytesEach: 300 },
  { topic: 'summary', messages: 96, bytesEach: 1500 },
];
const plain = { ...assumed(), headroom: 1, copies: 1, 'busiest-hour': 1 / 24 };

test('rates over a day are what the devices send', () => {
  const load = fleetLoad(100, KINDS, plain);
  assert.is(load.messages, (100 * (864 + 288 + 720 + 96)) / 86_400);
  assert.is(load.bytes, (100 * (864 * 250 + 288 * 600 + 720 * 300 + 96 * 1500)) / 86_400);
  assert.is(load.busiestMessages, load.messages);
});

test('a busy hour has more single events, and not more of what comes by the clock', () => {
  const load = fleetLoad(1, KINDS, { ...plain, 'busiest-hour': 0.1 });
  assert.ok(Math.abs(load.busiestMessages - (288 + 720 + 96 + 864 * 2.4) / 86_400) < 1e-12);
});

test('further cameras bring traffic counts and longer messages, and share the bytes of single events', () => {
  const [one, four] = [fleetLoad(1, KINDS, plain), fleetLoad(1, KINDS, { ...plain, cameras: 4 })];
  assert.ok(Math.abs((four.messages - one.messages) * 86_400 - 3 * 288) < 1e-9);
  assert.ok(Math.abs((four.bytes - one.bytes) * 86_400 - 3 * (288 * 600 + 720 * 300 + 96 * 1500)) < 1e-6);
});

test('after an outage all devices are born again, and what waited is caught up with', () => {
  const load = fleetLoad(6000, KINDS, { ...plain, 'outage-hours': 2, 'return-minutes': 10, 'catch-up-hours': 1 });
  assert.ok(Math.abs(load.returnMessages - load.busiestMessages - 12_000 / 600) < 1e-9);
  // live metrics do not wait
  assert.ok(Math.abs(load.catchUpMessages - load.busiestMessages - (6000 * (864 + 288 + 96) * (2 / 24)) / 3600) < 1e-9);
});

test('rows are kept for so long, in so many copies, compressed', () => {
  const rows = 864 + 288 + 720 + 96;
  const load = fleetLoad(10, KINDS, { ...plain, copies: 3, compression: 10, 'row-bytes': 400, 'retention-days': 90 });
  assert.is(Math.round(load.storeBytes), Math.round((10 * rows * 400 * 90 * 3) / 10));
});

test('a small fleet is on one machine, and a large one can spare a node of each kind', () => {
  const small = fleetLoad(100, KINDS, plain);
  assert.equal([small.isOneMachine, small.cost.nodes], [true, plain['node-price']]);
  const large = fleetLoad(1_000_000, KINDS, plain);
  assert.ok(!large.isOneMachine);
  assert.is(large.brokers, 11);
  assert.is(large.cost.nodes, (large.brokers + large.collectors + large.databases) * plain['node-price']);
});

test.run();

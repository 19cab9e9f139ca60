import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { askedAction, planOf } from '../../../src/collector/actions/asked-action.js';
import { newTask } from '../../../src/collector/actions/fleet-action.js';
import { RunningAction } from '../../../src/collector/actions/running-action.js';
import type { FleetDevice } from '../../../src/collector/store/fleet-store.js';
import { SqliteFleetStore } from '../../../src/collector/store/sqlite-fleet-store.js';
import type { Commands } from '../../../src/telemetry/commands/commands.js';
import { temporaryFolder } from '../../temporary.js';
import { newDevice } from '../new-device.js';
import { AT, actionsOver } from './fleet-of-two.js';
import { ACTION } from './store-contract.js';

const folder = temporaryFolder('many-devices');
let files = 0;

/** A fleet of which so many devices are away; those that are there do what they are told at once. */
async function fleetOf(there: number, away: number) {
  const store = new SqliteFleetStore({ file: join(folder, `${++files}.sqlite`), durable: false });
  const clock = { now: AT };
  const devices: FleetDevice[] = [];
  for (let index = 0; index < there + away; index++) {
    // those that are away come first wherever names decide
    const name = `${index < away ? 'a' : 'b'}${index}`;
    const device = await newDevice(store, 'demo', name, AT);
    devices.push({ ...device, online: index >= away, heardAt: AT });
  }
  const nothing = { births: [], streams: [], alerts: [], rows: [], quarantined: [], counts: {} };
  await store.commit({ ...nothing, devices });
  let asked = 0;
  const condition = store.conditions.bind(store);
  Object.assign(store, {
    conditions: (names: Parameters<typeof condition>[0]) => {
      asked++;
      return condition(names);
    },
  });
  const run = await actionsOver(store, new Map<string, Commands>(), clock);
  return { store, clock, ...run, asked: () => asked };
}

const report = (more: object) => askedAction.parse({ id: 'all', command: 'report', choose: { all: true }, ...more });

test('devices that are away do not keep those that are there waiting, however many they are', async () => {
  const { store, actions, published, turns } = await fleetOf(200, 1500);
  await actions.begin(report({ perSecond: 50 }), 'ana');
  await turns(10);
  assert.is(published.length, 200);
  assert.ok(published.every((topic) => topic.includes('/b')));
  await store.close();
});

test('nor do those that are watched, and a turn asks the store once', async () => {
  const { store, actions, published, turns, asked } = await fleetOf(1000, 0);
  await actions.begin(report({ perSecond: 50, watchS: 3600 }), 'ana');
  for (let turn = 0; turn < 22; turn++) {
    await turns(1);
    for (const topic of published.slice(-50))
      actions.hear('demo', topic.split('/')[3]!, { id: 'all', ok: true, result: {} });
  }
  assert.is(new Set(published).size, 1000);
  assert.ok(asked() <= 22);
  const tallies = await store.actions.tallies('all');
  assert.is(tallies[0]!.watched, 1000);
  await store.close();
});

test('who does not answer is asked again in its turn, behind whoever was not asked yet', async () => {
  const { store, actions, published, turns } = await fleetOf(300, 0);
  await actions.begin(report({ perSecond: 5 }), 'ana');
  await turns(60);
  // five a second and five at once: with a resend after 15 s in between, the first 16 s are new ones all
  assert.is(new Set(published.slice(0, 75)).size, 75);
  const counts = new Map<string, number>();
  for (const topic of published) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  assert.ok(Math.max(...counts.values()) <= 4, 'each by its own pauses');
  assert.ok(counts.size >= 150, `${counts.size} were reached`);
  await store.close();
});

test('answers are in the store only, and the hash over all of them is the same without them', () => {
  const asked = report({ watchS: 5 });
  const plan = planOf(asked, { id: 'all', key: 'k', by: 'ana', devices: 2, now: AT });
  const tasks = ['a', 'b'].map((device) => newTask('demo', device, 0));
  const running = new RunningAction({ ...ACTION, plan }, tasks);
  const there = { presence: 'online', heardAt: AT, alerts: [] } as const;
  for (const task of tasks) assert.ok(running.look(task, there, true, AT));
  running.answer('demo/a', { ok: true, result: { metrics: 3 } }, AT);
  const whole = running.resultsDigest();
  const written = running.changes();
  assert.equal(
    written.map(({ result }) => result),
    ['{"metrics":3}', null],
  );
  assert.equal(running.changes(), []);
  assert.is(running.resultsDigest(), whole);
  assert.is(new RunningAction({ ...ACTION, plan }, written).resultsDigest(), whole);
  running.look(tasks[0]!, there, true, AT + 6000);
  // later it is done, and what it answered is in the store
  assert.equal(
    running.changes().map(({ state, result }) => [state, result]),
    [['done', null]],
  );
  const other = new RunningAction({ ...ACTION, plan }, [{ ...written[0]!, result: '{"metrics":4}' }, written[1]!]);
  assert.is.not(other.resultsDigest(), whole);
});

test.run();

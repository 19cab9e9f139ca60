import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_ACTION_CHANGES } from '../../../src/collector/actions/action-store.js';
import { askedAction } from '../../../src/collector/actions/asked-action.js';
import { brokenAt, chained, NO_AUDIT } from '../../../src/collector/actions/audit-chain.js';
import { PostgresFleetStore } from '../../../src/collector/store/postgres/postgres-fleet-store.js';
import { Cluster } from '../../database/postgres/cluster.js';
import { has, needs } from '../../optional.js';
import { actionsOver, countingCommands, known } from './fleet-of-two.js';
import { AT, PLAN } from './store-contract.js';

const onServer = needs('postgres', test);
const cluster = has('postgres') ? await Cluster.start() : null;
let databases = 0;

async function fleet(names: readonly string[]) {
  await cluster!.sql('postgres', `CREATE DATABASE fleet${++databases}`);
  const store = await PostgresFleetStore.open({ target: cluster!.url(`fleet${databases}`) });
  const clock = { now: AT };
  const devices = new Map(names.map((name) => [name, countingCommands(name, { now: () => clock.now })] as const));
  for (const name of names) await known(store, name, true);
  const commands = new Map([...devices].map(([name, { commands: of }]) => [name, of] as const));
  return { store, clock, devices, ...(await actionsOver(store, commands, clock)) };
}

const report = askedAction.parse({ id: 'all-1', command: 'report', choose: { all: true } });

onServer('an action waits while the server is away, and goes on once it is there again', async () => {
  const { store, clock, devices, actions, turns } = await fleet(['a', 'b']);
  await known(store, 'b', false);
  await actions.begin(report, 'ana');
  await turns(3);
  await cluster!.crash();
  await turns(4);
  assert.match(String(actions.problem), /postgres:/);
  await cluster!.resume();
  await known(store, 'b', true, clock.now);
  await turns(10);
  const { state, reason } = (await store.actions.action('all-1'))!;
  assert.equal([state, reason, actions.problem], ['ended', '2 done', null]);
  assert.equal([devices.get('a')!.done, devices.get('b')!.done], [1, 1]);
  await store.close();
});

onServer('what could not be written of an action that somebody aborts did not happen', async () => {
  const { store, actions, turns } = await fleet(['a', 'b']);
  await known(store, 'b', false);
  await actions.begin(report, 'ana');
  await turns(3);
  await cluster!.crash();
  await actions.abort('all-1', 'ben').then(
    () => assert.unreachable('it was to fail'),
    (error: Error) => assert.match(error.message, /postgres:/),
  );
  await cluster!.resume();
  await turns(2);
  const statesOf = async () => [
    (await store.actions.action('all-1'))!.state,
    ...(await store.actions.tasks({ action: 'all-1', after: null, limit: 9 })).map(({ state }) => state),
  ];
  assert.equal(await statesOf(), ['running', 'done', 'waiting']);
  await actions.abort('all-1', 'ben');
  assert.equal(await statesOf(), ['aborted', 'done', 'cancelled']);
  const audit = (await store.actions.audit(9, 9)).reverse();
  assert.equal(
    audit.map(({ by, what }) => `${by} ${what}`),
    ['ana begun', 'ben aborted'],
  );
  assert.is(brokenAt(NO_AUDIT, audit), null);
  await store.close();
});

onServer('an entry whose answer was lost with the connection is written once', async () => {
  const { store } = await fleet([]);
  const audit = chained(NO_AUDIT, [{ at: AT, by: 'ana', what: 'begun', action: PLAN.id, detail: {} }]);
  for (let times = 0; times < 2; times++) await store.actions.change({ ...NO_ACTION_CHANGES, audit });
  assert.equal(await store.actions.audit(9, 9), audit);
  await store.close();
});

test.run();

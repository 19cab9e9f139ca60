import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { askedAction } from '../../../src/collector/actions/asked-action.js';
import { brokenAt, NO_AUDIT } from '../../../src/collector/actions/audit-chain.js';
import { SqliteFleetStore } from '../../../src/collector/store/sqlite-fleet-store.js';
import { generateSigningKey, parsePrivateKey } from '../../../src/telemetry/commands/keys.js';
import { temporaryFolder } from '../../temporary.js';
import { AT, actionsOver, countingCommands, known } from './fleet-of-two.js';

const folder = temporaryFolder('fleet-actions');
let files = 0;

async function fleet(names: readonly string[]) {
  const file = join(folder, `${++files}.sqlite`);
  let store = new SqliteFleetStore({ file });
  const clock = { now: AT };
  const now = (): number => clock.now;
  const devices = new Map(names.map((name) => [name, countingCommands(name, { now })] as const));
  for (const name of names) await known(store, name, true);
  const commands = new Map([...devices].map(([name, device]) => [name, device.commands] as const));
  const open = (more = {}) => actionsOver(store, commands, clock, more);
  return {
    clock,
    devices,
    open,
    get store() {
      return store;
    },
    /** As after a kill: what was not written is gone. */
    restart: async (more = {}) => {
      await store.close();
      store = new SqliteFleetStore({ file });
      return open(more);
    },
    statesOf: async (id: string) =>
      Object.fromEntries(
        (await store.actions.tasks({ action: id, after: null, limit: 99 })).map(({ device, state }) => [device, state]),
      ),
  };
}

const report = (more: object = {}) =>
  askedAction.parse({ id: 'all-1', command: 'report', choose: { all: true }, ...more });

test('a collector that is ended goes on: who is away has it later, and nobody does it twice', async () => {
  const one = await fleet(['a', 'b']);
  await known(one.store, 'b', false);
  const first = await one.open();
  await first.actions.begin(report(), 'ana');
  await first.turns(3);
  assert.equal(await one.statesOf('all-1'), { a: 'done', b: 'waiting' });
  await first.actions.stop();
  const second = await one.restart();
  await second.turns(3);
  assert.equal(second.published, []);
  await known(one.store, 'b', true, one.clock.now);
  await second.turns(10);
  assert.equal(second.published, ['edge/v1/demo/b/cmd/report']);
  const ended = (await one.store.actions.action('all-1'))!;
  assert.equal([ended.state, ended.reason], ['ended', '2 done']);
  assert.equal([one.devices.get('a')!.done, one.devices.get('b')!.done], [1, 1]);
  await one.store.close();
});

test('an answer that was lost with the collector is asked for again, and is what was done', async () => {
  const one = await fleet(['a']);
  const first = await one.open();
  await first.actions.begin(report(), 'ana');
  // it is sent and done, and the collector ends before it hears of it
  await first.turns(1);
  assert.equal([await one.statesOf('all-1'), one.devices.get('a')!.done], [{ a: 'sent' }, 1]);
  const second = await one.restart();
  await second.turns(14);
  assert.equal(second.published, []);
  await second.turns(3);
  assert.equal([await one.statesOf('all-1'), one.devices.get('a')!.done], [{ a: 'done' }, 1]);
  await one.store.close();
});

test('the same id again is the same action, with another command it is refused', async () => {
  const one = await fleet(['a']);
  const { actions } = await one.open();
  const dry = await actions.begin(report({ dryRun: true }), 'ana');
  assert.equal([dry.action, dry.devices], [null, ['demo/a']]);
  await actions.begin(report(), 'ana');
  assert.equal((await actions.begin(report(), 'ana')).devices, ['demo/a']);
  const refusal = (asked: object, message: string) =>
    actions.begin(report(asked), 'ana').then(
      () => assert.unreachable('it was to be refused'),
      (error: Error) => assert.match(error.message, message),
    );
  await refusal({ command: 'ping' }, 'id: all-1 is that of another action, of ana');
  await refusal({ id: 'x', choose: { site: ['nowhere'] } }, 'no device is so');
  await refusal({ id: 'x', choose: { devices: ['demo/z'] } }, 'nothing was ever heard of demo/z');
  await refusal({ id: 'x', body: { url: 'https://ana:secret@example/' } }, 'expected no user name or password');
  await one.store.close();
});

test('a canary that fails halts it before anybody else has it; who resumes it saw that', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const one = await fleet(names);
  for (const device of one.devices.values()) device.fails = true;
  const { actions, turns, published } = await one.open();
  const begun = await actions.begin(report({ stages: [1, '40%'] }), 'ana');
  assert.equal(begun.stages, [1, 2, 2]);
  await turns(5);
  assert.is(published.length, 1);
  const halted = (await one.store.actions.action('all-1'))!;
  assert.is(halted.state, 'halted');
  assert.match(halted.reason!, /^1 failed, where none may: demo\/\w failed \(the disk is full\)$/);
  for (const device of one.devices.values()) device.fails = false;
  await actions.resume('all-1', 'ben');
  await turns(8);
  assert.is(published.length, 5);
  const ended = (await one.store.actions.action('all-1'))!;
  assert.equal([ended.state, ended.reason, ended.stage], ['ended', '4 done, 1 failed', 2]);
  const audit = (await one.store.actions.audit(99, 99)).reverse();
  assert.equal(
    audit.map(({ by, what }) => `${by} ${what}`),
    ['ana begun', 'collector halted', 'ben resumed', 'collector stage', 'collector ended'],
  );
  assert.is(brokenAt(NO_AUDIT, audit), null);
  await one.store.close();
});

test('the next stage waits until the first was well for the time, and an alert there halts it', async () => {
  const one = await fleet(['a', 'b', 'c']);
  const { actions, turns, published } = await one.open();
  const { devices } = await actions.begin(report({ stages: [1], watchS: 60 }), 'ana');
  await turns(50);
  assert.equal(published.length, 1);
  const canary = devices[0]!.split('/')[1]!;
  const { id } = (await one.store.known('demo', canary))!.device;
  const alert = (code: string, severity: string) => ({
    ...{ device: id, code, ts: AT, holds: true, clearedAt: null, body: JSON.stringify({ severity }) },
  });
  const nothing = { devices: [], births: [], streams: [], rows: [], quarantined: [], counts: {} };
  await one.store.commit({ ...nothing, alerts: [alert('setting-overridden', 'info')] });
  await turns(3);
  await one.store.commit({ ...nothing, alerts: [alert('no-detector', 'critical')] });
  await turns(5);
  const halted = (await one.store.actions.action('all-1'))!;
  assert.equal([halted.state, published.length], ['halted', 1]);
  assert.match(halted.reason!, 'unwell (alerts that did not hold before: no-detector)');
  await actions.abort('all-1', 'ana');
  assert.equal(Object.values(await one.statesOf('all-1')).sort(), ['cancelled', 'cancelled', 'unwell']);
  await turns(5);
  assert.is(published.length, 1);
  await one.store.close();
});

test('another key, or none, does nothing: devices would not know what they did before', async () => {
  const one = await fleet(['a', 'b']);
  await known(one.store, 'b', false);
  const first = await one.open();
  await first.actions.begin(report(), 'ana');
  await first.turns(3);
  const other = await one.restart({ key: parsePrivateKey(generateSigningKey().privatePem) });
  await known(one.store, 'b', true, one.clock.now);
  await other.turns(10);
  assert.equal(other.published, []);
  assert.match(
    (await one.store.actions.action('all-1'))!.reason!,
    /it is signed with the key [0-9a-f]{16}, and this collector has/,
  );
  await other.actions.resume('all-1', 'ana').then(
    () => assert.unreachable('it was to be refused'),
    (error: Error) => assert.match(error.message, 'it is signed with the key'),
  );
  const none = await one.restart({ key: null });
  assert.match(none.actions.obstacle!, '--key FILE or EDGE_COMMAND_KEY');
  const third = await one.restart();
  await third.actions.resume('all-1', 'ana');
  await third.turns(10);
  assert.is((await one.store.actions.action('all-1'))!.state, 'ended');
  await one.store.close();
});

test('no more messages a second than it says, and a disk that takes nothing keeps all of it back', async () => {
  const names = Array.from({ length: 30 }, (_, n) => `d${n}`);
  const one = await fleet(names);
  const { actions, turns, published } = await one.open();
  await actions.begin(report({ perSecond: 2 }), 'ana');
  await turns(5);
  assert.ok(published.length <= 12 && published.length >= 8, `${published.length}`);
  const change = one.store.actions.change.bind(one.store.actions);
  const before = published.length;
  Object.assign(one.store.actions, { change: () => Promise.reject(new Error('the disk is full')) });
  await turns(5);
  assert.equal([published.length, actions.problem], [before, 'the disk is full']);
  Object.assign(one.store.actions, { change });
  await turns(30);
  assert.equal([actions.problem, (await one.store.actions.action('all-1'))!.reason], [null, '30 done']);
  assert.ok([...one.devices.values()].every(({ done }) => done === 1));
  await one.store.close();
});

test.run();

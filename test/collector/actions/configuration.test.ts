import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { driftOf } from '../../../src/collector/actions/configuration-drift.js';
import { desiredValues, parseDesired } from '../../../src/collector/actions/desired-configuration.js';
import { FleetConfiguration } from '../../../src/collector/actions/fleet-configuration.js';
import { configurationRoutes, type DriftReply } from '../../../src/collector/api/configuration-routes.js';
import { SqliteFleetStore } from '../../../src/collector/store/sqlite-fleet-store.js';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import { scopeOf } from '../../../src/foundation/scope.js';
import { z } from '../../../src/foundation/validate.js';
import { OPERATOR } from '../../../src/foundation/viewer.js';
import { SettingOverrides } from '../../../src/runtime/commands/setting-overrides.js';
import { ToldConfiguration } from '../../../src/runtime/commands/told-configuration.js';
import { Commands } from '../../../src/telemetry/commands/commands.js';
import { PLAIN_REQUEST } from '../../http/request.js';
import { temporaryFolder } from '../../temporary.js';
import { AT, actionsOver, KEY, known, PUBLIC_KEY } from './fleet-of-two.js';

const folder = temporaryFolder('fleet-configuration');

const choosable = (device: string, labels: string[] = []) => ({
  ...{ site: 'demo', device, state: 'online' as const, version: null, model: null, board: null, configuration: null },
  labels,
});

test('what is desired is checked before it is: keys, values, secrets', () => {
  const of = (values: object) => JSON.stringify({ groups: [{ name: 'all', choose: { all: true }, values }] });
  assert.is(parseDesired(of({ 'output.logLevel': 'debug' })).length, 1);
  assert.throws(() => parseDesired(of({ 'output.loglevel': 'debug' })), 'all: output.loglevel: is no key');
  assert.throws(() => parseDesired(of({ 'output.logLevel': 'loud' })), 'all: output.logLevel: expected one of');
  assert.throws(() => parseDesired(of({ output: {} })), 'all: output: is a section');
  assert.throws(() => parseDesired(of({ 'mqtt.password': 'x' })), 'all: mqtt.password: is a secret');
  assert.throws(() => parseDesired(of({ 'cameras.0.id': 'x' })), 'is no key that many devices can have in common');
  assert.throws(() => parseDesired('groups: [{name: x}]'), 'groups.0.choose');
  const groups = parseDesired(
    'groups:\n- {name: all, choose: {all: true}, values: {output.logLevel: info, preview.quality: 70}}\n- {name: some, choose: {label: [loud]}, values: {output.logLevel: debug}}\n',
  );
  const wanted = desiredValues(groups, [choosable('a'), choosable('b', ['loud'])]);
  assert.equal(wanted.get('demo/a')!.get('output.logLevel'), { value: 'info', group: 'all' });
  assert.equal(wanted.get('demo/b')!.get('output.logLevel'), { value: 'debug', group: 'some' });
  assert.is(wanted.get('demo/b')!.size, 2);
});

test('a value that was set for a time counts until it is over', () => {
  const wanted = new Map([['output.logLevel', { value: 'debug', group: 'all' }]]);
  const told = {
    values: { 'output.logLevel': 'info' },
    set: { 'output.logLevel': { value: 'debug', until: AT } },
    settable: ['output'],
  };
  assert.equal(driftOf(wanted, told, AT - 1), []);
  assert.equal(driftOf(wanted, told, AT), [
    { key: 'output.logLevel', wanted: 'debug', has: 'info', group: 'all', settable: true },
  ]);
  assert.is(driftOf(wanted, { ...told, set: {}, settable: ['outputs'] }, AT)[0]!.settable, false);
});

/** A device that tells its configuration, and takes some of it. */
function configured(device: string, config: object, now: () => number) {
  const parsed = configSchema.parse(config);
  const applied: unknown[] = [];
  const apply = (value: unknown): void => void applied.push(value);
  const settings = [
    { path: 'output.logLevel', requiresRestart: false, apply },
    { path: 'preview', requiresRestart: true },
  ];
  const overrides = new SettingOverrides(parsed, settings, silentLog);
  const told = new ToldConfiguration({ config: parsed, settings: () => settings, overrides: () => overrides.all });
  const commands = new Commands({ scope: scopeOf({ site: 'demo', device }), keys: [PUBLIC_KEY], now, clock: now });
  for (const command of told.commands) commands.declare(command);
  commands.declare({
    name: 'set',
    access: 'signed',
    help: 'as DeviceOrders does',
    payload: z.looseObject({ forS: z.int() }),
    handle: async (body) => {
      const { forS, ...values } = body as { forS: number };
      const done: Record<string, unknown> = {};
      for (const [key, value] of Object.entries(values)) {
        const term = { since: now(), until: now() + forS * 1000, by: 'x' } as never;
        const set = await overrides.set(key, overrides.check(key, value), term);
        done[key] = { value: set.value, configured: set.configured, until: now() + forS * 1000 };
      }
      return { set: done };
    },
  });
  return { commands, hash: told.hash, applied };
}

test('devices are asked, what has drifted is told by key, set where a command can, and seen to be so', async () => {
  const store = new SqliteFleetStore({ file: join(folder, 'fleet.sqlite') });
  const clock = { now: AT };
  const now = (): number => clock.now;
  const devices = {
    a: configured('a', { output: { logLevel: 'debug' }, preview: { quality: 71 } }, now),
    b: configured('b', { mqtt: { broker: 'mqtt://broker.example' } }, now),
  };
  assert.is.not(devices.a.hash, devices.b.hash);
  assert.is(devices.a.hash, configured('c', { preview: { quality: 71 }, output: { logLevel: 'debug' } }, now).hash);
  const commands = new Map(Object.entries(devices).map(([name, one]) => [name, one.commands] as const));
  const file = join(folder, 'desired.yaml');
  writeFileSync(
    file,
    'groups:\n- {name: all, choose: {all: true}, values: {output.logLevel: debug, preview.quality: 71}}\n',
  );
  let configuration: FleetConfiguration | null = null;
  const { actions, turns } = await actionsOver(store, commands, clock, { key: KEY });
  const hear = actions.hear.bind(actions);
  // as Collecting hands every answer to both
  actions.hear = (site, device, body) => {
    hear(site, device, body);
    void configuration?.hear(site, device, body);
  };
  configuration = new FleetConfiguration({ store: store.actions, actions, file, now });
  for (const name of ['a', 'b'] as const) {
    await known(store, name, true);
    const { device } = (await store.known('demo', name))!;
    const nothing = { births: [], streams: [], alerts: [], rows: [], quarantined: [], counts: {} };
    await store.commit({ ...nothing, devices: [{ ...device, configuration: devices[name].hash }] });
  }
  const states = async () => (await configuration!.drift()).map(({ device, state }) => `${device} ${state}`);
  assert.equal(await states(), ['a unknown', 'b unknown']);
  await configuration.ask({}, 'ana');
  await turns(3);
  assert.equal(await states(), ['a as-desired', 'b drifted']);
  const [, drifted] = await configuration.drift();
  assert.equal(
    drifted!.keys.map(({ key, settable }) => [key, settable]),
    [
      ['output.logLevel', true],
      ['preview.quality', false],
    ],
  );
  assert.not.match((await store.actions.configurations([{ site: 'demo', device: 'b' }]))[0]!.values, 'password');
  const [begun, ...others] = await configuration.apply({}, 'ana');
  assert.equal([begun!.devices, others], [['demo/b'], []]);
  await turns(3);
  assert.equal(devices.b.applied, ['debug']);
  const [, after] = await configuration.drift();
  assert.equal(
    after!.keys.map(({ key }) => key),
    ['preview.quality'],
  );
  await configuration.apply({}, 'ana').then(
    () => assert.unreachable('there is nothing'),
    (error: Error) => assert.match(error.message, 'no device has drifted in a key that a command can set'),
  );
  // the file is read again where it has changed, and what it says wrongly is told
  writeFileSync(file, 'groups: [{name: all, choose: {all: true}, values: {preview.quality: 900}}]');
  utimesSync(file, 1, 1);
  assert.match(configuration.desired().problem!, 'all: preview.quality: expected');
  // it was configured otherwise since: what it told says nothing any more
  writeFileSync(file, 'groups: [{name: all, choose: {all: true}, values: {output.logLevel: debug}}]');
  utimesSync(file, 2, 2);
  const { device } = (await store.known('demo', 'a'))!;
  const nothing = { births: [], streams: [], alerts: [], rows: [], quarantined: [], counts: {} };
  await store.commit({ ...nothing, devices: [{ ...device, configuration: '0000000000000000' }] });
  assert.equal(await states(), ['a unknown', 'b as-desired']);
  // a page goes on behind a device that is gone meanwhile, and does not begin anew
  const [page] = configurationRoutes(configuration);
  const { body } = await page!.handle(new URLSearchParams('after=demo/aa'), OPERATOR, PLAIN_REQUEST);
  assert.equal(
    (JSON.parse(body as string) as DriftReply).devices.map((one) => one.device),
    ['b'],
  );
  await store.close();
});

test.run();

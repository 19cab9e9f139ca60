import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scopeOf } from '../../../src/foundation/scope.js';
import { type DiscoveryOptions, discoveryOf } from '../../../src/telemetry/home-assistant/discovery.js';
import { where } from '../../optional.js';
import { faultsOf } from './discovery-rules.js';

const OPTIONS: DiscoveryOptions = {
  scope: scopeOf({ site: 'demo', device: 'cabinet7' }),
  prefix: 'homeassistant',
  version: '0.1.0',
  cameras: [
    {
      id: 'north',
      lines: [{ id: 'gate', left: "driver's side", right: 'out' }],
      zones: [{ id: 'stop-box' }],
    },
    { id: 'south', lines: [], zones: [] },
  ],
  alerts: ['camera-lost', 'broker-refuses'],
  metricsFullIntervalMs: 3_600_000,
  trafficIntervalMin: 5,
};

const entity = (key: string) => discoveryOf(OPTIONS).entities[key]!;

test('one message introduces the device with all entities, as Home Assistant takes it', () => {
  const { topic, payload, entities } = discoveryOf(OPTIONS);
  assert.is(topic, 'homeassistant/device/demo/cabinet7/config');
  assert.equal(faultsOf(topic, payload), []);
  assert.equal(Object.keys(entities), [
    'temperature',
    'cpu',
    'memory',
    'disk_free',
    'throttled',
    'north/vehicles',
    'north/crossings',
    "north/crossings/gate/driver's side",
    'north/crossings/gate/out',
    'north/zone_vehicles/stop-box',
    'north/fps_captured',
    'north/latency_p95',
    'north/connection_quality',
    'south/vehicles',
    'south/fps_captured',
    'south/latency_p95',
    'south/connection_quality',
    'alert/camera-lost',
    'alert/broker-refuses',
  ]);
  const { dev, avty } = JSON.parse(payload);
  assert.equal(dev.ids, ['edge-inference-optimizer/demo/cabinet7']);
  assert.is(avty[0].t, 'edge/v1/demo/cabinet7/status');
});

test('two devices, sites or cameras never share an id', () => {
  const ids = (site: string, device: string, camera: string) => {
    const options = { ...OPTIONS, scope: scopeOf({ site, device }), cameras: [{ id: camera, lines: [], zones: [] }] };
    const { topic, entities } = discoveryOf(options);
    return [topic, ...Object.values(entities).map(({ uniq_id }) => uniq_id)];
  };
  const all = [ids('a', 'b-c', 'd'), ids('a-b', 'c', 'd'), ids('a_b', 'c', 'd'), ids('a', 'b', 'c-d')].flat();
  assert.is(new Set(all).size, all.length);
});

test('what is not known any more expires: metrics after two full reports, counts after two intervals', () => {
  assert.is(entity('north/vehicles').exp_aft, 7260);
  assert.is(entity('north/crossings').exp_aft, 660);
  assert.is(entity('alert/camera-lost').exp_aft, undefined, 'an alert is silent while it holds');
});

test('an entity that is gone is told with its platform alone, which takes it away', () => {
  const { topic, payload } = discoveryOf(OPTIONS, { 'east/vehicles': 'sensor', temperature: 'sensor' });
  assert.equal(JSON.parse(payload).cmps['east/vehicles'], { p: 'sensor' });
  assert.is(JSON.parse(payload).cmps.temperature.unit_of_meas, '°C');
  assert.equal(faultsOf(topic, payload), []);
});

test('the rules that the message is checked by find what Home Assistant refuses', () => {
  const broken = (change: (message: { cmps: Record<string, Record<string, unknown>> }) => void): string => {
    const message = JSON.parse(discoveryOf({ ...OPTIONS, cameras: [], alerts: [] }).payload);
    change(message);
    return faultsOf('homeassistant/device/demo/cabinet7/config', JSON.stringify(message)).join();
  };
  assert.is(
    broken((m) => Object.assign(m, { seq: 7 })),
    'message: extra key seq',
  );
  assert.is(
    broken(({ cmps }) => Object.assign(cmps['temperature']!, { unit_of_meas: '%' })),
    'temperature: temperature in %',
  );
  assert.is(
    broken(({ cmps }) => Object.assign(cmps['cpu']!, { stat_cla: 'now' })),
    'cpu: state class now',
  );
  assert.is(
    broken(({ cmps }) => Object.assign(cmps['cpu']!, { uniq_id: cmps['memory']!['uniq_id'] })),
    'unique ids are not unique',
  );
  assert.is(
    faultsOf('homeassistant/device/de mo/x/config', '{}')[0],
    'illegal discovery topic homeassistant/device/de mo/x/config',
  );
});

/** Renders templates as Home Assistant does: with `value_json` where the message is JSON. */
function rendered(cases: readonly (readonly [template: string, message: string])[]): string[] {
  const program = `
import json, sys
from jinja2.sandbox import ImmutableSandboxedEnvironment
environment = ImmutableSandboxedEnvironment()
def render(template, message):
    variables = {'value': message}
    try: variables['value_json'] = json.loads(message)
    except ValueError: pass
    return environment.from_string(template).render(variables).strip()
print(json.dumps([render(*case) for case in json.load(sys.stdin)]))`;
  return JSON.parse(execFileSync('python3', ['-c', program], { input: JSON.stringify(cases), encoding: 'utf8' }));
}

const hasJinja = spawnSync('python3', ['-c', 'import jinja2'], { stdio: 'ignore' }).status === 0;
const jinjaTest = where(hasJinja, 'jinja2', test);

jinjaTest('templates make states of the messages of the device, and none of what a message does not say', () => {
  const metrics = (values: object): string => JSON.stringify({ ts: 1, seq: 2, boot: 'abcdefgh', values });
  const traffic = (totals: object): string => JSON.stringify({ camera: 'north', totals });
  const lines = {
    lines: { gate: { since: 1, crossed: { "driver's side": 41 } }, back: { since: 1, crossed: { out: 2 } } },
  };
  const alert = JSON.stringify({ code: 'camera-lost', severity: 'warning', message: 'gone', action: 'look' });
  const availability = JSON.parse(discoveryOf(OPTIONS).payload).avty[0].val_tpl as string;
  const attributes = (entity('alert/camera-lost') as { json_attr_tpl: string }).json_attr_tpl;
  const cases: [template: string, message: string, state: string][] = [
    [entity('north/vehicles').val_tpl, metrics({ 'vehicles.north': 3, 'vehicles.south': 9 }), '3'],
    [entity('north/vehicles').val_tpl, metrics({ 'vehicles.north': 0 }), '0'],
    [entity('north/vehicles').val_tpl, metrics({ 'vehicles.north': null }), 'None'],
    [entity('north/vehicles').val_tpl, metrics({ 'vehicles.south': 9 }), ''],
    [entity('disk_free').val_tpl, metrics({ 'machine_disk_free.store': 12_345_678_901 }), '12346.0'],
    [entity('throttled').val_tpl, metrics({ machine_throttled: 1 }), 'ON'],
    [entity('throttled').val_tpl, metrics({ machine_throttled: 0 }), 'OFF'],
    [entity('throttled').val_tpl, metrics({}), ''],
    [entity('north/connection_quality').val_tpl, metrics({ 'connection_quality.north': 'poor' }), 'ON'],
    [entity('north/connection_quality').val_tpl, metrics({ 'connection_quality.north': 'unusable' }), 'OFF'],
    [entity('north/crossings').val_tpl, traffic(lines), '43'],
    [entity('north/crossings').val_tpl, traffic({}), '0'],
    [entity("north/crossings/gate/driver's side").val_tpl, traffic(lines), '41'],
    [entity('north/crossings/gate/out').val_tpl, traffic(lines), '0'],
    [entity('north/crossings/gate/out').val_tpl, traffic({}), '0'],
    [entity('alert/camera-lost').val_tpl, alert, 'ON'],
    [entity('alert/camera-lost').val_tpl, '', 'OFF'],
    [attributes, '', '{}'],
    [availability, '{"online":true,"bdSeq":1}', 'online'],
    [availability, '{"online":false,"bdSeq":1}', 'offline'],
  ];
  assert.equal(
    rendered(cases.map(([template, message]) => [template, message])),
    cases.map(([, , state]) => state),
  );
  assert.equal(JSON.parse(rendered([[attributes, alert]])[0]!).message, 'gone');
});

test.run();

import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { ConfigError } from '../../../src/foundation/errors.js';
import { silentLog } from '../../../src/foundation/log.js';
import { scopeOf } from '../../../src/foundation/scope.js';
import { DeviceCommands } from '../../../src/runtime/commands/device-commands.js';
import { Runtime } from '../../../src/runtime/runtime.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { publicKeyText } from '../../../src/telemetry/commands/keys.js';
import { type RemoteCommand, sendCommand } from '../../../src/telemetry/commands/remote-command.js';
import { EmbeddedBroker } from '../../../src/telemetry/mqtt/broker.js';
import { brokerAddress } from '../../../src/telemetry/mqtt/broker-address.js';
import type { CommandResult } from '../../../src/telemetry/mqtt/messages/command.js';
import { needs } from '../../optional.js';
import { newKey } from '../../telemetry/commands/signing.js';
import { listener, mqttConfig } from '../../telemetry/mqtt/capture-broker.js';
import { assertPublished } from '../../telemetry/mqtt/message-schemas.js';
import { eventually, temporaryFolder } from '../../temporary.js';

const onDisk = needs('better-sqlite3', test);
const DEVICE = 'edge/v1/demo/cabinet';
const key = newKey();
const dir = temporaryFolder('device-commands');
const broker = new EmbeddedBroker(0);
let url = '';
test.before(async () => {
  url = await broker.start();
});
test.after(() => broker.stop());

const configOf = (commands: object) =>
  configSchema.parse({
    device: 'cabinet',
    cameras: ['north', 'south'].map((id) => ({
      id,
      url: 'sim://road?traffic=rush&seed=3&fps=10&width=160&height=120',
    })),
    mqtt: { broker: url },
    http: { enabled: false },
    store: { dir },
    commands,
  });

const running = new Set<Runtime>();
// a test that fails must not keep the process
test.after.each(async () => {
  for (const runtime of running) await runtime.stop('stopped');
  running.clear();
});

async function started(): Promise<Runtime> {
  const runtime = new Runtime(configOf({ publicKeys: [publicKeyText(key.key)] }), silentLog);
  running.add(runtime);
  await runtime.start();
  await eventually('connected', () => runtime.status().mqtt.connected);
  return runtime;
}

async function send(name: string, body: object = {}, over: Partial<RemoteCommand> = {}): Promise<CommandResult> {
  // what the broker speaks, at once
  const mqtt = mqttConfig(url, { protocol: '3.1.1' });
  const command = { name, site: 'demo', device: 'cabinet', body: { ...body }, id: randomUUID(), key, ...over };
  const times = { lifetimeMs: 60_000, timeoutMs: 20_000 };
  const { answers } = await sendCommand(mqtt, brokerAddress(mqtt), { ...command, ...times });
  return answers[0]!.result;
}

/** @returns what it answered @throws AssertionError where it did not do it */
async function done(...what: Parameters<typeof send>): Promise<Record<string, unknown>> {
  const { ok, error, result } = await send(...what);
  assert.is(ok, true, error);
  return result!;
}

const camera = (runtime: Runtime, id: string) => runtime.status().cameras.find((one) => one.id === id)!;

onDisk(
  'a device does what is signed, and what it was told to holds over a restart until its time is over',
  async () => {
    const heard = await listener(url);
    let runtime = await started();
    const alert = (code: string) => runtime.status().alerts.find((one) => one.code === code);

    const picture = await done('snapshot', { camera: 'north', maxBytes: 20_000 });
    const jpeg = Buffer.from(picture['jpeg'] as string, 'base64');
    assert.equal([...jpeg.subarray(0, 2), jpeg.length], [0xff, 0xd8, picture['bytes']]);
    assert.ok(jpeg.length <= 20_000, `${jpeg.length} bytes`);
    assert.match((await send('snapshot', { camera: 'east' })).error!, /camera: expected one of north, south, got east/);

    const reports = (name: string) => heard.of(`${DEVICE}/report/${name}`).length;
    const [accuracy, delivery] = [reports('accuracy'), reports('delivery')];
    assert.is((await done('report'))['reports'], 2);
    await eventually('a report', () => reports('accuracy') > accuracy && reports('delivery') > delivery);
    await eventually('all metrics', () => heard.of(`${DEVICE}/metrics`).some(({ json }) => json.full));
    const births = () => heard.of(`${DEVICE}/status`).filter(({ json }) => json.online).length;
    const born = births();
    await done('rebirth', {}, { key: null });
    await eventually('a birth', () => births() > born);

    assert.match(
      (await send('set', { 'publish.metricsIntervalMs': 5 })).error!,
      /expected a whole number from 200 to 3600000 ms, got 5/,
    );
    assert.match(
      (await send('set', { 'mqtt.broker': 'off' })).error!,
      /mqtt.broker: cannot be set while the program runs/,
    );
    assert.match((await send('set', { 'output.loglevel': 'debug' })).error!, /did you mean output.logLevel\?/);
    assert.is((await send('set', { 'output.logLevel': 'debug', forS: 0 })).refused, 'invalid');
    await done('set', { 'publish.metricsIntervalMs': 300, 'thresholds.maxCpuUsagePercent': 99, forS: 3600 });
    await done('set', { 'schedule.stalenessMs': 700, forS: 1 });
    assert.is(runtime.parts.performance.monitor.thresholds.maxCpuUsagePercent, 99);
    assert.match(alert('setting-overridden')!.message, /publish.metricsIntervalMs is 300, not 120000, until .*\(key /);
    await eventually(
      'the second is over',
      () => !runtime.status().overrides.some((one) => one.key === 'schedule.stalenessMs'),
    );

    assert.equal((await done('pause', { camera: 'south' }))['paused'], ['south']);
    assert.equal([camera(runtime, 'south').state, camera(runtime, 'south').paused!.by], ['paused', key.id]);
    assert.is(alert('camera-paused')!.severity, 'info');
    assert.match((await send('snapshot', { camera: 'south' })).error!, /no picture of south: it is paused/);
    const { acknowledged } = (await done('acknowledge', { code: 'camera-paused', by: 'Ann' })) as never;
    assert.is((acknowledged as { by: string }).by, `Ann (key ${key.id})`);
    assert.match((await send('acknowledge', { code: 'camera-lost' })).error!, /does not hold/);
    await done('snooze', { code: 'camera-paused', forS: 60 });
    assert.ok(alert('camera-paused')!.snoozedUntil! > Date.now());

    runtime.parts.cache.cache.set('a', 1, { tags: ['t'] });
    runtime.parts.cache.cache.set('b', 2);
    assert.equal(await done('invalidate', { tags: ['t'], keys: ['b', 'c'] }), { tags: 1, keys: 1 });
    await runtime.stop('stopped');

    runtime = await started();
    const { overrides } = runtime.status();
    assert.equal(
      overrides.map((one) => [one.key, one.value, one.configured]),
      [
        ['publish.metricsIntervalMs', 300, 120_000],
        ['thresholds.maxCpuUsagePercent', 99, 70],
      ],
    );
    assert.is(runtime.parts.performance.monitor.thresholds.maxCpuUsagePercent, 99);
    assert.is(camera(runtime, 'south').state, 'paused');
    const inferred = camera(runtime, 'south').inferred;
    await eventually('the other is answered', () => camera(runtime, 'north').inferred > 0);
    assert.is(camera(runtime, 'south').inferred, inferred);
    assert.equal(await done('resume'), { paused: [] });
    await eventually('it is answered again', () => camera(runtime, 'south').inferred > inferred);
    await done('set', { 'publish.metricsIntervalMs': null, 'thresholds.maxCpuUsagePercent': null });
    assert.equal([runtime.status().overrides, alert('setting-overridden')], [[], undefined]);
    assert.is(runtime.parts.performance.monitor.thresholds.maxCpuUsagePercent, 70);

    await done('pause');
    assert.equal((await done('resume', { camera: 'north' }))['paused'], ['south']);
    await done('resume', { camera: 'south' });
    await runtime.stop('stopped');
    for (const message of heard.messages) if (message.topic.endsWith('/result')) assertPublished(message);
    await heard.end();
  },
);

test('keys that cannot be read keep the program from its start, with the file and what is wrong with it', async () => {
  const file = join(dir, 'fleet.pub');
  writeFileSync(file, 'ed25519:short\n');
  const runtime = new Runtime(configOf({ publicKeyFile: file }), silentLog);
  try {
    await runtime.start();
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ConfigError);
    assert.match(
      (error as ConfigError).problems[0]!,
      /^commands.publicKeyFile: expected ed25519: .* got "ed25519:short" \(/,
    );
  }
  await runtime.stop('stopped');
});

onDisk(
  'of a large body that was posted only the beginning is taken down; one that cannot be written fails nothing',
  () => {
    const file = join(temporaryFolder('device-commands-posted'), 'history.db');
    const history = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog });
    const scope = scopeOf({ site: 'demo', device: 'cabinet' });
    const commands = new DeviceCommands(configOf({}).commands, { scope, history, log: silentLog });
    history.start();
    const took = (at: number, body: unknown, answer = '{}'): void =>
      commands.tookChange({ at, path: '/api/v1/knobs/workers', tenant: null, body, status: 400, answer });
    let nested: unknown = [];
    for (let i = 0; i < 100_000; i++) nested = [nested];
    took(1, { value: 2 });
    took(2, { value: 'x'.repeat(200_000) }, 'y'.repeat(200_000));
    took(3, nested);
    const stored = commands.between(0, 10, 10)!;
    assert.equal(
      stored.map(({ body }) => body.length < 5000),
      [true, true, true],
    );
    assert.equal(
      stored.map(({ body }) => JSON.parse(body)).map((body) => (typeof body === 'string' ? body.slice(0, 20) : body)),
      [{ value: 2 }, '{"value":"xxxxxxxxxx', 'not kept: nested too'],
    );
    assert.ok(stored[1]!.result!.length < 5000);
    history.stop();
  },
);

test.run();

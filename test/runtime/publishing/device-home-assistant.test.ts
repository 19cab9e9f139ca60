import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import { scopeOf } from '../../../src/foundation/scope.js';
import { DeviceHomeAssistant } from '../../../src/runtime/publishing/device-home-assistant.js';
import { EmbeddedBroker } from '../../../src/telemetry/mqtt/broker.js';
import type { Publisher } from '../../../src/telemetry/mqtt/publisher.js';
import { faultsOf } from '../../telemetry/home-assistant/discovery-rules.js';
import { listener, publisherAt } from '../../telemetry/mqtt/capture-broker.js';
import { eventually, temporaryFolder } from '../../temporary.js';

const dir = temporaryFolder('home-assistant');
const TOPIC = 'homeassistant/device/site1/dev1/config';
const north = { id: 'north', url: 'sim://road' } as const;
const south = { id: 'south', url: 'sim://road' } as const;

/** The part on a publisher, with these cameras; `told` counts what it was asked to tell again. */
function partOn(publisher: Publisher, homeAssistant: object, cameras: readonly object[] = [north]) {
  const told = { metrics: 0, alerts: 0 };
  const config = configSchema.parse({ cameras, homeAssistant, store: { dir } });
  const part = new DeviceHomeAssistant({
    config,
    scope: scopeOf({ site: 'site1', device: 'dev1' }),
    publisher: {
      state: () => publisher.state(),
      retainForeign: (...message) => publisher.retainForeign(...message),
      hearForeign: (...heard) => publisher.hearForeign(...heard),
      tellAllMetrics: () => ++told.metrics,
      tellQuietAlerts: () => void told.alerts++,
    },
    alerts: { codes: ['camera-lost'] },
    log: silentLog,
    heardMs: 100,
  });
  return { part, told };
}

test('a device introduces itself, answers when Home Assistant starts, and takes away what is gone', async () => {
  const broker = new EmbeddedBroker(0, silentLog);
  const url = await broker.start();
  const heard = await listener(url);
  await heard.client.subscribeAsync('homeassistant/#');
  const publisher = publisherAt(url, { protocol: '3.1.1' });
  publisher.start();

  const first = partOn(publisher, { enabled: true }, [north, south]);
  await first.part.start();
  await eventually('introduced', () => heard.of(TOPIC).length === 1);
  const { text, json } = heard.of(TOPIC)[0]!;
  assert.equal(faultsOf(TOPIC, text), [], 'no number and no time of ours in it');
  assert.ok('south/vehicles' in json.cmps);
  await heard.client.publishAsync('homeassistant/status', 'online');
  await eventually('again', () => heard.of(TOPIC).length === 2);
  assert.equal(first.told, { metrics: 1, alerts: 1 });
  first.part.stop();

  const second = partOn(publisher, { enabled: true }, [north]);
  await second.part.start();
  await eventually('taken away', () =>
    heard.of(TOPIC).some((m) => Object.keys(m.json.cmps['south/vehicles'] ?? {}).length === 1),
  );
  await eventually('left out', () => !('south/vehicles' in heard.of(TOPIC).at(-1)!.json.cmps));
  second.part.stop();

  const third = partOn(publisher, { enabled: false });
  await third.part.start();
  await eventually('cleared', () => heard.of(TOPIC).at(-1)!.text === '');
  await eventually('forgotten', () => readFileSync(join(dir, 'home-assistant.json'), 'utf8') === 'null');
  third.part.stop();
  const late = await listener(url);
  await late.client.subscribeAsync('homeassistant/#');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(late.of(TOPIC), []);
  assert.equal(publisher.state().refusals, []);
  await publisher.stop();
  await late.end();
  await heard.end();
  await broker.stop();
});

test('where it was never wanted nothing is told, and no file is made', async () => {
  const folder = temporaryFolder('no-home-assistant');
  const publisher = publisherAt('mqtt://127.0.0.1:1');
  const config = configSchema.parse({ cameras: [north], store: { dir: folder } });
  const part = new DeviceHomeAssistant({
    config,
    scope: scopeOf({ site: 'site1', device: 'dev1' }),
    publisher: {
      state: () => publisher.state(),
      retainForeign: () => assert.unreachable(),
      hearForeign: () => assert.unreachable(),
      tellAllMetrics: () => assert.unreachable() as never,
      tellQuietAlerts: () => assert.unreachable(),
    },
    alerts: { codes: [] },
    log: silentLog,
  });
  await part.start();
  part.stop();
  assert.is(existsSync(join(folder, 'home-assistant.json')), false);
  await publisher.stop();
});

test('without a broker it says what to do', async () => {
  const config = configSchema.parse({ cameras: [north], homeAssistant: { enabled: true }, store: { dir } });
  const publisher = { state: () => null } as never;
  const part = new DeviceHomeAssistant({
    config,
    scope: scopeOf({ site: 'site1', device: 'dev1' }),
    publisher,
    alerts: { codes: [] },
    log: silentLog,
  });
  try {
    await part.start();
    assert.unreachable();
  } catch (error) {
    assert.match(
      (error as Error).message,
      'homeAssistant.enabled: expected false without a broker, got true; set mqtt.broker',
    );
  }
});

test.run();

import { randomUUID } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import { Runtime } from '../../../src/runtime/runtime.js';
import { publicKeyText } from '../../../src/telemetry/commands/keys.js';
import { sendCommand } from '../../../src/telemetry/commands/remote-command.js';
import { EmbeddedBroker } from '../../../src/telemetry/mqtt/broker.js';
import { brokerAddress } from '../../../src/telemetry/mqtt/broker-address.js';
import { newKey } from '../../telemetry/commands/signing.js';
import { listener, mqttConfig } from '../../telemetry/mqtt/capture-broker.js';
import { endingsOf, eventually, temporaryFolder } from '../../temporary.js';

const key = newKey();
const camera = (id: string, tenant: string) => ({
  id,
  url: 'sim://road?traffic=rush&seed=3&fps=10&width=160&height=120',
  lines: [{ id: 'across', from: [0, 0.6], to: [1, 0.6] }],
  tenant,
});

const ended = endingsOf(test);

test('a command changes what tenants are told of, but for whoever says it otherwise, until it is taken back', async () => {
  const broker = new EmbeddedBroker(0);
  const url = await broker.start();
  const heard = await listener(url);
  const config = configSchema.parse({
    site: 'road',
    device: 'cabinet',
    cameras: [camera('quay', 'harbour'), camera('runway', 'airport')],
    tenants: [{ id: 'harbour', publish: { events: ['appeared', 'left'] } }, { id: 'airport' }],
    mqtt: { broker: url },
    http: { enabled: false },
    store: { dir: temporaryFolder('tenant-settings') },
    publish: { events: ['crossed'] },
    commands: { publicKeys: [publicKeyText(key.key)] },
  });
  const runtime = new Runtime(config, silentLog);
  ended.push(
    () => runtime.stop('stopped'),
    () => heard.end(),
    () => broker.stop(),
  );
  await runtime.start();
  const set = async (body: object): Promise<void> => {
    const mqtt = mqttConfig(url, { protocol: '3.1.1' });
    const command = { name: 'set', site: 'road', device: 'cabinet', body: { ...body }, id: randomUUID(), key };
    const { answers } = await sendCommand(mqtt, brokerAddress(mqtt), {
      ...command,
      lifetimeMs: 60_000,
      timeoutMs: 20_000,
    });
    assert.is(answers[0]!.result.ok, true, answers[0]!.result.error);
  };
  const kindsOf = (topic: string): string[] => heard.of(`edge/v1/${topic}`).map(({ json }) => json.kind);
  const airport = 'airport/cabinet/event/runway';
  await eventually('a crossing', () => kindsOf(airport).includes('crossed'), 30_000);
  await set({ 'publish.events': ['appeared'] });
  await eventually('an appearance', () => kindsOf(airport).includes('appeared'), 30_000);
  const first = kindsOf(airport).indexOf('appeared');
  await eventually('more of them', () => kindsOf(airport).length > first + 3, 30_000);
  assert.equal([...new Set(kindsOf(airport).slice(0, first))], ['crossed']);
  assert.equal([...new Set(kindsOf(airport).slice(first))], ['appeared']);
  await set({ 'publish.events': null });
  await eventually('crossings again', () => kindsOf(airport).lastIndexOf('crossed') > first, 30_000);
  const harbour = () => kindsOf('harbour/cabinet/event/quay');
  await eventually('one of the harbour that left', () => harbour().includes('left'), 30_000);
  assert.equal([...new Set(harbour())].sort(), ['appeared', 'left']);
});

test.run();

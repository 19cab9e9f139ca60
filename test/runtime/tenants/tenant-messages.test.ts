import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import { Runtime } from '../../../src/runtime/runtime.js';
import { EmbeddedBroker } from '../../../src/telemetry/mqtt/broker.js';
import { listener } from '../../telemetry/mqtt/capture-broker.js';
import { assertPublished, schemaOf } from '../../telemetry/mqtt/message-schemas.js';
import { endingsOf, eventually, temporaryFolder } from '../../temporary.js';

/** A line that vehicles of the simulated road cannot miss. */
const LINES = [{ id: 'across', from: [0, 0.6], to: [1, 0.6] }];

const ended = endingsOf(test);

test('a running device tells what a tenant’s camera sees under the tenant’s site only, with numbers of its own', async () => {
  const broker = new EmbeddedBroker(0);
  const url = await broker.start();
  const heard = await listener(url);
  const dir = temporaryFolder('tenant-messages');
  const road = (seed: number) => `sim://road?traffic=rush&seed=${seed}`;
  const config = configSchema.parse({
    site: 'road',
    device: 'cabinet',
    cameras: [
      { id: 'barrier', url: road(3), pace: 'fast', lines: LINES },
      { id: 'quay', url: road(4), pace: 'fast', lines: LINES, tenant: 'harbour' },
    ],
    tenants: [{ id: 'harbour' }],
    mqtt: { broker: url },
    http: { enabled: false },
    store: { dir },
    publish: { metricsIntervalMs: 200 },
  });
  const runtime = new Runtime(config, silentLog);
  ended.push(
    () => runtime.stop('stopped'),
    () => heard.end(),
    () => broker.stop(),
  );
  await runtime.start();
  const [own, foreign] = ['edge/v1/road/cabinet', 'edge/v1/harbour/cabinet'];
  await eventually('a crossing', () => heard.of(`${foreign}/event/quay`).length > 0, 60_000);
  await eventually('reports of both', () =>
    [own, foreign].every((prefix) => heard.of(`${prefix}/report/accuracy`).length > 0),
  );
  await heard.client.publishAsync(`${foreign}/cmd/ping`, '{"id":"a"}', { qos: 1 });
  await heard.client.publishAsync(`${own}/cmd/ping`, '{"id":"b"}', { qos: 1 });
  await eventually('an answer', () => heard.of(`${own}/cmd/ping/result`).length === 1);
  const reported = (prefix: string) =>
    heard.of(`${prefix}/report/accuracy`)[0]!.json.cameras.map(({ camera }: { camera: string }) => camera);
  assert.equal([reported(own), reported(foreign)], [['barrier'], ['quay']]);
  await runtime.stop('stopped');
  await eventually('farewells', () => heard.messages.filter(({ json }) => json?.reason === 'stopped').length === 2);

  const told = heard.messages.filter(({ topic }) => schemaOf(topic) !== 'command');
  for (const message of told) assertPublished(message);
  const of = (prefix: string) => told.filter(({ topic }) => topic.startsWith(`${prefix}/`));
  assert.is(of(own).length + of(foreign).length, told.length);
  assert.equal(
    of(own).filter(({ topic, text }) => topic.includes('quay') || text.includes('quay')),
    [],
  );
  assert.equal(
    of(foreign).filter(({ topic, text }) => /barrier|machine_|edge.v1.road/.test(topic + text)),
    [],
  );
  assert.equal(heard.of(`${foreign}/cmd/ping/result`), []);
  assert.is(heard.of(`${foreign}/status`)[0]!.json.seq, 0, 'numbered for itself');
  assert.ok(existsSync(join(dir, 'tenants', 'harbour', 'history.db')));
});

test.run();

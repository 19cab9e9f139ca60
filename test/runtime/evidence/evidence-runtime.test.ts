import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import { sha256Of } from '../../../src/foundation/sha256.js';
import { decodeImage } from '../../../src/media/image.js';
import { Runtime } from '../../../src/runtime/runtime.js';
import { EmbeddedBroker } from '../../../src/telemetry/mqtt/broker.js';
import { verified } from '../../evidence/chains.js';
import { listener } from '../../telemetry/mqtt/capture-broker.js';
import { assertPublished } from '../../telemetry/mqtt/message-schemas.js';
import { eventually, temporaryFolder } from '../../temporary.js';

const dir = temporaryFolder('evidence-runtime');
const DEVICE = 'edge/v1/demo/cabinet';

test('vehicles of the simulated road leave evidence, told over MQTT with its pictures and the head of its chain; persons, whom the model looks for, are no vehicles', async () => {
  const broker = new EmbeddedBroker(0);
  const url = await broker.start();
  const heard = await listener(url);
  const classes = new Set<string>();
  const config = configSchema.parse({
    device: 'cabinet',
    cameras: [
      {
        id: 'road',
        url: 'sim://road?traffic=rush&seed=3',
        pace: 'fast',
        lines: [{ id: 'across', from: [0, 0.6], to: [1, 0.6] }],
      },
    ],
    evidence: { on: ['crossed'], push: { to: 'mqtt' } },
    mqtt: { broker: url },
    http: { enabled: false },
    store: { dir },
  });
  const runtime = new Runtime(config, silentLog, {
    onEvent: ({ vehicle }) => void classes.add(vehicle.class),
  });
  await runtime.start();
  await eventually('a piece of evidence', () => heard.of(`${DEVICE}/evidence/road`).length >= 1, 90_000);
  await runtime.stop('stopped');
  await eventually('the farewell', () => heard.messages.some(({ json }) => json?.reason === 'stopped'));
  await heard.end();
  await broker.stop();

  const pieces = heard.of(`${DEVICE}/evidence/road`);
  const heads = heard.of(`${DEVICE}/report/evidence`);
  for (const message of [...pieces, ...heads]) assertPublished(message);
  const [first] = pieces;
  const record = JSON.parse(first!.json.signed);
  assert.equal([record.event.line, record.camera, record.privacy.persons], ['across', 'road', 'blurred']);
  for (const { name, data } of first!.json.pictures) {
    const bytes = Buffer.from(data, 'base64');
    const told = record.pictures.find((one: { name: string }) => one.name === name);
    assert.is(sha256Of(bytes), told.sha256);
    assert.is((await decodeImage(bytes, 4000)).width, told.width);
  }
  assert.is(classes.has('person'), false);
  const known = { n: record.n, hash: sha256Of(first!.json.signed) };
  const { faults, records } = await verified(join(dir, 'evidence'), {
    known: [{ ...known, by: 'MQTT' }],
    key: heads[0]!.json.publicKey,
  });
  assert.equal([faults, records >= 1], [[], true]);
});

test.run();

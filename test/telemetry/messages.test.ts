import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SCHEMA_FOLDER, schemaFiles } from '../../scripts/mqtt-schemas.js';
import { EmbeddedBroker } from '../../src/telemetry/broker.js';
import { Metrics } from '../../src/telemetry/metrics.js';
import { eventually } from '../temporary.js';
import { BIRTH, EVENT, listener, publisherAt } from './capture-broker.js';
import { assertPublished, keepsTo, schemaOf } from './message-schemas.js';

test('the published schemas are those of the program', () => {
  const files = schemaFiles();
  assert.equal(readdirSync(SCHEMA_FOLDER).sort(), [...files.keys()].sort());
  for (const [name, content] of files) {
    const published = readFileSync(join(SCHEMA_FOLDER, name), 'utf8');
    assert.is(published, content, `${name}: node dist/scripts/mqtt-schemas.js brings it up to date`);
  }
});

test('every message that is really sent keeps to its published schema', async () => {
  const broker = new EmbeddedBroker(0);
  const url = await broker.start();
  const heard = await listener(url);
  const metrics = new Metrics();
  const camera = metrics.camera('north');
  camera.inferred({ resize: 1, queue: 1, infer: 5, decode: 1 }, 0.1, 12);
  await metrics.sample(0);
  await metrics.sample(1000);
  const unloaded = { ...BIRTH, model: null, variant: null, provider: null, metrics: metrics.definitions() };
  const publisher = publisherAt(url, {}, { birth: unloaded, alertCodes: ['overheated'] });
  metrics.watchPublisher(() => publisher.state());

  publisher.metrics(metrics.snapshot());
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  publisher.publishStatus({ ...BIRTH, metrics: metrics.definitions() });
  publisher.metrics(metrics.snapshot());
  camera.vehicles(3);
  publisher.metrics(metrics.snapshot());
  publisher.event('north', EVENT);
  publisher.event('north', {
    ...EVENT,
    counts: {},
    previous: { car: 1 },
    detections: [],
    origin: 'propagated',
    ageMs: 120.4,
  });
  publisher.event('north', { ...EVENT, detections: [{ class: 'bus', score: 1, box: [0, 0, 1, 1], trackId: 4 }] });
  publisher.alert('camera-lost', {
    severity: 'warning',
    message: 'no picture',
    since: 1,
    details: { camera: 'north', s: 5 },
  });
  await heard.client.publishAsync('edge/v1/site1/dev1/cmd/ping', '{"id":1}', { qos: 1 });
  await heard.client.publishAsync('edge/v1/site1/dev1/cmd/nothing', '', { qos: 1 });
  await eventually('results', () => heard.messages.filter((m) => m.topic.endsWith('/result')).length === 2);
  await publisher.stop();
  await eventually('farewell', () => heard.messages.some((m) => m.json?.reason === 'stopped'));

  const sent = heard.messages.filter((m) => !/\/cmd\/[^/]+$/.test(m.topic));
  assert.ok(sent.length >= 12);
  for (const message of sent) assertPublished(message);
  assert.equal(
    new Set(sent.map((m) => schemaOf(m.topic))),
    new Set(['status', 'metrics', 'event', 'alert', 'command-result']),
  );
  await heard.end();
  await broker.stop();
});

test('messages that are not what they should be fail their schema', () => {
  const wrong: [string, unknown][] = [
    ['status', { online: true, ts: 1, seq: 0 }],
    ['metrics', { ts: 1, values: {} }],
    ['metrics', { ts: 1, seq: 1, values: { a: true } }],
    ['event', { ...EVENT, ts: 1, seq: 1, camera: 'a/b' }],
    ['event', { ...EVENT, ts: 1, seq: 1, camera: 'north', detections: [{ class: 'car', score: 0.5, box: [1, 2, 3] }] }],
    ['alert', { ts: 1, seq: 1, code: 'x', severity: 'bad', message: 'm', since: 1 }],
    ['command-result', { ts: 1, seq: 1, command: 'ping' }],
  ];
  for (const [name, message] of wrong) assert.not.ok(keepsTo(name, message), `${name} ${JSON.stringify(message)}`);
});

test.run();

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SCHEMA_FOLDER, schemaFiles } from '../../../scripts/mqtt-schemas.js';
import { CameraMetrics } from '../../../src/telemetry/metrics/camera-metrics.js';
import { frameMetrics } from '../../../src/telemetry/metrics/frame-metrics.js';
import { Metrics } from '../../../src/telemetry/metrics/metrics.js';
import { EmbeddedBroker } from '../../../src/telemetry/mqtt/broker.js';
import type { EventPayload } from '../../../src/telemetry/mqtt/messages/event.js';
import { publisherMetrics } from '../../../src/telemetry/mqtt/metrics.js';
import { eventually } from '../../temporary.js';
import { BIRTH, EVENT, listener, publisherAt } from './capture-broker.js';
import { assertPublished, keepsTo, schemaOf } from './message-schemas.js';

const INFRACTION = {
  ...EVENT,
  kind: 'infraction',
  rule: 'no-entry',
  certainty: 0.93,
  atMs: 1_700_000_012_000,
  path: [
    [210, 300],
    [214, 280],
  ] as [number, number][],
} as const;

const ONE_OF_EACH: EventPayload[] = [
  EVENT,
  { ...EVENT, origin: 'propagated', ageMs: 120, confidence: 0.97, kind: 'stopped', stoodMs: 3000 },
  { ...EVENT, kind: 'moved', stoodMs: 9000 },
  { ...EVENT, kind: 'crossed', line: 'gate', direction: 'to the north', total: 12 },
  { ...EVENT, kind: 'entered', zone: 'junction', occupancy: 2 },
  { ...EVENT, kind: 'exited', zone: 'junction', occupancy: 1, stayedMs: 4100 },
  { ...INFRACTION, offence: 'wrong-way', line: 'gate', direction: 'in', angleDeg: 84 },
  { ...INFRACTION, offence: 'no-stopping', zone: 'bus-stop', stoodMs: 31_000, inZone: 0.9 },
  { ...INFRACTION, offence: 'class-lane', zone: 'bus-lane', stayedMs: 2500, classShare: 0.97 },
  { ...INFRACTION, offence: 'u-turn', zone: null, turnedDeg: 171 },
  {
    ...INFRACTION,
    offence: 'red-light',
    line: 'stop',
    direction: 'in',
    signal: { id: 'north', state: 'red', sinceMs: 4200, ageMs: 300 },
  },
  { ...EVENT, counts: {}, kind: 'left', seenMs: 12_000, firstBox: [1, 2, 3, 4] },
];

test('the published schemas are those of the program', () => {
  const files = schemaFiles();
  const published = readdirSync(SCHEMA_FOLDER).filter((name) => name.endsWith('.json'));
  assert.equal(published.sort(), [...files.keys()].sort());
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
  const camera = new CameraMetrics('north');
  metrics.follow(camera);
  metrics.register(frameMetrics(() => [camera]));
  camera.answered('inferred', { resize: 1, queue: 1, infer: 5, decode: 1 }, 0.1, 12);
  await metrics.sample(0);
  await metrics.sample(1000);
  const unloaded = { ...BIRTH, model: null, variant: null, provider: null, metrics: metrics.definitions() };
  const publisher = publisherAt(url, {}, { birth: unloaded });
  metrics.register(publisherMetrics(() => publisher.state()));
  publisher.alert('overheated', null);

  publisher.metrics(metrics.snapshot());
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  publisher.publishStatus({ ...BIRTH, metrics: metrics.definitions() });
  publisher.metrics(metrics.snapshot());
  camera.vehicles(3);
  publisher.metrics(metrics.snapshot());
  for (const event of ONE_OF_EACH) publisher.event('north', event);
  const hour = { hour: 7, audits: 31.5, f1: 0.981, propagationF1: 0.979, wrongReuseRatio: null };
  publisher.report('accuracy', { cameras: [{ camera: 'north', hours: [hour] }] });
  publisher.alert('camera-lost', {
    severity: 'warning',
    message: 'no picture',
    action: 'Check the camera.',
    since: 1,
    value: 0,
    expected: 25,
    unit: 'frames/s',
    acknowledged: { at: 2, by: 'night shift' },
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
    new Set(['status', 'metrics', 'event', 'alert', 'report-accuracy', 'command-result']),
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
    ['event', { ...EVENT, ts: 1, seq: 1, camera: 'north', vehicle: { ...EVENT.vehicle, box: [1, 2, 3] } }],
    ['event', { ...EVENT, ts: 1, seq: 1, camera: 'north', kind: 'vanished' }],
    ['event', { ...EVENT, ts: 1, seq: 1, camera: 'north', kind: 'crossed', line: 'gate' }],
    ['alert', { ts: 1, seq: 1, code: 'x', severity: 'bad', message: 'm', since: 1 }],
    ['command-result', { ts: 1, seq: 1, command: 'ping' }],
    ['invalidation', { ts: 1, seq: 1, version: 1, device: 'dev1', tags: [] }],
    ['invalidation', { ts: 1, seq: 1, version: 1, device: '_site', tags: ['a'] }],
  ];
  for (const [name, message] of wrong) assert.not.ok(keepsTo(name, message), `${name} ${JSON.stringify(message)}`);
});

test.run();

import { createServer, type Socket, connect as tcpConnect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from '../../../src/foundation/validate.js';
import { EmbeddedBroker } from '../../../src/telemetry/mqtt/broker.js';
import { eventually } from '../../temporary.js';
import { BIRTH, EVENT, listener, pingable, publisherAt, STATUS } from './capture-broker.js';

/** A TCP relay to a broker whose connections can be cut. */
async function relay(port: number): Promise<{ url: string; cut(): void; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = tcpConnect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const close = (): Promise<void> => {
    cut();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { url: `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`, cut, close };
}

const broker = new EmbeddedBroker(0);
let url = '';
test.before(async () => {
  url = await broker.start();
});
test.after(() => broker.stop());

test('a birth message is retained at QoS 1 after connecting, and a clean stop says why it is offline', async () => {
  const heard = await listener(url);
  const publisher = publisherAt(url);
  publisher.start();
  await eventually('birth', () => heard.of(STATUS).length === 1);
  const { json, qos } = heard.of(STATUS)[0]!;
  assert.is(qos, 1);
  assert.is(json.online, true);
  assert.is(json.seq, 0);
  assert.is(json.model, 'roadside-n');
  assert.is(json.provider, 'cpu');
  assert.equal(json.metrics, [{ name: 'fps_inferred.north', unit: 'frames/s' }]);
  assert.is(publisher.state().phase, 'connected');
  assert.is(publisher.state().protocol, '3.1.1', 'the embedded broker refuses version 5');

  const stopping = publisher.stop();
  await eventually('last words', () => publisher.state().phase === 'stopped');
  publisher.publishStatus({ ...BIRTH, variant: 'int8' });
  publisher.event('north', EVENT);
  await stopping;
  await eventually('farewell', () => heard.of(STATUS).length === 2);
  const farewell = heard.of(STATUS)[1]!.json;
  assert.is(farewell.online, false);
  assert.is(farewell.reason, 'stopped');
  assert.is(farewell.bdSeq, json.bdSeq);
  assert.is(farewell.seq, 1);
  await heard.end();

  const late = await listener(url);
  await eventually('retained', () => late.messages.length === 1);
  assert.is(late.messages[0]!.retain, true);
  assert.is(late.messages[0]!.json.reason, 'stopped');
  await late.end();
});

test('a cut connection is told by a last will that carries the number of its birth, and the next birth one more', async () => {
  const heard = await listener(url);
  const line = await relay(Number(new URL(url).port));
  const publisher = publisherAt(line.url);
  publisher.start();
  const births = (): number[] =>
    heard
      .of(STATUS)
      .filter((m) => m.json.online && !m.retain)
      .map((m) => m.json.bdSeq);
  const wills = (): number[] =>
    heard
      .of(STATUS)
      .filter((m) => !m.json.online && !m.retain)
      .map((m) => m.json.bdSeq);
  for (const n of [1, 2, 3]) {
    await eventually(`birth ${n}`, () => births().length === n);
    line.cut();
    await eventually(`will ${n}`, () => wills().length === n);
  }
  await eventually('birth 4', () => births().length === 4);
  const first = births()[0]!;
  assert.equal(births(), [first, first + 1, first + 2, first + 3]);
  assert.equal(wills(), [first, first + 1, first + 2]);
  assert.is(publisher.state().connections, 4);
  await publisher.stop();
  await line.close();
  await heard.end();
});

test('another model is told by another birth of the same connection, and numbering starts again', async () => {
  const heard = await listener(url);
  const publisher = publisherAt(url);
  publisher.start();
  publisher.event('north', EVENT);
  await eventually('event', () => heard.of('edge/v1/site1/dev1/event/north').length === 1);
  publisher.publishStatus({ ...BIRTH });
  publisher.publishStatus({ ...BIRTH, variant: 'int8' });
  publisher.event('north', EVENT);
  await eventually('second event', () => heard.of('edge/v1/site1/dev1/event/north').length === 2);
  const [birth, again] = heard.of(STATUS).filter((m) => m.json.online);
  assert.is(again!.json.variant, 'int8');
  assert.is(again!.json.bdSeq, birth!.json.bdSeq);
  assert.is(again!.json.seq, 0);
  assert.is(heard.of('edge/v1/site1/dev1/event/north')[1]!.json.seq, 1);
  await publisher.stop();
  await heard.end();
});

test('each birth is followed by the alerts that hold, ahead of what else waits', async () => {
  const heard = await listener(url);
  const publisher = publisherAt(url);
  const raise = (code: string) =>
    publisher.alert(code, { severity: 'warning', message: 'no picture', action: 'Look.', since: 1 });
  publisher.start();
  raise('camera-lost');
  raise('overheated');
  publisher.alert('overheated', null);
  publisher.event('north', EVENT);
  await eventually('all is told', () => publisher.state().queued === 0 && publisher.state().inFlight === 0);
  const before = publisher.state().wireBytes;
  heard.messages.length = 0;
  publisher.rebirth();
  publisher.event('north', EVENT);
  const told = () => heard.messages.map(({ topic, json }) => [topic.split('/').slice(4).join('/'), json.seq]);
  await eventually('it is told again', () => heard.messages.length === 3);
  assert.equal(told(), [
    ['status', 0],
    ['alert/camera-lost', 1],
    ['event/north', 2],
  ]);
  assert.is(heard.of(STATUS)[0]!.json.alertsFollow, true);
  const bytes = heard.messages.reduce((sum, { topic, text }) => sum + topic.length + text.length, 0);
  assert.ok(publisher.state().wireBytes - before >= bytes, 'what is told again counts');
  await publisher.stop();
  await heard.end();
});

test('every message has the next number, over all topics', async () => {
  const heard = await listener(url);
  const publisher = publisherAt(url);
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  for (let i = 0; i < 10; i++) {
    publisher.event('north', { ...EVENT, frame: i });
    publisher.metrics({ a: i });
    publisher.alert('camera-lost', { severity: 'warning', message: 'no picture', action: 'Look.', since: i });
  }
  await publisher.stop();
  // birth, 20 events and metrics, the farewell, and alerts, of which only the latest need be sent
  const numbers = () => heard.messages.filter((m) => !m.retain).map((m) => m.json.seq as number);
  await eventually(
    'no gap',
    () => Math.max(...numbers()) >= 22 && new Set(numbers()).size === Math.max(...numbers()) + 1,
  );
  assert.is(numbers().length, new Set(numbers()).size);
  assert.is(publisher.state().droppedTotal, 0);
  await heard.end();
});

test('metrics messages hold what changed, live at QoS 0, and everything after a birth and every third time', async () => {
  const heard = await listener(url);
  const publisher = publisherAt(url);
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  publisher.metrics({ a: 1, b: 'x' });
  publisher.metrics({ a: 2, b: 'x' });
  publisher.metrics({ a: 2, b: 'x' });
  publisher.metrics({ a: 2, b: 'x' });
  const metrics = heard.of.bind(null, 'edge/v1/site1/dev1/metrics');
  await eventually('three messages', () => metrics().length === 3);
  assert.equal(
    metrics().map(({ json }) => [json.values, json.full]),
    [
      [{ a: 1, b: 'x' }, true],
      [{ a: 2 }, undefined],
      [{ a: 2, b: 'x' }, true],
    ],
  );
  assert.is(metrics()[0]!.qos, 0);
  await publisher.stop();
  await heard.end();
});

test('what happens while there is no broker is sent afterwards, marked as historical; metrics begin with a whole report', async () => {
  const heard = await listener(url);
  const publisher = publisherAt(url);
  publisher.metrics({ a: 1 });
  publisher.event('north', EVENT);
  publisher.start();
  await eventually('event', () => heard.of('edge/v1/site1/dev1/event/north').length === 1);
  const [event] = heard.of('edge/v1/site1/dev1/event/north');
  assert.equal([event!.json.historical, event!.json.n, event!.qos], [true, 1, 1]);
  publisher.event('north', EVENT);
  publisher.metrics({ a: 1, b: 2 });
  await eventually('metrics', () => heard.of('edge/v1/site1/dev1/metrics').length === 1);
  assert.is(heard.of('edge/v1/site1/dev1/metrics')[0]!.json.full, true);
  await eventually('second event', () => heard.of('edge/v1/site1/dev1/event/north').length === 2);
  const live = heard.of('edge/v1/site1/dev1/event/north')[1]!;
  assert.is(live.json.historical, undefined);
  assert.is(live.json.stream, event!.json.stream);
  assert.is(live.json.boot, event!.json.boot);
  assert.equal(publisher.state().dropped.outdated, 0);
  await publisher.stop();
  await heard.end();
});

test('messages dropped while there is no broker are told by their numbers, and leave a gap after the birth', async () => {
  const heard = await listener(url);
  const publisher = publisherAt(url, { queueMessages: 5 });
  for (let i = 0; i < 12; i++) publisher.event('north', { ...EVENT, frame: i });
  assert.is(publisher.state().dropped['queue-full'], 7);
  publisher.start();
  const events = heard.of.bind(null, 'edge/v1/site1/dev1/event/north');
  const reports = () => heard.of('edge/v1/site1/dev1/report/delivery').filter(({ retain }) => !retain);
  await eventually('events and the end of the backlog', () => events().length === 5 && reports().length === 2);
  assert.equal(
    events().map(({ json }) => [json.frame, json.n]),
    [
      [7, 8],
      [8, 9],
      [9, 10],
      [10, 11],
      [11, 12],
    ],
  );
  const stream = events()[0]!.json.stream as string;
  const [first, last] = reports().map(({ json, retain, qos }) => ({ ...json, retain, qos }));
  assert.equal(first.dropped, [{ stream, kind: 'event', cause: 'queue-full', from: 1, to: 7, count: 7 }]);
  assert.equal(first.streams, [{ stream, low: 8, next: 13 }]);
  assert.equal([first.n, first.historical, first.qos], [13, undefined, 1]);
  assert.equal([last.dropped, last.streams], [[], [{ stream, low: 14, next: 14 }]]);
  const numbers = heard.messages.filter(({ json, retain }) => json.seq > 0 && !retain).map(({ json }) => json.seq);
  assert.equal(numbers, [8, 9, 10, 11, 12, 13, 14]);
  await publisher.stop();
  await heard.end();
});

test('the newest report is retained and told again to the next connection, an older one is history', async () => {
  const heard = await listener(url);
  const line = await relay(Number(new URL(url).port));
  const publisher = publisherAt(line.url);
  const report = (audits: number) =>
    publisher.report('accuracy', {
      cameras: [
        { camera: 'north', hours: [{ hour: 1, audits, f1: null, propagationF1: null, wrongReuseRatio: null }] },
      ],
    });
  report(1);
  report(2);
  publisher.start();
  const reports = () => heard.of('edge/v1/site1/dev1/report/accuracy');
  await eventually('both', () => reports().length === 2);
  assert.equal(
    reports().map(({ json }) => [json.cameras[0].hours[0].audits, json.historical, json.n]),
    [
      [1, true, 1],
      [2, undefined, 2],
    ],
  );
  line.cut();
  await eventually('told again', () => reports().length === 3);
  const again = reports()[2]!.json;
  assert.equal([again.n, again.stream], [2, reports()[1]!.json.stream]);
  await publisher.stop();
  await heard.end();

  const late = await listener(url);
  await eventually('retained', () => late.of('edge/v1/site1/dev1/report/accuracy').length === 1);
  assert.is(late.of('edge/v1/site1/dev1/report/accuracy')[0]!.json.n, 2);
  await late.client.publishAsync('edge/v1/site1/dev1/report/accuracy', '', { retain: true });
  await late.client.publishAsync('edge/v1/site1/dev1/report/delivery', '', { retain: true });
  await late.end();
  await line.close();
});

test('a backlog does not keep live traffic waiting', async () => {
  const heard = await listener(url);
  const publisher = publisherAt(url, {}, { drainPerSecond: 10 });
  for (let i = 0; i < 20; i++) publisher.event('north', { ...EVENT, frame: i });
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  publisher.event('south', EVENT);
  const count = () => heard.of('edge/v1/site1/dev1/event/north').length;
  await eventually('live', () => heard.of('edge/v1/site1/dev1/event/south').length === 1);
  assert.ok(count() < 5, `${count()} of the backlog`);
  await publisher.stop();
  await eventually('a program that ends and keeps nothing sends all it has', () => count() === 20);
  await heard.end();
});

test('an alert is retained while it is active and cleared by an empty payload, those of an earlier run too', async () => {
  const before = publisherAt(url, { clientId: 'earlier' });
  before.start();
  await eventually('connected', () => before.state().phase === 'connected');
  before.alert('overheated', { severity: 'critical', message: 'too hot', action: 'Look.', since: 1 });
  before.alert('camera-lost', { severity: 'warning', message: 'no picture', action: 'Look.', since: 1 });
  await before.stop();

  const publisher = publisherAt(url);
  publisher.alert('overheated', null);
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  publisher.alert('camera-lost', { severity: 'warning', message: 'still no picture', action: 'Look.', since: 2 });
  await publisher.stop();
  const late = await listener(url);
  const alerts = (): unknown[] =>
    late.messages.filter((m) => m.topic.includes('/alert/')).map((m) => [m.topic, m.json.message]);
  await eventually('retained', () => alerts().length > 0);
  assert.equal(alerts(), [['edge/v1/site1/dev1/alert/camera-lost', 'still no picture']]);
  await late.end();

  const again = publisherAt(url);
  again.start();
  await eventually('connected', () => again.state().phase === 'connected');
  again.alert('camera-lost', null);
  await again.stop();
});

test('an empty payload that clears an alert uses up a number', async () => {
  const heard = await listener(url);
  const publisher = publisherAt(url);
  publisher.alert('overheated', null);
  publisher.alert('camera-lost', null);
  publisher.event('north', EVENT);
  publisher.start();
  const events = () => heard.of('edge/v1/site1/dev1/event/north');
  await eventually('an event', () => events().length === 1);
  assert.is(events()[0]!.json.seq, 3);
  await publisher.stop();
  await heard.end();
});

test('a command is answered, an unknown one by an error, a retained one and those of other topics not at all', async () => {
  const heard = await listener(url);
  await heard.client.publishAsync('edge/v1/site1/dev1/cmd/ping', '{"id":"retained"}', { qos: 1, retain: true });
  const commands = pingable();
  commands.declare({
    name: 'fails',
    access: 'open',
    help: '',
    payload: z.object({}),
    handle: () => {
      throw new Error('cannot be reached at rtsp://user:secret@host/');
    },
  });
  const publisher = publisherAt(url, {}, { commands });
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  const send = (name: string, text: string) =>
    heard.client.publishAsync(`edge/v1/site1/dev1/cmd/${name}`, text, { qos: 1 });
  await eventually('subscribed', () => heard.of(STATUS).some((m) => m.json.online && !m.retain));
  await send('ping', '{"id":"a1"}');
  await send('reboot', '{"id":2}');
  await send('fails', '');
  await send('ping', 'no json');
  await send('a b', '{}');
  const results = () => heard.messages.filter((m) => m.topic.endsWith('/result')).map((m) => m.json);
  await eventually('four results', () => results().length === 4);
  const result = (name: string, ok: boolean) => results().find((json) => json.command === name && json.ok === ok);
  const [ping, reboot, fails, bad] = [
    result('ping', true),
    result('reboot', false),
    result('fails', false),
    result('ping', false),
  ];
  assert.is(ping.ok, true);
  assert.is(ping.id, 'a1');
  assert.is(ping.result.version, '0.1.0');
  assert.equal([reboot.ok, reboot.id, reboot.error], [false, 2, 'unknown command; known are: ping, fails']);
  assert.equal([fails.ok, fails.error], [false, 'cannot be reached at rtsp://***@host/']);
  assert.equal([bad.ok, bad.error], [false, 'payload: expected a JSON object']);
  await heard.client.publishAsync('edge/v1/site1/dev1/cmd/ping', '', { retain: true });
  await publisher.stop();
  await heard.end();
});

test("a connection, its birth and what is heard count among the day's bytes, and events wait for them", async () => {
  const clock = { ms: 0 };
  const publisher = publisherAt(
    url,
    {},
    { publish: { metricsFullEvery: 3, dailyBytes: 20_000 }, clock: () => clock.ms },
  );
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  await eventually('told', () => publisher.state().queued + publisher.state().inFlight === 0);
  // a tenth of a day's bytes may go at once: the connection took a part of that
  assert.not.ok(publisher.eventWithin('north', EVENT, 0.5));
  // a tenth of a day later it is there again
  clock.ms += 8_640_000;
  assert.ok(publisher.eventWithin('north', EVENT, 0.5));
  // evidence has bytes of its own: on the wire it is counted, and events keep theirs
  const { wireBytes } = publisher.state();
  const evidence = { chain: '0011223344556677', record: 1, signed: 'x'.repeat(30_000), signature: 'AA', pictures: [] };
  publisher.evidence('north', evidence);
  assert.ok(publisher.state().wireBytes > wireBytes + 30_000);
  clock.ms += 8_640_000;
  assert.ok(publisher.eventWithin('north', EVENT, 0.5));
  assert.is(publisher.overdrawnBytes, 0);
  await publisher.stop();
});

test('what cannot be a message is counted and never thrown at the caller', async () => {
  const publisher = publisherAt(url);
  publisher.event('a/b', EVENT);
  publisher.event('north', { ...EVENT, frame: 1n as unknown as number });
  publisher.alert('#', null);
  publisher.event('north', {
    ...EVENT,
    counts: Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`class${i}`, i])),
  });
  const { dropped } = publisher.state();
  assert.is(dropped.invalid, 3);
  assert.is(dropped['too-large'], 1);
  await publisher.stop();
});

test('stop during start leaves nothing behind and a stopped publisher stays stopped', async () => {
  const publisher = publisherAt(url);
  publisher.start();
  await publisher.stop();
  publisher.start();
  publisher.event('north', EVENT);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.is(publisher.state().phase, 'stopped');
  assert.is(publisher.state().queued, 0);
});

test.run();

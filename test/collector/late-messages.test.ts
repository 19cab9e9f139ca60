import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder } from '../temporary.js';
import { type FedMessage, fedCollector } from './fed-collector.js';

const folder = temporaryFolder('collector-late');
const AT = 1_795_000_000_000;
const BIRTH = { online: true, version: '1', model: null, variant: null, provider: null, metrics: [] };
const ALERT = { severity: 'warning', message: 'it is so', action: 'do something', since: AT };
let files = 0;

const say = (topic: string, at: number, body: object): FedMessage => ({
  at,
  topic: `edge/v1/demo/a/${topic}`,
  payload: JSON.stringify({ ts: at, boot: '1f6b2c3d', ...body }),
});
const birth = (bdSeq: number, at: number) => say('status', at, { ...BIRTH, bdSeq, seq: 0 });
const values = (seq: number, at: number) => say('metrics', at, { seq, values: { a: seq } });
const alert = (code: string, seq: number, at: number) => say(`alert/${code}`, at, { seq, code, ...ALERT });
const cleared = (code: string, at: number): FedMessage => ({ at, topic: `edge/v1/demo/a/alert/${code}`, payload: '' });
/** It comes so many ms after it was sent, from a session that another had left. */
const late = (message: FedMessage, ms = 20_000): FedMessage => ({ ...message, at: message.at + ms, late: true });

test('what comes late is counted where it belongs, asks for no birth and says nothing of how it is now', async () => {
  const fed = await fedCollector(folder, { file: join(folder, `${++files}.sqlite`) });
  const will = say('status', AT + 50, { online: false, bdSeq: 7 });
  await fed.feed([birth(7, AT), values(1, AT + 1), values(3, AT + 3), alert('cpu-high', 4, AT + 4)]);
  await fed.feed([birth(8, AT + 60), values(1, AT + 61), cleared('cpu-high', AT + 62), values(3, AT + 63)]);
  await fed.feed([late(values(2, AT + 2)), late(alert('cpu-high', 4, AT + 4)), late(will), late(birth(7, AT))]);
  const { device } = (await fed.store.known('demo', 'a'))!;
  assert.equal([device.online, device.bdSeq], [true, 8]);
  assert.equal(device.under, { bdSeq: 8, ts: AT + 60 });
  const births = await fed.store.births(device.id, 9);
  assert.equal(
    births.map(({ bdSeq, missing, seqs }) => [bdSeq, missing, seqs.ranges]),
    [
      [8, 0, [[0, 3]]],
      [7, 0, [[0, 4]]],
    ],
  );
  assert.equal(
    (await fed.store.alerts(device.id)).map(({ holds }) => holds),
    [false],
  );
  assert.equal(fed.asked, []);
  // what the broker retains no more is over, and uses up no number
  await fed.feed([alert('disk-full', 4, AT + 64), { ...late(cleared('disk-full', AT + 65)), retained: true }]);
  assert.ok((await fed.store.alerts(device.id)).every(({ holds }) => !holds));
  assert.equal((await fed.store.births(device.id, 1))[0]!.missing, 0);
  await fed.close();
});

test('a clearing that comes late has one of the numbers that are missing', async () => {
  const fed = await fedCollector(folder, { file: join(folder, `${++files}.sqlite`) });
  await fed.feed([birth(7, AT), alert('cpu-high', 1, AT + 1), values(3, AT + 3), late(cleared('cpu-high', AT + 2))]);
  const { device, births } = (await fed.store.known('demo', 'a'))!;
  assert.equal([births[0]!.missing, (await fed.store.alerts(device.id))[0]!.holds], [0, false]);
  await fed.close();
});

test('numbers of a stream that came late are neither lost nor out of order', async () => {
  const fed = await fedCollector(folder, { file: join(folder, `${++files}.sqlite`) });
  const event = (n: number) =>
    say('event/north', AT + n, {
      ...{ seq: n, stream: '0123456789ab', n, camera: 'north', kind: 'crossed', line: 'gate', direction: 'inbound' },
      ...{ total: n, capturedAt: AT, vehicle: { trackId: n, class: 'car' } },
    });
  await fed.feed([birth(7, AT), event(1), event(3), event(4), late(event(2)), late(event(3))]);
  const { device } = (await fed.store.known('demo', 'a'))!;
  const [stream] = await fed.store.streams(device.id, 9);
  const { outOfOrder, received, lostCount, waiting } = stream!.verdict;
  assert.equal({ outOfOrder, received, lostCount, waiting }, { outOfOrder: 0, received: 4, lostCount: 0, waiting: 0 });
  assert.equal([fed.collector.state().counts.doubles, fed.collector.state().counts.quarantined], [1, 0]);
  await fed.close();
});

test.run();

import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder } from '../temporary.js';
import { type FedMessage, fedCollector } from './fed-collector.js';

const folder = temporaryFolder('collector-alerts');
const AT = 1_795_000_000_000;
const BIRTH = { online: true, version: '1', model: null, variant: null, provider: null, metrics: [] };
const ALERT = { severity: 'warning', message: 'it is so', action: 'do something', since: AT };

const say = (topic: string, at: number, body: object, boot = '1f6b2c3d'): FedMessage => ({
  at,
  topic: `edge/v1/demo/a/${topic}`,
  payload: JSON.stringify({ ts: at, boot, ...body }),
});
const birth = (bdSeq: number, at: number, boot?: string) => say('status', at, { ...BIRTH, bdSeq, seq: 0 }, boot);
const will = (bdSeq: number, at: number) => say('status', at, { online: false, bdSeq });
const raised = (code: string, seq: number, ts: number, at = ts) => ({
  ...say(`alert/${code}`, at, { ts, seq, code, ...ALERT }),
});
const values = (seq: number, at: number, boot?: string) => say('metrics', at, { seq, values: {} }, boot);
const cleared = (code: string, at: number): FedMessage => ({ at, topic: `edge/v1/demo/a/alert/${code}`, payload: '' });

let files = 0;
async function holding(...batches: FedMessage[][]): Promise<string[]> {
  const fed = await fedCollector(folder, { file: join(folder, `${++files}.sqlite`) });
  for (const batch of batches) await fed.feed(batch);
  const { device } = (await fed.store.known('demo', 'a'))!;
  const alerts = await fed.store.alerts(device.id);
  await fed.close();
  return alerts.filter(({ holds }) => holds).map(({ code }) => code);
}

const BEFORE = [birth(7, AT), raised('cpu-high', 1, AT + 1), raised('camera-lost', 2, AT + 2), values(3, AT + 3)];

test('what a device does not tell again with its next connection ended while nobody listened', async () => {
  const again = [will(7, AT + 100), birth(8, AT + 200), raised('cpu-high', 1, AT + 1, AT + 201)];
  assert.equal(await holding(BEFORE, again), ['camera-lost', 'cpu-high'], 'there may be more of them to come');
  assert.equal(await holding(BEFORE, again, [values(2, AT + 202)]), ['cpu-high']);
});

test('it is not over where a message is missing, or where the birth may not be the first of its connection', async () => {
  const lost = [will(7, AT + 100), birth(8, AT + 200), raised('cpu-high', 1, AT + 1, AT + 201), values(3, AT + 202)];
  assert.equal(await holding(BEFORE, lost), ['camera-lost', 'cpu-high']);
  assert.equal(await holding(BEFORE, lost, [raised('camera-lost', 2, AT + 2, AT + 203), values(4, AT + 204)]), [
    'camera-lost',
    'cpu-high',
  ]);
  assert.equal(await holding(BEFORE, [birth(8, AT + 200), values(1, AT + 201)]), ['camera-lost', 'cpu-high']);
  const anew = [will(7, AT + 100), birth(8, AT + 200), birth(8, AT + 201), values(1, AT + 202)];
  assert.equal(await holding(BEFORE, anew), ['camera-lost', 'cpu-high']);
});

const bornAgain = (at: number) => say('status', at, { ...BIRTH, bdSeq: 7, seq: 0, alertsFollow: true });

test('where a message of a lasting connection was lost, the birth that is asked for tells which alerts hold', async () => {
  // the number 4 is lost: that of the end of an alert, or of the begin of one
  const gap = [values(5, AT + 4), values(6, AT + 6000)];
  const again = [
    bornAgain(AT + 7000),
    raised('cpu-high', 1, AT + 1, AT + 7001),
    raised('disk-full', 2, AT + 3, AT + 7002),
  ];
  const fed = await fedCollector(folder, { file: join(folder, `${++files}.sqlite`) });
  await fed.feed([...BEFORE, ...gap]);
  assert.equal(fed.asked, ['demo/a']);
  await fed.close();
  assert.equal(await holding(BEFORE, gap), ['camera-lost', 'cpu-high']);
  assert.equal(await holding(BEFORE, gap, again), ['camera-lost', 'cpu-high', 'disk-full'], 'more may come');
  assert.equal(await holding(BEFORE, gap, again, [values(3, AT + 7003)]), ['cpu-high', 'disk-full']);
  assert.equal(
    await holding(BEFORE, gap, again, again, [values(3, AT + 7003)]),
    ['cpu-high', 'disk-full'],
    'the broker sent it twice',
  );
  assert.equal(
    await holding(BEFORE, gap, again, [values(4, AT + 7003)]),
    ['camera-lost', 'cpu-high', 'disk-full'],
    'the lost one may be its alert',
  );
  const older = [say('status', AT + 7000, { ...BIRTH, bdSeq: 7, seq: 0 }), ...again.slice(1), values(3, AT + 7003)];
  assert.equal(
    await holding(BEFORE, gap, older),
    ['camera-lost', 'cpu-high', 'disk-full'],
    'an older program does not tell them with each birth',
  );
});

test('what an earlier run of the program told is over', async () => {
  assert.equal(await holding(BEFORE, [birth(8, AT + 200, '00000000')]), []);
});

test('what somebody else cleared at the broker holds again once the device tells it again', async () => {
  const others = [cleared('camera-lost', AT + 50), values(5, AT + 60)];
  assert.equal(await holding(BEFORE, others), ['cpu-high']);
  const again = [will(7, AT + 100), birth(8, AT + 200), raised('cpu-high', 1, AT + 1, AT + 201)];
  assert.equal(await holding(BEFORE, others, [...again, raised('camera-lost', 2, AT + 2, AT + 202)]), [
    'camera-lost',
    'cpu-high',
  ]);
});

test('alerts that a start clears right behind its birth have their numbers, also when all of it comes again', async () => {
  const fed = await fedCollector(folder, { file: join(folder, `${++files}.sqlite`) });
  const clears = Array.from({ length: 70 }, (_, index) => cleared(`code-${index}`, AT + 1));
  const day = [birth(7, AT), ...clears, values(71, AT + 2), values(72, AT + 3)];
  await fed.feed(day);
  const seqs = async () => (await fed.store.births(1, 1))[0]!;
  assert.equal([(await seqs()).missing, (await seqs()).seqs.ranges], [0, [[0, 72]]]);
  await fed.feed(day);
  assert.equal([(await seqs()).missing, (await seqs()).seqs.ranges], [0, [[0, 72]]]);
  await fed.close();
});

test('whoever clears the topics of a device that was removed does not bring it back', async () => {
  const fed = await fedCollector(folder, { file: join(folder, `${++files}.sqlite`) });
  await fed.feed([cleared('cpu-high', AT)]);
  assert.is(await fed.store.deviceCount(), 0);
  await fed.close();
});

test.run();

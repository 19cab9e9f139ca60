import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Collector } from '../../src/collector/collector.js';
import type { FleetChanges } from '../../src/collector/store/fleet-store.js';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import { EdgeError } from '../../src/foundation/errors.js';
import { eventually, temporaryFolder } from '../temporary.js';
import { contentOf, fedCollector } from './fed-collector.js';

const folder = temporaryFolder('collector');
const AT = 1_795_000_000_000;
const message = (device: string, topic: string, body: object, at = AT) => ({
  at,
  topic: `edge/v1/demo/${device}/${topic}`,
  payload: JSON.stringify({ ts: at, boot: '1f6b2c3d', ...body }),
});
const BIRTH = { seq: 0, online: true, bdSeq: 7, version: '1', model: null, variant: null, provider: null, metrics: [] };
const metrics = (device: string, seq: number, at: number) =>
  message(device, 'metrics', { seq, values: { a: seq } }, at);
let files = 0;
const fresh = (options = {}) => fedCollector(folder, { file: join(folder, `${++files}.sqlite`), ...options });

test('whose birth was not heard, and who has a gap that stays open, is asked for it, and not again and again', async () => {
  const fed = await fresh();
  await fed.feed([metrics('new', 5, AT), metrics('new', 6, AT + 1)]);
  assert.equal(fed.asked, ['demo/new']);
  await fed.feed([metrics('new', 7, AT + 59_000)]);
  assert.is(fed.asked.length, 1);
  await fed.feed([metrics('new', 8, AT + 61_000)]);
  assert.is(fed.asked.length, 2);
  await fed.feed([
    message('new', 'status', BIRTH, AT + 62_000),
    metrics('new', 1, AT + 63_000),
    metrics('new', 2, AT + 190_000),
  ]);
  assert.is(fed.asked.length, 2);
  // 3 never comes
  await fed.feed([metrics('new', 4, AT + 191_000)]);
  assert.is(fed.asked.length, 2, 'it may have been overtaken');
  await fed.feed([metrics('new', 5, AT + 197_000)]);
  assert.is(fed.asked.length, 3);
  assert.is(fed.collector.state().counts.rebirths, 3);
  await fed.close();
});

test('a last will of an earlier connection is old news', async () => {
  const fed = await fresh();
  const online = () => (contentOf(fed.file)['devices'] as { online: number }[])[0]!.online;
  await fed.feed([message('a', 'status', BIRTH), message('a', 'status', { ...BIRTH, bdSeq: 8 }, AT + 10)]);
  await fed.feed([message('a', 'status', { online: false, bdSeq: 7 }, AT + 20)]);
  assert.is(online(), 1);
  await fed.feed([message('a', 'status', { online: false, bdSeq: 8 }, AT + 30)]);
  assert.is(online(), 0);
  // began anew, after its disk was lost and its clock set back
  await fed.feed([message('a', 'status', { ...BIRTH, bdSeq: 3, boot: '00000000' }, AT + 40)]);
  assert.is(online(), 1);
  await fed.close();
});

test('what a broker had kept does not make a device that is gone look alive', async () => {
  const fed = await fresh();
  const long = AT - 30 * 86_400_000;
  const kept = { ...message('a', 'metrics/full', { seq: 9, values: {} }, long), at: AT, retained: true };
  await fed.feed([kept]);
  assert.is((contentOf(fed.file)['devices'] as { heard_at: number }[])[0]!.heard_at, long);
  await fed.close();
});

test('a stranger costs the others nothing: it is put aside, counted and bounded', async () => {
  const fed = await fresh({ mostDevices: 1, mostQuarantined: 5 });
  await fed.feed([message('a', 'status', BIRTH), message('b', 'status', BIRTH)]);
  await fed.feed(Array.from({ length: 300 }, () => ({ at: AT, topic: 'edge/v9/x', payload: 'x'.repeat(5000) })));
  const { quarantined, devices, counts } = fed.collector.state();
  assert.equal([quarantined, devices], [{ 'too-many-devices': 1, 'unknown-version': 300 }, 1]);
  const kept = await fed.store.quarantine(100);
  assert.is(kept.length, 5);
  assert.is(kept[0]!.sample.length, 2048);
  await fed.close();
  const again = await fedCollector(folder, { file: fed.file });
  assert.equal(again.collector.state().counts, counts);
  await again.close();
});

test('what a device tells the others of its site is no gap, and hides nothing of its own', async () => {
  const fed = await fresh();
  const command = (device: string) =>
    JSON.stringify({
      name: 'invalidate',
      site: 'demo',
      device: '_site',
      id: 'x',
      nonce: 'abcdefghijklmnop',
      issuedAt: AT,
      expiresAt: AT + 1,
      body: { version: 1, device, tags: [] },
    });
  const toOthers = (seq: number, device = 'a', boot = '1f6b2c3d') => ({
    ...message('_site', 'cmd/invalidate', {
      seq,
      boot,
      command: command(device),
      key: '0123456789abcdef',
      signature: `${'A'.repeat(86)}==`,
    }),
  });
  const missing = async () => (await fed.store.births(1, 1))[0]!.missing;
  await fed.feed([message('a', 'status', BIRTH), metrics('a', 1, AT + 1), toOthers(2), metrics('a', 3, AT + 3)]);
  assert.is(await missing(), 0);
  await fed.feed([metrics('a', 5, AT + 5), toOthers(4, 'a', '00000000')]);
  assert.is(await missing(), 1, 'of another run');
  // somebody else says so of a number that the device has not used yet
  await fed.feed([toOthers(4), toOthers(6), toOthers(9), metrics('a', 6, AT + 6)]);
  assert.is(await missing(), 0);
  assert.is(fed.collector.state().counts.doubles, 0);
  for (let seq = 7; seq < 1000; seq += 2) await fed.feed([metrics('a', seq, AT + seq), toOthers(seq + 1)]);
  assert.is(await missing(), 0);
  await fed.feed([toOthers(1, 'nobody'), { ...toOthers(1), payload: '{' }]);
  assert.is(fed.collector.state().devices, 1);
  await fed.close();
});

test('a stream that began after the device told of all it had is expected from its first number on', async () => {
  const fed = await fresh();
  const [earlier, later, copied] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'];
  const report = (seq: number, n: number, stream: string, at: number, streams: object[]) =>
    message('a', 'report/delivery', { seq, n, stream, streams, dropped: [] }, at);
  const event = (seq: number, n: number, stream: string, at: number) => {
    const crossing = { kind: 'crossed', line: 'gate', direction: 'inbound', total: 1, capturedAt: at };
    return message(
      'a',
      'event/north',
      { seq, n, stream, camera: 'north', ...crossing, vehicle: { trackId: 1, class: 'car' } },
      at,
    );
  };
  const lost = async () =>
    Object.fromEntries((await fed.store.streams(1, 9)).map(({ stream, verdict }) => [stream, verdict.lostCount]));
  await fed.feed([
    message('a', 'status', BIRTH),
    // nobody knows since when
    report(1, 40, earlier, AT + 10, [{ stream: earlier, low: 40, next: 40 }]),
    event(2, 3, later, AT + 20),
    // made before: what it had was told elsewhere
    event(3, 9, copied, AT + 5),
    report(4, 4, later, AT + 30, [
      { stream: copied, low: 10, next: 10, ended: 'file-copied' },
      { stream: later, low: 4, next: 4 },
    ]),
  ]);
  assert.equal(await lost(), { [earlier]: 0, [later]: 2, [copied]: 0 });
  // all of it before its first report
  await fed.feed([report(5, 8, 'dddddddddddd', AT + 40, [{ stream: 'dddddddddddd', low: 8, next: 8 }])]);
  assert.is((await lost())['dddddddddddd'], 7);
  await fed.close();
});

test('a clock of this machine that leapt and was set back makes no device look alive for years', async () => {
  const fed = await fresh();
  const years = 10 * 365 * 86_400_000;
  await fed.feed([message('a', 'status', BIRTH), { ...metrics('a', 1, AT + 1), at: AT + years }]);
  await fed.feed([metrics('a', 2, AT + 2)]);
  assert.is((contentOf(fed.file)['devices'] as { heard_at: number }[])[0]!.heard_at, AT + 2);
  await fed.close();
});

test('a device that is born again and again keeps the newest of what it said of itself', async () => {
  const fed = await fresh();
  await fed.feed(
    Array.from({ length: 130 }, (_, index) => message('a', 'status', { ...BIRTH, bdSeq: index }, AT + index)),
  );
  const bodies = contentOf(fed.file)['birth_bodies'] as { bd_seq: number }[];
  assert.equal([bodies.length, Math.min(...bodies.map(({ bd_seq }) => bd_seq))], [100, 30]);
  assert.is(contentOf(fed.file)['births']!.length, 130);
  await fed.close();
});

class FailingStore extends SqliteFleetStore {
  failures: Error[] = [];
  override async commit(changes: FleetChanges): Promise<void> {
    const failure = this.failures.shift();
    if (failure) throw failure;
    return super.commit(changes);
  }
}

test('what cannot be written is not told as kept, and is written once the disk takes it', async () => {
  const store = new FailingStore({ file: join(folder, 'failing.sqlite') });
  const collector = await Collector.open({ store });
  store.failures = [new EdgeError('E_OUTPUT', 'the disk is full'), new EdgeError('E_OUTPUT', 'the disk is full')];
  let kept = 0;
  const take = (one: ReturnType<typeof message>) =>
    collector.take({ ...one, payload: Buffer.from(one.payload), retained: false, receivedAt: one.at }, () => kept++);
  take(message('a', 'status', BIRTH));
  take(metrics('a', 1, AT + 1));
  await eventually('it is told', () => collector.state().problem !== null);
  assert.is(kept, 0);
  await eventually('written', () => kept === 2);
  assert.is(collector.state().problem, null);
  assert.is((await store.known('demo', 'a'))!.births[0]!.seqs.ranges[0]![1], 1);
  await collector.stop();
  await store.close();
});

test('one message that no store takes is put aside, and those beside it are kept', async () => {
  const file = join(folder, 'poison.sqlite');
  class PoisonedStore extends SqliteFleetStore {
    override async commit(changes: FleetChanges): Promise<void> {
      if (changes.rows.some(({ n }) => n === 2)) throw new Error('no row of mine');
      return super.commit(changes);
    }
  }
  const store = new PoisonedStore({ file });
  const collector = await Collector.open({ store });
  let kept = 0;
  for (const one of [
    message('a', 'status', BIRTH),
    metrics('a', 1, AT + 1),
    metrics('a', 2, AT + 2),
    metrics('a', 3, AT + 3),
  ])
    collector.take({ ...one, payload: Buffer.from(one.payload), retained: false, receivedAt: one.at }, () => kept++);
  await eventually('all are told', () => kept === 4);
  await collector.stop();
  await store.close();
  assert.equal(collector.state().quarantined, { 'cannot-be-stored': 1 });
  assert.equal(
    (contentOf(file)['metrics'] as { n: number }[]).map(({ n }) => n),
    [1, 3],
  );
});

test.run();

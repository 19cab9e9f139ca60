import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { evidenceNotSent } from '../../src/evidence/alerts.js';
import type { EvidenceChain } from '../../src/evidence/chain/chain.js';
import { HttpUpload, type HttpUploadOptions } from '../../src/evidence/push/http-upload.js';
import { type PushHealth, PushQueue, type SendRecord } from '../../src/evidence/push/push-queue.js';
import { withGone, withTaken } from '../../src/evidence/push/push-state.js';
import { PushUplink, type UrgentMessages } from '../../src/evidence/push/push-uplink.js';
import { sendAsFiles } from '../../src/evidence/push/send-files.js';
import { sendAsMessage } from '../../src/evidence/push/send-message.js';
import { sha256Of } from '../../src/foundation/sha256.js';
import type { EvidencePayload } from '../../src/telemetry/mqtt/messages/evidence.js';
import { endingsOf, eventually, temporaryFolder } from '../temporary.js';
import { someChain, someDraft, somePictures } from './chains.js';
import { someRation } from './rations.js';
import { ReceivingServer } from './receiving-server.js';

const dir = temporaryFolder('evidence-push');
const endings = endingsOf(test);

async function server(): Promise<{ it: ReceivingServer; url: string }> {
  const it = new ReceivingServer();
  endings.push(() => it.stop());
  return { it, url: await it.start() };
}

const NOTHING_URGENT: UrgentMessages = { waiting: 0, inFlight: 0, isConnected: true };
const BOUNDS = { leastBytes: 24_000, mostBytes: 2 ** 20, drainS: 60 };

const uplinkOf = (urgent = () => NOTHING_URGENT, mostHeldMs?: number): PushUplink =>
  new PushUplink({
    urgent,
    bounds: BOUNDS,
    now: () => performance.now(),
    ...(mostHeldMs !== undefined && { mostHeldMs }),
  });

function uploader(options: Partial<HttpUploadOptions> & { url: string }): HttpUpload {
  const it = new HttpUpload({ method: 'PUT', timeoutMs: 5000, uplink: uplinkOf(), ...options });
  endings.push(() => it.close());
  return it;
}

function queue(chain: EvidenceChain, send: SendRecord, to = 'test'): PushQueue {
  const it = new PushQueue({ chain, to, send, backoff: { initialMs: 5, maxMs: 20 }, now: () => performance.now() });
  endings.push(() => it.stop());
  return it;
}

const filesTo = (chain: EvidenceChain, url: string): SendRecord =>
  sendAsFiles({
    uploader: uploader({ url }),
    prefix: 'road',
    readPicture: (picture) => chain.readPicture(picture),
    ration: someRation(),
  });

async function chainOf(name: string, records: number): Promise<EvidenceChain> {
  const chain = await someChain(join(dir, name));
  for (let n = 1; n <= records; n++) await chain.append(someDraft(), somePictures(n));
  return chain;
}

test('a record goes with its pictures before it, by its own name, with its hash', async () => {
  const chain = await chainOf('http', 1);
  const { it, url } = await server();
  const pushing = queue(chain, filesTo(chain, url));
  await pushing.start();
  await eventually('all is sent', () => pushing.health().waiting === 0);
  const place = `/road/demo/cabinet/${chain.id}`;
  assert.equal(
    it.received.map(({ path }) => path),
    [
      `${place}/pictures/0000000001-context.jpg`,
      `${place}/pictures/0000000001-crop.jpg`,
      `${place}/records/0000000001.record`,
    ],
  );
  for (const { headers, sha256 } of it.received) {
    assert.is(headers['idempotency-key'], sha256);
    assert.is(headers['content-digest'], `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`);
  }
  assert.equal(it.received.at(-1)!.body, readFileSync(join(chain.folder, 'records/0000000001.record')));
});

test('what an outage, an answer of 503 and a restart left is sent afterwards, from the first that was not acknowledged; what is there already counts as taken', async () => {
  const chain = await chainOf('outage', 4);
  const { it, url } = await server();
  it.answer = ({ path }) => (path.includes('0000000003-crop') ? 503 : null);
  const before = queue(chain, filesTo(chain, url));
  await before.start();
  await eventually('the third is refused for now', () => before.health().problem?.includes('503') === true);
  assert.equal([before.health().sent, before.health().waiting], [2, 2]);
  await before.stop();
  await it.stop();
  const after = queue(chain, filesTo(chain, url));
  await after.start();
  await eventually('nobody is there', () => after.health().problem?.includes('ECONNREFUSED') === true);
  it.answer = () => null;
  await it.start();
  await eventually('all is sent', () => after.health().waiting === 0, 20_000);
  assert.equal([after.health().sent, after.health().problem, it.files.size], [2, null, 12]);
  const again = it.received.filter(({ path }) => path.endsWith('0000000003-context.jpg'));
  assert.ok(again.length >= 2, 'sent again, as the record was not acknowledged');
  await after.stop();
  const nothing = queue(chain, filesTo(chain, url));
  await nothing.start();
  assert.is(nothing.health().waiting, 0);
});

test('infractions go first, also after a restart between them, and each record goes once', async () => {
  const chain = await someChain(join(dir, 'ahead'));
  const kinds = ['crossed', 'crossed', 'infraction', 'crossed', 'infraction', 'crossed'];
  for (const [i, kind] of kinds.entries()) {
    const draft = someDraft();
    await chain.append({ ...draft, event: { ...draft.event, kind } }, somePictures(i));
  }
  const sent: number[] = [];
  let most = 2;
  const send: SendRecord = async ({ value }) => {
    if (sent.length >= most) return { kind: 'later', reason: 'closed' };
    sent.push(value.n);
    return { kind: 'taken' };
  };
  for (const count of [2, 3, 6]) {
    most = count;
    const one = queue(chain, send);
    await one.start();
    await eventually('so many are sent', () => sent.length === count);
    await one.stop();
    assert.is(one.health().waiting, 6 - count);
  }
  assert.equal(sent, [3, 5, 1, 2, 4, 6]);
  const after = queue(chain, send);
  await after.start();
  assert.equal([after.health().waiting, after.health().lost], [0, 0]);
});

test('of what retention removed only what nobody was sent counts as lost', () => {
  const begun = { v: 1 as const, chain: 'a', to: 'b', n: 2, refused: 0, ahead: [] };
  const ahead = withTaken(withTaken(begun, 7), 5);
  assert.equal([ahead.n, ahead.ahead], [2, [5, 7]]);
  assert.equal(withGone(ahead, 5), { state: { ...begun, n: 5, ahead: [7] }, lost: 2 });
  assert.equal(withGone(ahead, 2), { state: ahead, lost: 0 });
  assert.equal(withTaken(withTaken(withTaken(ahead, 3), 4), 6), { ...begun, n: 7 });
  assert.is(withGone({ ...begun, n: 0 }, 9).lost, 0, 'what was gone before there was a place to send to');
});

test('another place begins with the first record, and so does one whose state is lost', async () => {
  const chain = await chainOf('places', 2);
  const sent: string[] = [];
  const note =
    (to: string): SendRecord =>
    async ({ value }) => {
      sent.push(`${to} ${value.n}`);
      return { kind: 'taken' };
    };
  for (const to of ['a', 'a', 'b']) {
    const one = queue(chain, note(to), to);
    await one.start();
    await eventually('all is sent', () => one.health().waiting === 0);
    await one.stop();
  }
  assert.equal(sent, ['a 1', 'a 2', 'b 1', 'b 2']);
});

test('a record that is refused for good is left behind and told; trouble with access is not for good', async () => {
  const chain = await chainOf('refused', 2);
  const { it, url } = await server();
  it.answer = ({ path }) => (path.includes('0000000001-crop') ? 413 : path.includes('0000000002') ? 403 : null);
  const pushing = queue(chain, filesTo(chain, url));
  await pushing.start();
  await eventually('the second waits', () => pushing.health().problem?.includes('403') === true);
  assert.equal([pushing.health().refused, pushing.health().waiting], [1, 1]);
  assert.match(evidenceNotSent(pushing.health())!.message, /^1 records were refused for good/);
});

test('what retention removed before it was sent is counted', async () => {
  const chain = await someChain(join(dir, 'lost'), { bounds: { maxBytes: 26_000, keepMs: 1e10 } });
  let isOpen = true;
  const send: SendRecord = async () => (isOpen ? { kind: 'taken' } : { kind: 'later', reason: 'closed' });
  const pushing = queue(chain, send);
  await chain.append(someDraft(), somePictures(1));
  await pushing.start();
  await eventually('the first is sent', () => pushing.health().sent === 1);
  isOpen = false;
  for (let n = 2; n <= 5; n++) await chain.append(someDraft(), somePictures(n));
  isOpen = true;
  pushing.wake();
  await eventually('the rest is sent', () => pushing.health().waiting === 0);
  const { sent, lost } = pushing.health();
  assert.equal([sent + lost, lost > 0], [5, true]);
});

test('sending that fails for long is told, and a moment of it is not', () => {
  const health: Omit<PushHealth, 'failingForMs'> = {
    waiting: 3,
    waitingBytes: 9,
    sent: 0,
    refused: 0,
    lost: 0,
    problem: 'it answered 503',
  };
  assert.is(evidenceNotSent({ ...health, failingForMs: 60_000 }), null);
  assert.match(
    evidenceNotSent({ ...health, failingForMs: 3_600_000 })!.message,
    /3 records wait to be sent, which fails for 60 minutes/,
  );
});

test('POST names the file in a header, and a token goes along', async () => {
  const chain = await chainOf('post', 1);
  const { it, url } = await server();
  const send = sendAsFiles({
    uploader: uploader({ url: `${url}/inbox`, method: 'POST', token: 'a-token' }),
    prefix: '',
    readPicture: (picture) => chain.readPicture(picture),
    ration: someRation(),
  });
  const outcome = await send((await chain.read(1))!, new AbortController().signal);
  assert.equal(outcome, { kind: 'taken' });
  const [first] = it.received;
  assert.equal([first!.method, first!.path, first!.headers.authorization], ['POST', '/inbox', 'Bearer a-token']);
  assert.is(first!.headers['evidence-name'], `demo/cabinet/${chain.id}/pictures/0000000001-context.jpg`);
});

test('a user and password in the address go along as such, and not in the path', async () => {
  const chain = await chainOf('userinfo', 1);
  const { it, url } = await server();
  const address = `${url.replace('://', '://cabinet:p%40ss:word@')}/in`;
  assert.equal(await filesTo(chain, address)((await chain.read(1))!, new AbortController().signal), { kind: 'taken' });
  const [first] = it.received;
  assert.is(first!.headers.authorization, `Basic ${Buffer.from('cabinet:p@ss:word').toString('base64')}`);
  assert.match(first!.path, /^\/in\/road\/demo\//);
});

test('of an answer without end only the beginning is read, and a secret in it is not told on', async () => {
  let sent = 0;
  const endless = createServer((request, response) => {
    request.resume();
    response.writeHead(503);
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, 'x'))) sent += 65_536;
      if (!response.destroyed) response.once('drain', more);
    };
    response.write('see https://cabinet:hunter2@elsewhere.example/ ');
    more();
  });
  await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
  endings.push(async () => {
    endless.closeAllConnections();
    endless.close();
  });
  const { port } = endless.address() as AddressInfo;
  const file = { name: 'a', data: new Uint8Array(1), contentType: 'image/jpeg', sha256: sha256Of('a') };
  const upload = uploader({ url: `http://127.0.0.1:${port}` });
  const outcome = await upload.upload(file, new AbortController().signal);
  assert.is(outcome.kind, 'later');
  const { reason } = outcome as { reason: string };
  assert.match(reason, /^it answered 503: see https:\/\/\*\*\*@elsewhere\.example\/ x+$/);
  assert.ok(sent < 2 ** 25, `${sent} bytes`);
});

test('a message holds the record as it was signed, the crop first, and no more than there is room for', async () => {
  const chain = await someChain(join(dir, 'mqtt'));
  await chain.append(someDraft(), somePictures(1, 40_000));
  const record = (await chain.read(1))!;
  const sendWith = async (over: {
    maxBytes?: number;
    room?: number;
    dailyBytes?: number;
    isThere?: boolean;
    urgent?: UrgentMessages;
  }) => {
    const told: EvidencePayload[] = [];
    const { maxBytes = 100_000, room = 255_000, dailyBytes = 0, isThere = true, urgent = NOTHING_URGENT } = over;
    const ration = someRation({ dailyBytes });
    ration.spend(dailyBytes / 10);
    const send = sendAsMessage({
      publish: (_camera, payload) => isThere && told.push(payload) > 0,
      readPicture: (picture) => chain.readPicture(picture),
      maxBytes,
      ration,
      waitingBytes: () => 0,
      room: () => room,
      uplink: uplinkOf(() => urgent, 50),
      now: () => 0,
    });
    const outcome = await send(record, new AbortController().signal);
    return { outcome: outcome.kind, told };
  };
  const { outcome, told } = await sendWith({});
  assert.equal([outcome, told[0]!.pictures.map(({ role }) => role)], ['taken', ['crop', 'context']]);
  assert.is(sha256Of(told[0]!.signed), chain.head.hash);
  const [crop] = told[0]!.pictures;
  const { pictures } = record.value;
  assert.is(sha256Of(Buffer.from(crop!.data, 'base64')), pictures.find(({ role }) => role === 'crop')!.sha256);
  const names = async (over: Parameters<typeof sendWith>[0]) =>
    (await sendWith(over)).told[0]!.pictures.map(({ role }) => role);
  assert.equal(
    [await names({ maxBytes: 30_000 }), await names({ room: 40_000 }), await names({ room: 5000 })],
    [['crop'], ['crop'], []],
  );
  assert.is((await sendWith({ dailyBytes: 10_000 })).outcome, 'later');
  assert.is((await sendWith({ isThere: false })).outcome, 'later');
  // neither before what waits in the outbox, nor into an outbox that nobody empties
  const behind = await sendWith({ urgent: { waiting: 3, inFlight: 0, isConnected: true } });
  const away = await sendWith({ urgent: { waiting: 0, inFlight: 0, isConnected: false } });
  assert.equal([behind.outcome, behind.told, away.outcome, away.told], ['later', [], 'later', []]);
});

test('over a slow link what it carries is learnt, the next still has so few bytes, and all arrives whole', async () => {
  const chain = await someChain(join(dir, 'slow'));
  await chain.append(someDraft(), somePictures(1, 60_000));
  const { it, url } = await server();
  it.bytesPerS = 100_000;
  const uplink = uplinkOf();
  const readPicture = (picture: Parameters<EvidenceChain['readPicture']>[0]) => chain.readPicture(picture);
  const pushing = queue(
    chain,
    sendAsFiles({ uploader: uploader({ url, uplink }), prefix: '', readPicture, ration: someRation() }),
  );
  assert.is(uplink.stillBytes(0), BOUNDS.mostBytes);
  await pushing.start();
  await eventually('all is sent', () => pushing.health().waiting === 0, 30_000);
  assert.equal([pushing.health().sent, it.files.size], [1, 3]);
  const { bytesPerS } = uplink.rate;
  // a busy machine makes it slower still
  assert.ok(bytesPerS! > 0 && bytesPerS! < 110_000, String(bytesPerS));
  const [free, behind] = [uplink.stillBytes(0), uplink.stillBytes(bytesPerS! * 60)];
  assert.ok(free <= BOUNDS.mostBytes && behind === BOUNDS.leastBytes, `${free} ${behind}`);
  const heads = chain.records[0]!;
  assert.ok(it.received.reduce((sum, { body }) => sum + body.length, 0) <= heads.bytes);
});

test('a file stands still while events and alerts wait for the broker, and goes on where it was', async () => {
  const { it, url } = await server();
  let waiting = 1;
  let looks = 0;
  // an event happens once the first piece is on its way
  const uplink = uplinkOf(() => ({ waiting: looks++ === 0 ? 0 : waiting, inFlight: 0, isConnected: true }), 600_000);
  const sender = uploader({ url, uplink });
  const file = { name: 'a', data: new Uint8Array(50_000).fill(7), contentType: 'image/jpeg', sha256: '00' };
  let isDone = false;
  const sent = sender.upload(file, new AbortController().signal).finally(() => {
    isDone = true;
  });
  await eventually('its first piece is there', () => it.gotBytes === 2000);
  assert.is(isDone, false);
  waiting = 0;
  assert.equal(await sent, { kind: 'taken' });
  assert.equal([it.files.get('/a')!.length, it.files.get('/a')!.every((byte) => byte === 7)], [50_000, true]);
});

test('where events never end a file goes all the same, and where there is no connection they do not hold it up', async () => {
  const { it, url } = await server();
  const file = { name: 'b', data: new Uint8Array(9000), contentType: 'image/jpeg', sha256: '00' };
  const endless = uploader({ url, uplink: uplinkOf(() => ({ waiting: 9, inFlight: 1, isConnected: true }), 100) });
  assert.equal(await endless.upload(file, new AbortController().signal), { kind: 'taken' });
  const away = uploader({ url, uplink: uplinkOf(() => ({ waiting: 9, inFlight: 0, isConnected: false }), 600_000) });
  assert.equal(await away.upload({ ...file, name: 'c' }, new AbortController().signal), { kind: 'taken' });
  assert.is(it.files.size, 2);
});

test('what was not acknowledged counts for nothing but its time, and a refusal for nothing at all', async () => {
  const { it, url } = await server();
  const uplink = uplinkOf();
  const sender = uploader({ url, uplink });
  const file = { name: 'd', data: new Uint8Array(9000), contentType: 'image/jpeg', sha256: '00' };
  it.answer = () => 503;
  assert.is((await sender.upload(file, new AbortController().signal)).kind, 'later');
  assert.is(uplink.rate.bytesPerS, null);
  it.answer = () => null;
  await it.stop();
  assert.is((await sender.upload(file, new AbortController().signal)).kind, 'later');
  assert.is(uplink.rate.bytesPerS, 0);
});

test.run();

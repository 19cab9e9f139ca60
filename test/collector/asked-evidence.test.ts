import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DeviceQuestions } from '../../src/collector/actions/device-questions.js';
import { auditReply } from '../../src/collector/api/action-shapes.js';
import { namedTokenLine, parseNamedTokens } from '../../src/collector/api/named-tokens.js';
import { Collecting } from '../../src/collector/collecting.js';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import { configSchema } from '../../src/config/config.js';
import { noteAccess, readAccesses } from '../../src/evidence/access-log.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { scopeOf } from '../../src/foundation/scope.js';
import { evidenceCommand } from '../../src/runtime/evidence/evidence-command.js';
import { Commands } from '../../src/telemetry/commands/commands.js';
import { generateSigningKey, parsePublicKey } from '../../src/telemetry/commands/keys.js';
import { someChain, someDraft, somePictures } from '../evidence/chains.js';
import { BIRTH, publisherAt } from '../telemetry/mqtt/capture-broker.js';
import { endingsOf, eventually, temporaryFolder } from '../temporary.js';
import { KEY, PUBLIC_KEY } from './actions/fleet-of-two.js';

const folder = temporaryFolder('asked-evidence');
const config = configSchema.parse({});
const endings = endingsOf(test);
const [ANA, BEN, HARBOUR] = ['a-token-of-ana-1', 'a-token-of-ben-1', 'a-token-of-harbour'];
const JPEG = readFileSync(join(PROJECT_ROOT, 'docs/evidence-crop.jpg'));
const stranger = parsePublicKey(generateSigningKey().publicText);

const store = new SqliteFleetStore({ file: join(folder, 'fleet.sqlite'), durable: false });
const collecting = new Collecting({
  store,
  mqtt: { ...config.mqtt, broker: 'embedded', embeddedPort: 0 },
  clientId: 'x',
  topics: [],
  http: { ...config.http, port: 0 },
  tokens: parseNamedTokens(
    [
      namedTokenLine('ana', 'operator', ANA),
      namedTokenLine('ben', 'viewer', BEN),
      namedTokenLine('office', 'viewer', HARBOUR, 'harbour'),
    ].join('\n'),
  ),
  key: KEY,
  version: '1.2.3',
});
const { broker, http } = await collecting.start();
const chain = await someChain(join(folder, 'device'));
for (const camera of ['north', 'south'])
  await chain.append(
    someDraft(camera),
    somePictures(1).map((picture) => ({ ...picture, data: new Uint8Array(JPEG) })),
  );
const id = `${chain.id}-2`;
/** Bytes that the device may still tell. */
const bytes = { left: Number.POSITIVE_INFINITY };

/** A device with its evidence, or without any. */
function device(name: string, { keeps = true, key = PUBLIC_KEY, tenant = null as string | null } = {}) {
  const scope = scopeOf({ site: 'demo', device: name });
  const commands = new Commands({ scope, keys: [key] });
  commands.declare(
    evidenceCommand({
      owners: () => (keeps ? [{ tenant: null, chain }] : []),
      note: noteAccess,
      room: () => 200_000,
      take: (taken) => (bytes.left -= taken) >= 0,
    }),
  );
  const birth = tenant === null ? BIRTH : { ...BIRTH, tenant };
  const publisher = publisherAt(broker, {}, { scope, commands, birth });
  publisher.start();
  return publisher;
}
const publishers = new Map(
  (
    [
      ['whole', {}],
      ['bare', { keeps: false }],
      ['stranger', { key: stranger }],
      ['harbours', { tenant: 'harbour' }],
      ['away', {}],
    ] as const
  ).map(([name, options]) => [name, device(name, options)]),
);
endings.push(async () => {
  for (const publisher of publishers.values()) await publisher.stop('stopped');
  await collecting.stop();
  await store.close();
  await chain.close();
});

async function ask(name: string, body: object, { token = ANA, picture = false } = {}) {
  const reply = await fetch(`${http}/devices/demo/${name}/evidence/ask${picture ? '/picture' : ''}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const isJson = reply.headers.get('content-type') === 'application/json';
  // biome-ignore lint/suspicious/noExplicitAny: whatever is answered is what the test looks at
  const told: any = isJson ? await reply.json() : Buffer.from(await reply.arrayBuffer());
  return { status: reply.status, headers: reply.headers, told };
}
const get = async (path: string, token = BEN): Promise<string> =>
  (await fetch(`${http}${path}`, { headers: { authorization: `Bearer ${token}` } })).text();

test('an operator is shown the list and one picture, and nobody else is: it stays nowhere', async () => {
  await eventually('all are known', () => collecting.state().devices === publishers.size);
  const { told, status } = await ask('whole', { limit: 5 });
  assert.is(status, 200, JSON.stringify(told));
  assert.is(told.unreadable, 0);
  assert.equal(
    // biome-ignore lint/suspicious/noExplicitAny: as above
    told.records.map((one: any) => [one.id, one.camera, one.kind, one.vehicle, one.pictures.length]),
    [
      [id, 'south', 'crossed', 'car', 2],
      [`${chain.id}-1`, 'north', 'crossed', 'car', 2],
    ],
  );
  const picture = await ask('whole', { id, picture: 'crop' }, { picture: true });
  assert.ok(picture.told.equals(JPEG), 'the picture is the one of the device');
  assert.equal(
    ['content-type', 'cache-control', 'x-content-type-options'].map((name) => picture.headers.get(name)),
    ['image/jpeg', 'no-store', 'nosniff'],
  );
  const kept = await get('/devices/demo/whole/history?table=command_results');
  assert.match(kept, /"jpeg":"\*\*\*"/);
  assert.match(kept, /"evidence":"\*\*\*"/);
  assert.not.match(kept, JPEG.toString('base64').slice(0, 64));
  const { entries, broken } = auditReply.parse(JSON.parse(await get('/audit')));
  assert.is(broken, null);
  assert.equal(
    entries.map(({ by, what, detail }) => [by, what, (detail as { body: { id?: string } }).body.id ?? null]),
    [
      ['ana', 'answered', id],
      ['ana', 'asked', id],
      ['ana', 'answered', null],
      ['ana', 'asked', null],
    ],
  );
  assert.ok((await readAccesses(chain.folder, 9)).every(({ by }) => by === `command ${KEY.id}`));
});

test('who may not ask, and what cannot be asked, is told why', async () => {
  for (const [token, name] of [
    [BEN, 'whole'],
    [HARBOUR, 'whole'],
    [HARBOUR, 'harbours'],
  ] as const)
    for (const picture of [false, true])
      assert.is((await ask(name, { id, picture: 'crop' }, { token, picture })).status, 403, `${token} ${name}`);
  const refusal = async (name: string, body: object, picture = false) => {
    const { status, told } = await ask(name, body, { picture });
    return `${status} ${told.error}`;
  };
  await publishers.get('away')!.stop('stopped');
  for (let look = 0; !/"state":"offline"/.test(await get('/devices/demo/away')); look++) {
    assert.ok(look < 600, 'one is away');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.is(await refusal('away', {}), '409 demo/away is offline: it can be asked once it is connected');
  assert.match(await refusal('bare', {}), '409 this device keeps no evidence: evidence.on names no kinds of events');
  assert.match(await refusal('stranger', {}), /^409 the device refuses it \(unknown-key\): /);
  assert.match(await refusal('harbours', {}), '409 demo/harbours is what a tenant is told');
  assert.match(await refusal('nobody', {}), '404 nothing was ever heard of a device demo/nobody');
  assert.match(await refusal('whole', { id: `${chain.id}-9`, picture: 'crop' }, true), '409 id: there is no evidence');
  assert.match(await refusal('whole', { id: '../../etc', picture: 'crop' }, true), /^400 id: /);
  bytes.left = 1000;
  assert.match(
    await refusal('whole', { id, picture: 'crop' }, true),
    '409 the bytes of the day are used up (evidence.push.dailyMiB)',
  );
  bytes.left = Number.POSITIVE_INFINITY;
});

test('an answer that comes late is told to who asks the same again, once; too many questions are refused', async () => {
  let now = 0;
  const questions = new DeviceQuestions(() => now, 1);
  const question = { site: 'demo', device: 'slow', command: 'evidence', body: { limit: 1 } };
  const sent: string[] = [];
  const ask = (by: string, device = 'slow') =>
    questions.ask({ ...question, device }, by, async (asked) => void sent.push(asked));
  assert.is(await ask('ana'), null);
  questions.hear('demo/other', sent[0]!, 'evidence', { ok: false });
  questions.hear('demo/slow', sent[0]!, 'report', { ok: false });
  questions.hear('demo/slow', sent[0]!, 'evidence', { ok: true, result: {} });
  assert.is(await ask('ben'), null, 'it is not his');
  assert.equal(await ask('ana'), { ok: true, result: {} });
  assert.is(sent.length, 2);
  for (const who of ['c', 'd', 'e']) assert.is(await ask(who), null);
  await ask('f').then(
    () => assert.unreachable('it was to be refused'),
    (error: Error) => assert.match(error.message, 'too many questions'),
  );
  now = 120_000;
  assert.is(await ask('f'), null, 'the others are over');
});

test.run();

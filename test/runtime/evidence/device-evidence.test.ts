import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { readAccesses } from '../../../src/evidence/access-log.js';
import { headsFolder, rememberedHeads } from '../../../src/evidence/chain/remembered-head.js';
import { readChainOfDay } from '../../../src/evidence/chain/reported-chain.js';
import type { PersonFinder } from '../../../src/evidence/stills/person-finder.js';
import type { Alert } from '../../../src/foundation/alert-declaration.js';
import { type Log, silentLog } from '../../../src/foundation/log.js';
import { scopeOf, type TenantId } from '../../../src/foundation/scope.js';
import { FrameTaps } from '../../../src/frame/frame-taps.js';
import { PrivacyMask } from '../../../src/frame/privacy-mask.js';
import { HttpServer } from '../../../src/http/server.js';
import { Compressor } from '../../../src/media/compression/compressor.js';
import { decodeImage } from '../../../src/media/image.js';
import { DeviceEvidence } from '../../../src/runtime/evidence/device-evidence.js';
import type { EvidencePayload, EvidenceReportPayload } from '../../../src/telemetry/mqtt/messages/evidence.js';
import { faultsOf } from '../../evidence/chains.js';
import { crossing, infraction, sighting } from '../../evidence/sightings.js';
import { smallDisk } from '../../small-disk.js';
import { endingsOf, eventually, temporaryFolder } from '../../temporary.js';

const dir = temporaryFolder('device-evidence');
const endings = endingsOf(test);

const ALWAYS = { from: 0, to: Number.MAX_SAFE_INTEGER };
const [NORTH_TOKEN, DEVICE_TOKEN] = ['token-of-the-north-0123456789', 'token-of-the-device-0123456789'];

function deviceEvidence(name: string, options: { evidence?: object; finder?: Partial<PersonFinder>; log?: Log } = {}) {
  const config = configSchema.parse({
    device: 'cabinet',
    cameras: [
      { id: 'own', url: 'sim://road', privacyMasks: [[[0, 0], [0.5, 0], [0.5, 0.5], [0, 0.5]]] },
      { id: 'north', url: 'sim://road', tenant: 'north' },
      { id: 'off', url: 'sim://road', evidence: [] },
    ], // biome-ignore format: corners
    tenants: [{ id: 'north', site: 'north-city' }],
    evidence: { on: ['crossed', 'infraction'], waitMs: 0, ...options.evidence },
    store: { dir: join(dir, name) },
  });
  const told: { tenant: TenantId; camera: string; payload: EvidencePayload }[] = [];
  const heads: { tenant: TenantId; payload: EvidenceReportPayload }[] = [];
  const alerts = new Map<string, Alert | null>();
  const it = new DeviceEvidence({
    config,
    scope: scopeOf({ site: 'demo', device: 'cabinet' }),
    finder: { knowsPersons: true, find: async () => [], ...options.finder },
    publisherOf: (tenant) => ({
      evidence: (camera, payload) => told.push({ tenant, camera, payload }) > 0,
      roomForEvidence: () => 255_000,
      overdrawnBytes: () => 0,
      urgent: () => ({ waiting: 0, inFlight: 0, isConnected: true }),
      evidenceHead: (payload) => void heads.push({ tenant, payload }),
    }),
    alerts: { set: (code, alert) => void alerts.set(code, alert) },
    room: () => 200_000,
    compressor: new Compressor(),
    log: options.log ?? silentLog,
  });
  endings.push(() => it.stop());
  const taps = new FrameTaps(
    new Map(config.cameras.map(({ id, privacyMasks }) => [id, new PrivacyMask(privacyMasks)])),
  );
  taps.add(it);
  const happens = (camera: string, event = crossing(1), seq = 1): void => {
    it.event(camera, event);
    const [frame, result] = sighting(seq, [60, 20, 100, 60], { camera });
    assert.is(it.wants(camera), true);
    taps.offer(frame, result);
    assert.is(frame.released, 1);
    taps.offer(...sighting(seq + 1, [60, 20, 100, 60], { camera }));
  };
  const kept = (): number =>
    Number([...it.metrics.find(({ name: metric }) => metric === 'evidence_kept')!.read()][0]?.[1] ?? 0);
  return { it, happens, told, heads, alerts, kept, folder: join(dir, name, 'evidence') };
}

test('without kinds of events nothing is kept, no file is made, and no frame is wanted', async () => {
  const { it, folder } = deviceEvidence('off', { evidence: { on: [] } });
  await it.start();
  it.event('own', crossing(1));
  assert.equal([it.wants('own'), it.wants('unknown'), existsSync(folder)], [false, false, false]);
  const [command] = it.commands;
  await Promise.resolve(command!.handle(command!.payload.parse({}), { by: 'k1', toSite: false, signed: null })).then(
    () => assert.unreachable('it was to be refused'),
    (error: Error) => assert.match(error.message, 'this device keeps no evidence: evidence.on'),
  );
});

test('a camera with an empty list of its own keeps none', async () => {
  const { it } = deviceEvidence('camera-off');
  await it.start();
  assert.equal([it.wants('own'), it.wants('off')], [true, false]);
});

test('each owner has a chain, a folder and a site of its own; heads are told to each', async () => {
  const { it, happens, kept, folder, heads } = deviceEvidence('owners');
  await it.start();
  happens('own');
  happens('north');
  happens('north', infraction(5), 5);
  await eventually('three records', () => kept() === 3);
  const whileItRan = it.chainOfDay('north', ALWAYS);
  assert.is(it.chainOfDay('north', { from: 0, to: 1 })!.records, 0);
  await it.stop();
  const north = join(folder, 'tenants/north');
  assert.equal([await faultsOf(folder), await faultsOf(north)], [[], []]);
  assert.equal([readdirSync(join(folder, 'records')).length, readdirSync(join(north, 'records')).length], [1, 2]);
  const last = heads.filter(({ tenant }) => tenant === 'north').at(-1)!;
  assert.equal([last.payload.record, heads[0]!.payload.record, /^ed25519:/.test(last.payload.publicKey)], [2, 0, true]);
  const { records, kinds, ...head } = whileItRan!;
  assert.equal([records, kinds], [2, { crossed: 1, infraction: 1 }]);
  assert.equal(head, last.payload, 'the head of a report is the one that is told');
  assert.equal([await readChainOfDay(north, ALWAYS), await readChainOfDay(dir, ALWAYS)], [whileItRan, null]);
  assert.is(it.chainOfDay('north', ALWAYS), null, 'stopped');
});

test('who removes the end of a chain, or all of it, with its head is found by what the device remembers elsewhere', async () => {
  const at = 'remembered';
  const written = deviceEvidence(at);
  await written.it.start();
  written.happens('own');
  await eventually('a record', () => written.kept() === 1);
  const older = join(dir, 'older');
  cpSync(written.folder, older, { recursive: true });
  written.happens('own', infraction(5), 5);
  await eventually('two records', () => written.kept() === 2);
  await written.it.stop();
  rmSync(written.folder, { recursive: true });
  cpSync(older, written.folder, { recursive: true });
  assert.equal(await faultsOf(written.folder), [], 'the folder itself shows nothing');
  const again = deviceEvidence(at);
  await again.it.start();
  assert.match(again.alerts.get('evidence-broken')?.message ?? '', /record 2 was written/);
  await again.it.stop();
  rmSync(written.folder, { recursive: true });
  const emptied = deviceEvidence(at);
  await emptied.it.start();
  assert.match(emptied.alerts.get('evidence-broken')?.message ?? '', /the chain [0-9a-f]+ is not there/);
  await emptied.it.stop();
  const heads = await rememberedHeads(headsFolder(join(dir, at), null));
  assert.equal(heads.map(({ n }) => n).sort(), [0, 1, 2], 'each that is gone is kept');
  const whole = deviceEvidence(at);
  await whole.it.start();
  assert.is(whole.alerts.get('evidence-broken'), null);
});

test('what is masked is black in what is written, and what could not be looked at for persons says so', async () => {
  const finder = { find: () => Promise.reject(new Error('no worker serves')) };
  const { it, happens, kept } = deviceEvidence('masked', { finder });
  await it.start();
  happens('own');
  await eventually('a record', () => kept() === 1);
  const server = await served(it);
  const { evidence } = (await server.get('/api/v1/evidence', DEVICE_TOKEN)).json as {
    evidence: { id: string; record: { privacy: object } }[];
  };
  assert.equal(evidence[0]!.record.privacy, { persons: 'all-but-vehicle', found: 0, masks: 1 });
  const { bytes } = await server.get(`/api/v1/evidence/${evidence[0]!.id}/context`, DEVICE_TOKEN);
  const { data, width } = await decodeImage(bytes, 1000);
  const brightness = (x: number, y: number): number => data[(y * width + x) * 3]!;
  assert.ok(brightness(20, 10) < 12 && brightness(140, 80) < 12, `${brightness(20, 10)} ${brightness(140, 80)}`);
  const crop = await decodeImage(
    (await server.get(`/api/v1/evidence/${evidence[0]!.id}/crop`, DEVICE_TOKEN)).bytes,
    1000,
  );
  assert.ok(
    crop.data.every((value) => value < 12),
    'the vehicle lies in the mask with all of its surroundings',
  );
});

test('a full disk is told, also where the oldest evidence makes way for the newest', async () => {
  const disk = smallDisk(join(dir, 'small'), '400k');
  if (disk === null) return;
  const { it, happens, alerts, kept } = deviceEvidence('full', {
    evidence: { on: ['infraction'], path: join(disk.at, 'evidence') },
  });
  await it.start();
  let seq = 1;
  const another = async (what: string, done: () => boolean): Promise<void> => {
    happens('own', infraction(seq), seq);
    seq += 4;
    await eventually(what, done);
  };
  for (let n = 1; n <= 4; n++) await another(`record ${n}`, () => kept() === n);
  assert.is(alerts.get('evidence-disk') ?? null, null);
  disk.fill();
  await another('word of a full disk', () =>
    /makes way for the newest/.test(alerts.get('evidence-disk')?.message ?? ''),
  );
  rmSync(join(disk.at, 'others'));
  await another('an end of it', () => alerts.get('evidence-disk') === null);
  await it.stop();
  assert.equal(await faultsOf(join(disk.at, 'evidence')), []);
  disk.remove();
});

async function served(it: DeviceEvidence) {
  const server = new HttpServer({
    config: configSchema.parse({ http: { port: 0, token: DEVICE_TOKEN } }).http,
    tenants: [{ id: 'north', token: NORTH_TOKEN, cameras: ['north'] }],
    routes: it.routes,
  });
  const { port } = await server.start();
  endings.unshift(() => server.stop());
  const get = async (path: string, token: string) => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } });
    const bytes = new Uint8Array(await reply.arrayBuffer());
    const type = reply.headers.get('content-type') ?? '';
    const json = type.startsWith('application/json') ? (JSON.parse(new TextDecoder().decode(bytes)) as unknown) : null;
    return { status: reply.status, type, bytes, json };
  };
  return { get };
}

type Listed = { evidence: { id: string; record: { camera: string; n: number } }[] };

test('over HTTP everybody sees what is of their own cameras and nothing of others, and every look is taken down', async () => {
  const { it, happens, kept, folder } = deviceEvidence('http');
  await it.start();
  happens('own');
  happens('north');
  await eventually('two records', () => kept() === 2);
  const { get } = await served(it);
  const cameras = async (token: string, query = ''): Promise<string[]> =>
    ((await get(`/api/v1/evidence${query}`, token)).json as Listed).evidence.map(({ record }) => record.camera).sort();
  assert.equal(await cameras(DEVICE_TOKEN), ['north', 'own']);
  assert.equal(await cameras(NORTH_TOKEN), ['north']);
  assert.equal(
    [await cameras(NORTH_TOKEN, '?camera=own'), await cameras(DEVICE_TOKEN, '?camera=own&since=1h')],
    [[], ['own']],
  );
  assert.equal((await get('/api/v1/evidence?limit=0', DEVICE_TOKEN)).status, 400);
  assert.equal((await get('/api/v1/evidence?since=soon', DEVICE_TOKEN)).status, 400);
  const all = ((await get('/api/v1/evidence', DEVICE_TOKEN)).json as Listed).evidence;
  const own = all.find(({ record }) => record.camera === 'own')!.id;
  const north = all.find(({ record }) => record.camera === 'north')!.id;
  const seen = await Promise.all(
    [own, north, `${north}9`, '../../etc'].map(async (id) => {
      const paths = ['', '/context', '/crop'].map((path) =>
        get(`/api/v1/evidence/${encodeURIComponent(id)}${path}`, NORTH_TOKEN),
      );
      return (await Promise.all(paths)).map(({ status, type }) => `${status} ${type}`);
    }),
  );
  const none = Array(3).fill('404 application/json');
  assert.equal(seen, [none, ['200 application/json', '200 image/jpeg', '200 image/jpeg'], none, none]);
  const accesses = await readAccesses(join(folder, 'tenants/north'), 100);
  const ofTenant = accesses
    .filter(({ by }) => by === 'http tenant north')
    .map(({ what, n, detail }) => `${what} ${n} ${detail}`);
  assert.equal(ofTenant.sort(), ['list null 1 records', 'picture 1 context', 'picture 1 crop', 'view 1 undefined']);
});

test('the command lists, shows as it was signed, gives pictures, and says who asked', async () => {
  const { it, happens, kept, folder } = deviceEvidence('command');
  await it.start();
  happens('own');
  await eventually('a record', () => kept() === 1);
  const [command] = it.commands;
  const call = { by: 'k1', toSite: false, signed: null };
  const ask = async (body: object) =>
    (await command!.handle(command!.payload.parse(body), call)) as Record<string, string>;
  const [{ id }] = (await ask({}))['evidence'] as unknown as [{ id: string }];
  assert.match((await ask({ id }))['signed']!, /^\{"answer":/);
  const { width } = await decodeImage(Buffer.from((await ask({ id, picture: 'context' }))['jpeg']!, 'base64'), 1000);
  assert.is(width, 320);
  assert.match(await ask({ id: 'none' }).then(String, (error: Error) => error.message), /there is no evidence none/);
  assert.throws(() => command!.payload.parse({ picture: 'crop' }), /expected id with picture/);
  assert.is(
    (await readAccesses(folder, 9)).every(({ by }) => by === 'command k1'),
    true,
  );
});

test('pushed over MQTT a record goes to its owner’s own broker', async () => {
  const { it, happens, told } = deviceEvidence('mqtt', { evidence: { push: { to: 'mqtt' } } });
  await it.start();
  happens('own');
  happens('north');
  await eventually('both are told', () => told.length === 2);
  assert.equal(told.map(({ tenant, camera }) => `${tenant} ${camera}`).sort(), ['north north', 'null own']);
});

test('what the bytes of the day have no room for waits in the chain, pictures are made smaller, and both are counted', async () => {
  const { it, happens, told, kept } = deviceEvidence('rationed', { evidence: { push: { to: 'mqtt', dailyMiB: 1 } } });
  await it.start();
  const rationed = (): Record<string, number | null> =>
    Object.fromEntries(
      [...it.metrics.find(({ name }) => name === 'evidence_rationed')!.read()].map(([[how], value]) => [
        how!,
        value as number,
      ]),
    );
  assert.equal(rationed(), { bounded: 0, 'left-out': 0, waited: 0 });
  let records = 0;
  while (rationed()['waited'] === 0 && records < 100) {
    happens('own', infraction(2 * records + 1), 2 * records + 1);
    records++;
    await eventually('a record', () => kept() === records);
    await eventually('it went or waits', () => told.length === records || rationed()['waited'] === 1);
  }
  assert.equal([rationed()['waited'], told.length, rationed()['bounded']! > 0], [1, records - 1, true]);
  const bytes = told.map(({ payload }) => JSON.stringify(payload).length);
  const sum = bytes.reduce((all, one) => all + one, 0);
  assert.ok(sum <= 2 ** 20 / 10 && sum + Math.max(...bytes) * 1.5 > 2 ** 20 / 10, `${sum}`);
});

test('a chain that was tampered with is told at the start, and what comes at once beyond the room is counted and told', async () => {
  const first = deviceEvidence('tampered');
  await first.it.start();
  first.happens('own');
  await eventually('a record', () => first.kept() === 1);
  await first.it.stop();
  rmSync(join(first.folder, 'records/0000000001.record'));
  const { it, happens, alerts, kept } = deviceEvidence('tampered', { evidence: { maxPerMinute: 1 } });
  await it.start();
  assert.match(alerts.get('evidence-broken')!.message, /1 of the records 1 to 1 are not there/);
  for (let n = 0; n < 4; n++) happens('own', crossing(2 * n), 2 * n);
  await eventually('one of four', () => kept() === 1);
  await eventually('the others are told', () => alerts.get('evidence-dropped')?.value === 3);
});

test('WebP is written where it is allowed, with its own name and content type, and verified like any other', async () => {
  const { it, happens, kept, folder } = deviceEvidence('webp', { evidence: { formats: ['webp'] } });
  await it.start();
  happens('north');
  await eventually('a record', () => kept() === 1);
  const { get } = await served(it);
  const [{ id }] = ((await get('/api/v1/evidence', DEVICE_TOKEN)).json as Listed).evidence as unknown as [
    { id: string },
  ];
  const { type, bytes } = await get(`/api/v1/evidence/${id}/crop`, DEVICE_TOKEN);
  assert.equal([type, Buffer.from(bytes.subarray(8, 12)).toString()], ['image/webp', 'WEBP']);
  const [command] = it.commands;
  const call = { by: 'k1', toSite: false, signed: null };
  const answer = (await command!.handle(command!.payload.parse({ id, picture: 'crop' }), call)) as Record<
    string,
    string
  >;
  assert.equal([answer['contentType'], 'jpeg' in answer, answer['image']!.length > 100], ['image/webp', false, true]);
  const north = join(folder, 'tenants/north');
  assert.ok(readdirSync(join(north, 'pictures')).every((name) => name.endsWith('.webp')));
  assert.equal(await faultsOf(north), []);
});

test('a model without persons is said at the start, not with the first record, and once', async () => {
  const said: string[] = [];
  const log = { ...silentLog, warn: (text: string) => void said.push(text) } as unknown as typeof silentLog;
  const { it } = deviceEvidence('unknown', { finder: { knowsPersons: false }, log });
  await it.start();
  assert.equal([said.length, said[0]?.includes('knows no persons')], [1, true]);
});

test.run();

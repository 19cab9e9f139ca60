import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_ACTION_CHANGES } from '../../src/collector/actions/action-store.js';
import { whoAmIReply } from '../../src/collector/api/fleet-shapes.js';
import { namedTokenLine, parseNamedTokens } from '../../src/collector/api/named-tokens.js';
import { Collecting, type CollectingOptions } from '../../src/collector/collecting.js';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import { configSchema } from '../../src/config/config.js';
import { temporaryFolder } from '../temporary.js';
import { newDevice } from './new-device.js';

const folder = temporaryFolder('fleet-roles');
const config = configSchema.parse({});
let files = 0;

async function serving(options: Partial<CollectingOptions>, use: (api: string) => Promise<void>): Promise<void> {
  const store = options.store ?? new SqliteFleetStore({ file: join(folder, `${++files}.sqlite`), durable: false });
  const collecting = new Collecting({
    store,
    mqtt: { ...config.mqtt, broker: 'embedded', embeddedPort: 0 },
    clientId: 'x',
    topics: [],
    http: { ...config.http, port: 0 },
    version: '1.2.3',
    ...options,
  });
  try {
    await use((await collecting.start()).http!);
  } finally {
    await collecting.stop();
    if (options.store === undefined) await store.close();
  }
}

const as = (token: string | null): RequestInit =>
  token === null ? {} : { headers: { authorization: `Bearer ${token}` } };
const whoAmI = async (api: string, token: string | null) => {
  const reply = await fetch(`${api}/whoami`, as(token));
  return reply.ok ? whoAmIReply.parse(await reply.json()) : reply.status;
};

test('tokens have a name and a role, and nobody without one is answered', async () => {
  const tokens = parseNamedTokens(
    `# of the fleet\n${namedTokenLine('ana', 'operator', 'a-token-of-ana-1')}\n\n${namedTokenLine('ben', 'viewer', 'a-token-of-ben-1')}`,
  );
  await serving({ tokens }, async (api) => {
    assert.equal(await whoAmI(api, 'a-token-of-ana-1'), {
      name: 'ana',
      role: 'operator',
      tenant: null,
      mayChange: true,
    });
    assert.equal(await whoAmI(api, 'a-token-of-ben-1'), {
      name: 'ben',
      role: 'viewer',
      tenant: null,
      mayChange: false,
    });
    assert.is(await whoAmI(api, 'a-token-of-nobody'), 401);
    assert.is(await whoAmI(api, null), 401);
    assert.is((await fetch(`${api}/devices`, as('a-token-of-ben-1'))).status, 200);
  });
});

test('where nobody was given a token all of this machine may look, and change with the one beside the store', async () => {
  await serving({ changeToken: 'the-token-beside-it' }, async (api) => {
    assert.equal(await whoAmI(api, null), { name: null, role: 'operator', tenant: null, mayChange: false });
    assert.equal(await whoAmI(api, 'the-token-beside-it'), {
      name: null,
      role: 'operator',
      tenant: null,
      mayChange: true,
    });
  });
});

test('a file that does not say what it should is refused, by its line', () => {
  const line = namedTokenLine('ana', 'viewer', 'x');
  assert.throws(() => parseNamedTokens('ana root 00'), 'line 1: expected viewer or operator behind ana');
  assert.throws(() => parseNamedTokens('\nana viewer secret'), 'line 2: expected 64 hex digits');
  assert.throws(() => parseNamedTokens('a/b viewer 00'), 'line 1: expected a name');
  assert.throws(() => parseNamedTokens(`${line}\n${line}`), 'expected each name once, got that of ana again');
  assert.throws(() => parseNamedTokens(`${line}\n${line.replace('ana', 'ben')}`), 'expected each digest once');
});

test('a token with a name may not be that of the configuration too', async () => {
  const tokens = parseNamedTokens(namedTokenLine('ana', 'operator', 'a-token-of-sixteen'));
  const http = { ...config.http, port: 0, token: 'a-token-of-sixteen' };
  await serving({ tokens, http }, async () => assert.unreachable('it was to be refused')).then(
    () => assert.unreachable('it was to be refused'),
    (error: Error) => assert.match(error.message, 'expected another token than that of ana'),
  );
});

test('a tenant is shown its own devices and nothing else, in the same words as what is not there', async () => {
  const tokens = parseNamedTokens(
    `${namedTokenLine('office', 'viewer', 'harbour-token-1', 'harbour')}\n${namedTokenLine('ana', 'viewer', 'viewer-token-1')}`,
  );
  const store = new SqliteFleetStore({ file: join(folder, `${++files}.sqlite`), durable: false });
  const NOTHING = { births: [], streams: [], alerts: [], rows: [], quarantined: [], counts: {} };
  const row = {
    stream: '0123456789ab',
    n: 1,
    ts: 1,
    at: 1,
    receivedAt: 1,
    subject: 'quay',
    kind: 'crossed',
    body: '{}',
  };
  for (const [site, tenant] of [
    ['harbour', 'harbour'],
    ['airport', 'airport'],
    ['demo', null],
  ] as const) {
    const device = await newDevice(store, site, 'cabinet7', 1);
    const rows = [{ ...row, table: 'events' as const, device: device.id }];
    await store.commit({ ...NOTHING, devices: [{ ...device, tenant }], rows });
  }
  const label = { device: 'cabinet7', label: 'secret', has: true };
  await store.actions.change({
    ...NO_ACTION_CHANGES,
    labels: ['harbour', 'airport'].map((site) => ({ site, ...label })),
  });
  await serving({ tokens, store }, async (api) => {
    const get = async (path: string, token = 'harbour-token-1') => {
      const reply = await fetch(`${api}${path}`, as(token));
      return { status: reply.status, text: await reply.text() };
    };
    assert.equal(await whoAmI(api, 'harbour-token-1'), {
      ...{ name: 'office', role: 'viewer', tenant: 'harbour', mayChange: false },
    });
    const sites = async (token: string) =>
      JSON.parse((await get('/devices', token)).text).devices.map(({ site }: { site: string }) => site);
    assert.equal(await sites('harbour-token-1'), ['harbour']);
    assert.equal(await sites('viewer-token-1'), ['airport', 'demo', 'harbour']);
    for (const path of [
      '',
      '/gaps',
      '/history?table=events',
      '/now',
      '/series?families=cpu',
      '/crossings',
      '/evidence',
    ]) {
      assert.is((await get(`/devices/harbour/cabinet7${path}`)).status, 200, path);
      const anothers = await get(`/devices/airport/cabinet7${path}`);
      const nobodys = await get(`/devices/nowhere/cabinet7${path}`);
      assert.equal([anothers.status, anothers.text.replace('airport', 'nowhere')], [404, nobodys.text], path);
      assert.is((await get(`/devices/demo/cabinet7${path}`)).status, 404, path);
    }
    const overview = async (words: string, token?: string) => {
      const { devices, matching, rows, sites, labels } = JSON.parse((await get(`/overview${words}`, token)).text);
      const named = rows.map((one: { site: string; labels: string[] }) => [one.site, ...one.labels]);
      return [devices, matching, named, sites.length, labels.length];
    };
    assert.equal(await overview('', 'viewer-token-1'), [
      ...[3, 3, [['airport', 'secret'], ['demo'], ['harbour', 'secret']], 3, 1],
    ]);
    assert.equal(await overview('?label=secret', 'viewer-token-1'), [
      ...[
        3,
        2,
        [
          ['airport', 'secret'],
          ['harbour', 'secret'],
        ],
        3,
        1,
      ],
    ]);
    assert.equal(await overview(''), [1, 1, [['harbour']], 1, 0]);
    for (const words of ['?label=secret', '?text=secret', '?text=airport', '?site=airport'])
      assert.equal(await overview(words), [1, 0, [], 1, 0], words);
    assert.is((await get('/devices/airport/cabinet7/evidence/0123456789abcdef/1/crop')).status, 404);
    const day = '?day=1970-01-01';
    const reported = async (token: string, words = '') => {
      const { devices, tenants } = JSON.parse((await get(`/report${day}${words}`, token)).text);
      return [devices.map(({ site }: { site: string }) => site), tenants.map((one: { tenant: string }) => one.tenant)];
    };
    assert.equal(await reported('viewer-token-1'), [
      ['airport', 'demo', 'harbour'],
      ['', 'airport', 'harbour'],
    ]);
    for (const words of ['', '&tenant=harbour'])
      assert.equal(await reported('harbour-token-1', words), [['harbour'], ['harbour']]);
    const { report } = JSON.parse((await get(`/report/summary${day}`)).text);
    assert.equal([report.deviceCount, report.tenants.length], [1, 1]);
    const rows = (await get(`/report.csv${day}`)).text.trim().split('\r\n');
    assert.equal(
      rows.map((one) => one.split(',')[0]),
      ['site', 'harbour'],
    );
    for (const path of ['/report', '/report/summary', '/report.csv'])
      for (const another of ['airport', 'nowhere', '']) {
        const { status, text } = await get(`${path}${day}&tenant=${another}`);
        assert.equal([status, text.includes('this token is shown what is of harbour')], [400, true], path + another);
      }
    const { paths } = JSON.parse((await get('/../openapi.json', 'viewer-token-1')).text) as { paths: object };
    const others = Object.keys(paths).filter((path) => path.startsWith('/api/v1/fleet') && !path.includes('{'));
    for (const path of others.filter((one) => !/\/(whoami|devices|report|summary|overview)$/.test(one)))
      assert.ok([403, 404, 405].includes((await get(path.slice('/api/v1/fleet'.length))).status), path);
  });
  await store.close();
});

test('a token of a tenant names it', () => {
  const digest = 'a'.repeat(64);
  assert.equal(parseNamedTokens(`office tenant:harbour ${digest}`), [
    { name: 'office', role: 'viewer', tenant: 'harbour', digest },
  ]);
  assert.throws(() => parseNamedTokens(`office tenant:a/b ${digest}`), /line 1: expected a tenant's id/);
});

test.run();

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import type { HttpRoute } from '../../src/foundation/http-route.js';
import { createLog } from '../../src/foundation/log.js';
import { Runtime } from '../../src/runtime/runtime.js';
import { EmbeddedBroker } from '../../src/telemetry/mqtt/broker.js';
import { type Captured, listener } from '../telemetry/mqtt/capture-broker.js';
import { eventually, temporaryFolder } from '../temporary.js';

const test = suite('nothing of one tenant reaches another');
const folder = temporaryFolder('tenant-isolation');

/** Whoever has cameras here. Each has a word of its own in every name, address and secret that is theirs. */
const WORDS = { device: 'kestrel', harbour: 'heron', railway: 'wagtail' } as const;
type Owner = keyof typeof WORDS;
const OWNERS = Object.keys(WORDS) as Owner[];
/** A name that is nobody's, of the same length, and as far from all others. */
const NOBODY: Readonly<Record<Owner, string>> = { device: 'bzuffle', harbour: 'bzuff', railway: 'bzuffle' };

const token = (owner: Owner): string => `token-of-the-${WORDS[owner]}-0123456789`;
const tenantId = (owner: Exclude<Owner, 'device'>): string => `t-${WORDS[owner]}`;
const site = (owner: Owner): string => `site-${WORDS[owner]}`;

function camerasOf(owner: Owner): object[] {
  const word = WORDS[owner];
  const tenant = owner === 'device' ? {} : { tenant: tenantId(owner) };
  const road = { url: 'sim://road?traffic=rush&seed=3', maxFps: 4 };
  return [
    {
      id: `${word}-road`,
      ...road,
      ...tenant,
      lines: [{ id: `${word}-line`, from: [0, 0.6], to: [1, 0.6], left: `${word}-out`, right: `${word}-in` }],
      zones: [{ id: `${word}-zone`, polygon: [[0, 0.3], [1, 0.3], [1, 1], [0, 1]] }],
    },
    { id: `${word}-away`, url: `rtsp://${word}-user:${word}-password@127.0.0.1:1/${word}-stream`, ...tenant },
    { id: `${word}-gone`, url: join(folder, `${word}-film.mp4`), ...tenant },
  ]; // biome-ignore format: corners
}

/** Everything that one run says, to whom and where. */
interface Heard {
  readonly runtime: Runtime;
  readonly url: string;
  readonly logs: string[];
  readonly events: string[];
  readonly listeners: Readonly<Record<'shared' | 'railway', Awaited<ReturnType<typeof listener>>>>;
  readonly resultsFile: string;
  readonly store: string;
}

let heard: Heard;
let end: () => Promise<void> = async () => undefined;

test.before(async () => {
  const brokers = { shared: new EmbeddedBroker(0), railway: new EmbeddedBroker(0) };
  const urls = { shared: await brokers.shared.start(), railway: await brokers.railway.start() };
  const listeners = { shared: await listener(urls.shared), railway: await listener(urls.railway) };
  for (const { client } of Object.values(listeners)) await client.subscribeAsync('#');
  const store = join(folder, 'store');
  const resultsFile = join(folder, 'results.jsonl');
  const config = configSchema.parse({
    site: site('device'),
    device: 'cabinet',
    cameras: OWNERS.flatMap(camerasOf),
    tenants: [
      { id: tenantId('harbour'), site: site('harbour'), http: { token: token('harbour') } },
      {
        id: tenantId('railway'),
        site: site('railway'),
        http: { token: token('railway') },
        mqtt: { broker: urls.railway, username: 'wagtail-user', password: 'wagtail-password' },
      },
    ],
    mqtt: { broker: urls.shared, username: 'kestrel-user', password: 'kestrel-password', reconnectMinMs: 50 },
    http: { port: 0, token: token('device') },
    store: { dir: store },
    capture: { backoffInitialMs: 100, stallTimeoutMs: 1000 },
    publish: { metricsIntervalMs: 200, summaryMetrics: [], trafficIntervalMin: 1, eventDetail: 'full', dailyBytes: 0 },
    homeAssistant: { enabled: true },
    sparkplug: { enabled: true },
    diary: { enabled: true, everyS: 1 },
    output: { resultsFile, logLevel: 'debug' },
    alerts: { learnHours: 1 },
  });
  const logs: string[] = [];
  const events: string[] = [];
  const log = createLog('debug', { write: (line) => void logs.push(line) }, false);
  const runtime = new Runtime(config, log, { onEvent: (event) => void events.push(JSON.stringify(event)) });
  end = async () => {
    await runtime.stop('stopped');
    for (const each of Object.values(listeners)) await each.end();
    for (const each of Object.values(brokers)) await each.stop();
  };
  await runtime.start();
  const url = logs.map((line) => JSON.parse(line).url as string | undefined).find((one) => one?.startsWith('http:'));
  heard = { runtime, url: url!.replace(/\/$/, ''), logs, events, listeners, resultsFile, store };
  for (const owner of OWNERS) {
    await eventually(
      `events of ${owner}`,
      () => events.some((event) => event.includes(`${WORDS[owner]}-zone`)),
      90_000,
    );
  }
  await heard.runtime.parts.metrics.sample(performance.now());
});

test.after(() => end());

/** Whose words are in a text. */
function wordsIn(text: string): Owner[] {
  const lower = text.toLowerCase();
  return OWNERS.filter((owner) => lower.includes(WORDS[owner]) || lower.includes(encoded(WORDS[owner])));
}

const encoded = (word: string): string =>
  Buffer.from(word).toString('base64').replace(/=+$/, '').slice(0, -1).toLowerCase();

/** With what stands around the word. */
const around = (text: string, owner: Owner): string => {
  const at = text.toLowerCase().indexOf(WORDS[owner]);
  return text.slice(Math.max(0, at - 150), at + 60);
};

function assertOnly(owners: readonly Owner[], text: string, where: string): void {
  for (const owner of wordsIn(text)) {
    assert.ok(owners.includes(owner), `${where} tells of ${owner}: ${around(text, owner)}`);
  }
}

interface Reply {
  readonly status: number;
  readonly body: string;
}

async function ask(path: string, as: string | null, method = 'GET'): Promise<Reply> {
  const headers: Record<string, string> = method === 'POST' ? { 'content-type': 'application/json' } : {};
  if (as !== null) headers['authorization'] = `Bearer ${as}`;
  const reply = await fetch(`${heard.url}${path}`, { method, headers, ...(method === 'POST' && { body: '{}' }) });
  const isEndless = reply.headers.get('content-type') === 'text/event-stream';
  const text = isEndless ? await firstEvents(reply) : await reply.text();
  return { status: reply.status, body: `${JSON.stringify([...reply.headers])}\n${text}` };
}

/** What a stream of events says at first; it goes on for as long as somebody listens. */
async function firstEvents(reply: Response): Promise<string> {
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let done = false; !done && !text.includes('data:'); ) {
    const read = await reader.read();
    done = read.done;
    text += read.value ?? '';
  }
  await reader.cancel();
  return text;
}

const allRoutes = (): HttpRoute[] => heard.runtime.parts.list.flatMap((part) => part.routes ?? []);
/** All but the files of the pages. */
const routes = (): HttpRoute[] => allRoutes().filter(({ openTo }) => openTo !== 'public');

/** A path with the camera of a word, or what else is called so, in its places. */
const placed = (path: string, word: string): string => path.replace(/:\w+/g, `${word}-road`);

/** Ways to ask for what is of a word. */
const queriesFor = (word: string): string[] => [
  `camera=${word}-road`,
  `camera=${word.toUpperCase()}-ROAD`,
  `camera=../${word}-road`,
  `metric=vehicles&camera=${word}-road`,
  `metric=vehicles.${word}-road`,
  `metric=zone_vehicles&zone=${word}-zone`,
  `metric=resident_memory&process=ffmpeg-${word}-away`,
  `metric=tenant_pictures&tenant=t-${word}`,
  `tenant=t-${word}`,
  `code=${word}-lost`,
  `since=${word}`,
  `strategy=${word}`,
  `${word}=1`,
];

const PATHS = ['', '/', '/../metrics', '/..%2fmetrics', '%2f..%2fapi%2fstatus', '//'];

/** Numbers change from one moment to the next, and what a stream of events says of one's own cameras. */
const withoutNumbers = ({ status, body }: Reply, word: string): string =>
  `${status} ${body}`
    .replaceAll(word, 'WORD')
    .replaceAll(word.toUpperCase(), 'WORD')
    .replace(/^data: .*/m, 'data')
    .replace(/\d+(\.\d+)?(e[+-]\d+)?/g, '#');

test('over HTTP, whatever is asked of whichever route, a tenant is told nothing of the device and of another', async () => {
  for (const tenant of ['harbour', 'railway'] as const) {
    for (const { path: pattern, method = 'GET' } of routes()) {
      const path = placed(pattern, WORDS[tenant]);
      for (const query of ['', ...(tenant === 'harbour' ? queriesFor(WORDS[tenant]) : [])]) {
        const { body } = await ask(`${path}${query && '?'}${query}`, token(tenant), method);
        assertOnly([tenant], body, `${method} ${path}?${query} to ${tenant}`);
      }
      for (const tail of PATHS)
        assertOnly([tenant], (await ask(`${path}${tail}`, token(tenant))).body, `${path}${tail}`);
    }
  }
});

test('what is another’s is answered as what is not there', async () => {
  for (const [tenant, other] of [
    ['harbour', 'railway'],
    ['harbour', 'device'],
  ] as const) {
    for (const { path, method = 'GET' } of routes()) {
      const foreign = queriesFor(WORDS[other]);
      for (const [index, nobodys] of queriesFor(NOBODY[other]).entries()) {
        const replies = async () => {
          const one = await ask(`${placed(path, WORDS[other])}?${foreign[index]}`, token(tenant), method);
          const none = await ask(`${placed(path, NOBODY[other])}?${nobodys}`, token(tenant), method);
          return [withoutNumbers(one, WORDS[other]), withoutNumbers(none, NOBODY[other])] as const;
        };
        let [one, none] = await replies();
        // a series may have begun, or an alert, between the two
        for (let i = 0; i < 3 && one !== none; i++) [one, none] = await replies();
        assert.is(one, none, `${path}?${foreign[index]} to ${tenant}`);
      }
    }
  }
});

test('what is open to tenants was opened on purpose, and tells nothing of the machine', async () => {
  const opened = routes().flatMap(({ path, openTo }) => (openTo === undefined ? [] : [`${path} ${openTo}`]));
  assert.equal(opened.sort(), [
    '/alerts tenants',
    '/api/alerts tenants',
    '/api/history tenants',
    '/api/performance tenants',
    '/api/status tenants',
    '/api/traffic tenants',
    '/api/v1/alerts tenants',
    '/api/v1/alerts/history tenants',
    '/api/v1/camera-names tenants',
    '/api/v1/cameras tenants',
    '/api/v1/cameras/:camera/picture tenants',
    '/api/v1/cameras/live tenants',
    '/api/v1/evidence tenants',
    '/api/v1/evidence-verification tenants',
    '/api/v1/evidence-verification tenants',
    '/api/v1/evidence/:id tenants',
    '/api/v1/evidence/:id/context tenants',
    '/api/v1/evidence/:id/crop tenants',
    '/api/v1/happenings tenants',
    '/api/v1/history tenants',
    '/api/v1/history/several tenants',
    '/api/v1/openapi.json tenants',
    '/api/v1/reports tenants',
    '/api/v1/reports/:id tenants',
    '/api/v1/slow-times tenants',
    '/api/v1/traffic tenants',
    '/api/v1/traffic/forecast tenants',
    '/healthz anybody',
    '/metrics tenants',
    '/readyz anybody',
  ]);
  for (const { path, method = 'GET', openTo } of routes()) {
    if (openTo === undefined) assert.is((await ask(path, token('harbour'), method)).status, 403, path);
  }
  for (const { path } of allRoutes().filter(({ openTo }) => openTo === 'public')) {
    assertOnly([], (await ask(path, null)).body, path);
  }
  const series = (await ask('/metrics', token('harbour'))).body.split('\n').filter((line) => line.startsWith('edge_'));
  const others = series.filter((line) => !line.includes(`tenant="${tenantId('harbour')}"`));
  assert.equal(
    others.map((line) => line.split(' ')[0]),
    ['edge_uptime_seconds'],
  );
  const { body } = await ask('/api/status', token('harbour'));
  assert.equal(Object.keys(JSON.parse(body.slice(body.indexOf('\n')))).sort(), [
    'alerts', 'cameras', 'isDetecting', 'latencyMs', 'tenant', 'uptimeS',
  ]); // biome-ignore format: a list of words
});

test('without a token nobody is told of anybody', async () => {
  for (const { path, method = 'GET' } of routes()) {
    for (const asked of [null, 'token-of-the-nobody-0123456789', token('harbour').toUpperCase()]) {
      const { status, body } = await ask(path, asked, method);
      assertOnly([], body, `${path} to nobody`);
      assert.ok([200, 401, 503].includes(status), `${path}: ${status}`);
    }
    for (const owner of OWNERS) assertOnly([], (await ask(`${path}?tenant=t-${WORDS[owner]}`, null)).body, path);
  }
});

/** What is counted and measured is there some seconds after it happened. */
async function untilTold(path: string, owner: Owner): Promise<void> {
  const until = performance.now() + 20_000;
  while (!wordsIn((await ask(path, token(owner))).body).includes(owner)) {
    assert.ok(performance.now() < until, `${path} tells ${owner} nothing of its own`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a tenant is told of its own cameras, and the operator, who may look as each, of all', async () => {
  for (const owner of ['harbour', 'railway'] as const) {
    for (const path of ['/metrics', '/api/status', '/api/history', '/api/traffic', '/alerts']) {
      await untilTold(path, owner);
      const asOperator = await ask(`${path}?tenant=${tenantId(owner)}`, token('device'));
      assert.equal(wordsIn(asOperator.body), [owner], path);
    }
  }
  for (const path of ['/metrics', '/api/status', '/alerts']) {
    assert.equal(wordsIn((await ask(path, token('device'))).body), OWNERS, path);
  }
});

test('in a line of the log, of the results or of the events there is nothing of two', () => {
  const results = readFileSync(heard.resultsFile, 'utf8').split('\n');
  for (const line of [...heard.logs, ...results, ...heard.events]) {
    assert.ok(wordsIn(line).length <= 1, `of ${wordsIn(line)}: ${line.slice(0, 600)}`);
  }
  for (const owner of ['harbour', 'railway'] as const) {
    const of = results.filter((line) => wordsIn(line).includes(owner));
    assert.ok(of.length > 0);
    for (const line of of) assert.is(JSON.parse(line).tenant, tenantId(owner));
  }
});

const TOPICS: Readonly<Record<Owner, readonly [broker: 'shared' | 'railway', prefix: string]>> = {
  device: ['shared', `edge/v1/${site('device')}/cabinet/`],
  harbour: ['shared', `edge/v1/${site('harbour')}/cabinet/`],
  railway: ['railway', `edge/v1/${site('railway')}/cabinet/`],
};

const kindOf = (topic: string): string => topic.split('/')[4]!;

test('over MQTT, on whichever topic, each is told of its own, and a broker of its own hears of nobody else', async () => {
  const { device } = TOPICS;
  for (const [broker, prefix] of Object.values(TOPICS)) {
    const { client } = heard.listeners[broker];
    for (const command of ['ping', 'rebirth']) await client.publishAsync(`${prefix}cmd/${command}`, '{"id":"a"}');
  }
  const of = (owner: Owner): Captured[] => {
    const [broker, prefix] = TOPICS[owner];
    return heard.listeners[broker].messages.filter(({ topic }) => topic.startsWith(prefix));
  };
  await eventually('an answer', () => of('device').some(({ topic }) => topic === `${device[1]}cmd/ping/result`));
  for (const owner of OWNERS) {
    const wanted = ['status', 'metrics', 'event', 'alert', 'report'];
    const told = (): string[] => [...new Set(of(owner).map(({ topic }) => kindOf(topic)))];
    await eventually(`${wanted.join()} of ${owner}`, () => wanted.every((kind) => told().includes(kind)), 20_000);
  }
  for (const [broker, { messages }] of Object.entries(heard.listeners)) {
    for (const { topic, text } of messages) {
      const owner = OWNERS.find((one) => TOPICS[one][0] === broker && topic.startsWith(TOPICS[one][1]));
      // what is told to other systems (Home Assistant, Sparkplug) is the device's own
      assert.ok(owner ?? broker === 'shared', `${topic} at ${broker} is nobody's`);
      assertOnly([owner ?? 'device'], `${topic} ${text}`, `${topic} at ${broker}`);
    }
  }
});

/** Every file beneath a folder. */
function filesIn(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

test('in the files of a tenant there is nothing of another', async () => {
  const own = (owner: 'harbour' | 'railway') => [
    join(heard.store, 'tenants', tenantId(owner)),
    join(heard.store, 'diary', 'tenants', tenantId(owner)),
  ];
  for (const owner of ['harbour', 'railway'] as const) {
    await eventually(
      `the diary of ${owner}`,
      () => existsSync(own(owner)[1]!) && filesIn(own(owner)[1]!).length > 1,
      15_000,
    );
    for (const file of own(owner).filter(existsSync).flatMap(filesIn)) {
      assertOnly([owner], readFileSync(file, 'latin1'), file);
    }
  }
  const ofDevice = [
    ...readdirSync(heard.store),
    ...readdirSync(join(heard.store, 'diary')).map((name) => join('diary', name)),
  ]
    .filter((name) => /^(cache|outbox)\.db|^diary.*\.jpg$/.test(name))
    .map((name) => join(heard.store, name));
  assert.ok(ofDevice.length >= 3, ofDevice.join());
  for (const file of ofDevice) assertOnly(['device'], `${file} ${readFileSync(file, 'latin1')}`, file);
});

test.run();

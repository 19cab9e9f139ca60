import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENT_KINDS } from '../../src/frame/event-kind.js';
import { EmbeddedBroker } from '../../src/telemetry/mqtt/broker.js';
import { has } from '../optional.js';
import { seeded } from '../seeded.js';
import { listener } from '../telemetry/mqtt/capture-broker.js';
import { eventually, temporaryFolder } from '../temporary.js';
import { edgeOptimizer, startEdgeOptimizer } from './command-line.js';

/** Of the HTTP server; the last one is not there. */
const PATHS = [
  'metrics', 'healthz', 'readyz', 'alerts', 'api/alerts', 'api/history', 'api/traffic', 'api/performance',
  'api/status', 'nothing',
]; // biome-ignore format: a list of words

const folder = temporaryFolder('secrets-anywhere');
const random = seeded(7);
const AWKWARD = ' !"#$%&\'()*+,/:;<=>?@[\\]^`{|}~äß€';

/** Begins and ends with what is found in no other word. */
function secret(name: string): string {
  const middle = Array.from({ length: 6 }, () => AWKWARD[Math.floor(random() * AWKWARD.length)]);
  return `${name}Zq${middle.join('')}qZ`;
}

/** In every form in which a program may repeat it. */
function formsOf(text: string, user = 'admin'): string[] {
  const base64 = (one: string): string => Buffer.from(one).toString('base64').replace(/=+$/, '');
  const forms = [text, encodeURIComponent(text), encodeURI(text), JSON.stringify(text).slice(1, -1)];
  return [...forms, ...forms.map((form) => form.toLowerCase()), base64(text), base64(`${user}:${text}`)];
}

/** The private key of the evidence and the token for changes, which the device makes itself: of a key, each line alone would do. */
function madeByItself(store: string): Record<string, string[]> {
  const pem = readFileSync(join(store, 'evidence-key.pem'), 'utf8');
  const [key] = pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
  const token = readFileSync(join(store, 'change-token'), 'utf8').trim();
  // the second half of the key's bytes are the secret; the first say what it is, in every key the same
  const seed = Buffer.from(key!, 'base64').subarray(-32);
  return {
    'evidence-key.pem': [
      key!,
      seed.toString('base64').replace(/=+$/, ''),
      seed.toString('base64url'),
      seed.toString('hex'),
    ],
    'change-token': [token, Buffer.from(token).toString('base64').replace(/=+$/, ''), encodeURIComponent(token)],
  };
}

function assertSilent(said: string, where: string): void {
  for (const [name, value] of Object.entries(secrets)) {
    for (const form of formsOf(value)) {
      assert.not.ok(
        said.includes(form),
        `${where} tells ${name}: ${said.slice(Math.max(0, said.indexOf(form) - 200), said.indexOf(form) + 80)}`,
      );
    }
    // a piece of it would do for a guess
    for (const end of [`${name}Zq`, 'qZ'])
      assert.not.ok(said.includes(end), `${where} tells a piece of ${name}: ${around(said, end)}`);
  }
}

const around = (text: string, piece: string): string =>
  text.slice(Math.max(0, text.indexOf(piece) - 120), text.indexOf(piece) + 60);

const secrets = {
  user: secret('user'),
  path: secret('path').replace(/[&_#]/g, '-'),
  query: secret('query').replace(/[&#]/g, '-'),
  stream: secret('stream'),
  header: secret('header').replaceAll('€', '-'),
  broker: secret('broker'),
  token: secret('token-of-the-http-server').replace(/[^\x21-\x7e]/g, '-'),
  worker: secret('worker'),
};
const coded = Object.fromEntries(
  Object.entries(secrets).map(([name, text]) => [name, encodeURIComponent(text)]),
) as typeof secrets;

const sockets = new Set<Socket>();
async function portOf(server: Server): Promise<number> {
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Cameras that repeat whatever they are told, as refusals do. */
const repeating = createHttpServer((request, response) => {
  const { authorization = '' } = request.headers;
  if (request.url!.startsWith('/video')) response.writeHead(200, { 'content-type': 'video/mp4' }).end('no video');
  else response.writeHead(401, `no ${encodeURI(decodeURIComponent(request.url!))} ${authorization}`).end(authorization);
});
const repeatingRtsp = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (bytes: Buffer) => {
    const address = /^OPTIONS (\S+)/.exec(`${bytes}`)?.[1] ?? '';
    socket.end(`RTSP/1.0 404 ${address} is not here\r\nCSeq: 1\r\n\r\n`);
  });
});

async function site(): Promise<{
  file: string;
  env: NodeJS.ProcessEnv;
  broker: EmbeddedBroker;
  brokerUrl: string;
  httpPort: number;
}> {
  const [http, rtsp] = [await portOf(repeating), await portOf(repeatingRtsp)];
  const broker = new EmbeddedBroker(0);
  const brokerUrl = await broker.start();
  const free = createServer();
  const httpPort = await portOf(free);
  free.close();
  mkdirSync(join(folder, 'site'));
  const file = join(folder, 'site', 'site.yaml');
  const north = join(folder, 'site', 'north.url');
  writeFileSync(north, `rtsp://admin:${coded.user}@127.0.0.1:1/user=admin_password=${coded.path}_channel=1\n`, {
    mode: 0o600,
  });
  const cameras = [
    { id: 'road', url: 'sim://road?traffic=rush', maxFps: 5 },
    { id: 'north', urlFile: 'north.url', inputArgs: ['-user_agent', 'x', '-password', secrets.header] },
    ...['south', 'east', 'west', 'top'].map((id) => ({ id, url: 'sim://road' })),
  ];
  const config = {
    site: 'site1', device: 'dev1', cameras,
    http: { port: httpPort }, publish: { events: [...EVENT_KINDS], eventDetail: 'full', dailyBytes: 0 }, detector: { env: { WORKER_TOKEN: secrets.worker } },
    output: { statusIntervalS: 1, logLevel: 'debug' }, capture: { backoffInitialMs: 100, stallTimeoutMs: 1000 },
  }; // biome-ignore format: a key beside a key
  writeFileSync(file, JSON.stringify(config));
  const env = {
    EDGE_CAMERA_SOUTH_URL: `http://admin:${coded.user}@127.0.0.1:${http}/snap.cgi?loginuse=admin&loginpas=${coded.query}`,
    EDGE_CAMERA_EAST_URL: `rtmp://127.0.0.1:1/live/${coded.stream}`,
    EDGE_CAMERA_WEST_URL: `http://admin:${coded.user}@127.0.0.1:${http}/video?token=${coded.query}`,
    EDGE_CAMERA_TOP_URL: `rtsp://admin:${coded.user}@127.0.0.1:${rtsp}/x?pwd=${coded.query}`,
    EDGE_MQTT_BROKER: brokerUrl.replace('//', `//admin:${coded.broker}@`),
    EDGE_HTTP_TOKEN: secrets.token,
    EDGE_STORE_DIR: join(folder, 'store'),
  };
  return { file, env, broker, brokerUrl, httpPort };
}

test('planted secrets are in no log, output, message, metric, event or endpoint, nor in the words of ffmpeg and of cameras', async () => {
  const { file, env, broker, brokerUrl, httpPort } = await site();
  const central = await listener(brokerUrl);
  const run = startEdgeOptimizer(['run', '--config', file, '--json', '--duration', '5'], env);
  const headers = { authorization: `Bearer ${secrets.token}` };
  const pages: string[] = [];
  const ready = (): boolean => central.messages.some(({ topic }) => topic.includes('/event/'));
  let early = '';
  void run.ended.then(({ stderr }) => (early = stderr || 'it ended'));
  await eventually('an event', () => ready() || early !== '', 120_000);
  assert.ok(ready(), early);
  for (const path of PATHS) {
    pages.push(await (await fetch(`http://127.0.0.1:${httpPort}/${path}`, { headers })).text());
  }
  const { code, stdout, stderr } = await run.ended;
  const messages = central.messages.map(({ topic, text }) => `${topic} ${text}`).join('\n');
  await central.end();
  await broker.stop();
  assert.is(code, 0, stderr);
  const topics = new Set(central.messages.map(({ topic }) => topic.split('/').slice(4).join('/')));
  assert.ok(topics.has('status') && topics.has('event/road'), [...topics].join());
  if (has('ffmpeg')) assert.match(stderr, 'ffmpeg ended');
  assert.match(stderr, 'rtmp://127.0.0.1:1/live/***');
  assertSilent(stdout, 'stdout');
  assertSilent(stderr, 'the log');
  assertSilent(messages, 'MQTT');
  assertSilent(pages.join('\n'), 'HTTP');

  const checks = await Promise.all([
    edgeOptimizer(['config', 'show', '--config', file], env),
    edgeOptimizer(['config', 'show', '--config', file, '--json'], env),
    edgeOptimizer(['config', 'check', file], env),
  ]);
  for (const said of checks) assertSilent(said.stdout + said.stderr, 'config');
});

test('the key of the evidence and the token for changes, which the device makes itself, are in no log, message, page or bundle', async () => {
  const broker = new EmbeddedBroker(0);
  const brokerUrl = await broker.start();
  const central = await listener(brokerUrl);
  const free = createServer();
  const httpPort = await portOf(free);
  free.close();
  const store = join(folder, 'own-secrets');
  const env = { EDGE_STORE_DIR: store };
  const file = join(folder, 'own-secrets.yaml');
  const config = {
    site: 'site1', device: 'dev2', cameras: [{ id: 'road', url: 'sim://road?traffic=rush', maxFps: 5, lines: [{ id: 'across', from: [0, 0.6], to: [1, 0.6] }] }],
    mqtt: { broker: brokerUrl }, http: { port: httpPort }, evidence: { on: ['crossed'] }, output: { logLevel: 'debug' }, store: { dir: store },
  }; // biome-ignore format: a key beside a key
  writeFileSync(file, JSON.stringify(config));
  const run = startEdgeOptimizer(['run', '--config', file, '--json', '--duration', '6'], env);
  let early = '';
  void run.ended.then(({ stderr }) => (early = stderr || 'it ended'));
  const hasHead = (): boolean => central.messages.some(({ topic }) => topic.endsWith('report/evidence'));
  await eventually('the head of the evidence', () => hasHead() || early !== '', 120_000);
  assert.ok(hasHead(), early);
  const pages: string[] = [];
  for (const path of [...PATHS, 'api/v1/evidence', 'api/v1/config', '']) {
    pages.push(await (await fetch(`http://127.0.0.1:${httpPort}/${path}`)).text());
  }
  const { stdout, stderr } = await run.ended;
  await central.end();
  await broker.stop();
  const bundle = join(folder, 'own-secrets.tar.gz');
  const packed = await edgeOptimizer(['diagnose', '--config', file, '--bundle', bundle], env);
  const said = {
    stdout, 'the log': stderr, MQTT: central.messages.map(({ topic, text }) => `${topic} ${text}`).join('\n'),
    HTTP: pages.join('\n'), diagnose: packed.stdout + packed.stderr, 'the bundle': gunzipSync(readFileSync(bundle)).toString('latin1'),
  }; // biome-ignore format: a key beside a key
  assert.ok(said['the bundle'].length > 1000 && said.MQTT.includes('ed25519:'), packed.stderr);
  for (const [name, forms] of Object.entries(madeByItself(store))) {
    for (const [where, text] of Object.entries(said)) {
      for (const form of forms) assert.not.ok(text.includes(form), `${where} tells ${name}: ${around(text, form)}`);
    }
  }
});

test('neither are they where an address cannot be used because of them', async () => {
  const file = join(folder, 'bare.yaml');
  const cameras = ['a', 'b', 'c'].map((id) => ({ id, url: 'sim://road' }));
  writeFileSync(file, JSON.stringify({ cameras }));
  const bare: NodeJS.ProcessEnv = {
    EDGE_CAMERA_A_URL: `rtsp://admin:${secrets.user}#/@127.0.0.1/x`,
    EDGE_CAMERA_B_URL: `admin:${secrets.stream}@127.0.0.1/x`,
    EDGE_CAMERA_C_URL: `rtps://admin:1234/${secrets.header}@127.0.0.1`,
    EDGE_MQTT_BROKER: `mqtt://admin:${secrets.broker}/1@127.0.0.1`,
    EDGE_MQTT_PASSWORD: secrets.worker,
    EDGE_HTTP_TOKEN: 'tokenZq',
    EDGE_STORE_DIR: join(folder, 'store'),
  };
  const written = join(folder, 'written.yaml');
  writeFileSync(
    written,
    `cameras:\n  - {id: a, url: "rtsp://admin:${coded.user}@cam/1"}\nmqtt:\n  password: *pathZq\n  usernam: x\n`,
  );
  const commands: [readonly string[], NodeJS.ProcessEnv][] = [
    [['config', 'check', file], bare],
    [['config', 'check', file, '--json'], bare],
    [['config', 'check', written], {}],
    [['run', '--source', bare['EDGE_CAMERA_A_URL']!, '--broker', bare['EDGE_MQTT_BROKER']!], {}],
    [['detect', `http://admin:${secrets.user}#/@127.0.0.1:1/x.jpg`], {}],
    [[`rtsp://admin:${secrets.user}@cam/1`], {}],
    [['run', `--password=${coded.user}`], {}],
    [['run', '--max-fps', `rtsp://admin:${coded.user}@cam/1`], {}],
    [['models', 'pull', `https://admin:${secrets.user}/@127.0.0.1:1/x.onnx`], {}],
    [['models', 'pull', `https://admin:${coded.user}@127.0.0.1:1/x.onnx?sig=${coded.query}`], {}],
  ];
  const ended = await Promise.all(commands.map(([args, env]) => edgeOptimizer(args, env)));
  for (const [index, { code, stdout, stderr }] of ended.entries()) {
    assert.ok(code === 1 || code === 2, stdout + stderr);
    assertSilent(stdout + stderr, commands[index]![0].slice(0, 2).join(' '));
  }
});

test('an error that nobody expected is told without them', async () => {
  // once the program is there to tell it: what comes before, Node tells
  const fault = `const waits = setInterval(() => {
    if (process.listenerCount('uncaughtException') === 0) return;
    clearInterval(waits);
    new URL("rtsp://admin:${secrets.token}@:x:/");
  }, 100).unref()`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` };
  const { code, stdout, stderr } = await edgeOptimizer(
    ['run', '--source', 'sim://road', '--broker', 'off', '--no-http'],
    env,
  );
  assert.is(code, 1, stderr);
  assert.match(stderr, 'TypeError: Invalid URL');
  assertSilent(stdout + stderr, 'the crash');
});

test.after(() => {
  for (const socket of sockets) socket.destroy();
  repeating.close();
  repeatingRtsp.close();
});

test.run();

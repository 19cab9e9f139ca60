import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerDetector } from '../../src/detect/host/worker-detector.js';
import { EdgeError } from '../../src/foundation/errors.js';
import { type DownloadOptions, download } from '../../src/models/download.js';
import { PUBLISHED_MODELS } from '../../src/models/published-models.js';
import { type PullModelOptions, pullIntoRegistry } from '../../src/models/pull-model.js';
import { blankScenes } from '../../src/models/recognition/probe-scenes.js';
import { constantModel } from '../fixtures/onnx-builder.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';

const needsOpenssl = needs('openssl', test);

for (const name of ['http_proxy', 'https_proxy', 'no_proxy']) {
  delete process.env[name];
  delete process.env[name.toUpperCase()];
}

const folder = temporaryFolder('pull-model');
const MODEL = constantModel({ name: 'images', dims: [1, 3, 32, 64] }, [
  { name: 'detections', dims: [1, 5000, 6], data: new Float32Array(30_000).map((_, i) => rowValue(i)) },
]);

/** Boxes all over the picture, of 12 by 9 pixels, with scores under 0.2. */
function rowValue(index: number): number {
  const random = (((index - (index % 6)) * 7919) % 251) / 251;
  const [x, y] = [random * 50, random * 20];
  return [x, y, x + 12, y + 9, random / 5, random / 9][index % 6]!;
}

const sha256 = createHash('sha256').update(MODEL).digest('hex');

let servers: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.after.each(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
});

/** Answers like a file server: ranges, ETag. */
function send(request: IncomingMessage, response: ServerResponse, content = MODEL, etag = '"1"'): void {
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const condition = request.headers['if-range'];
  const from = range && (condition === undefined || condition === etag) ? Number(range[1]) : 0;
  const headers = { etag, 'content-length': content.length - from };
  if (from > 0)
    response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` });
  else response.writeHead(200, headers);
  response.end(content.subarray(from));
}

let count = 0;

function options(url: string, change: Partial<DownloadOptions> = {}): DownloadOptions {
  return { url, to: join(folder, `d${count++}.onnx`), sha256, timeoutMs: 5000, retryMs: 5, ...change };
}

async function failureOf(promise: Promise<unknown>): Promise<EdgeError> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (reason: Error) => reason,
  );
  assert.instance(error, EdgeError, error.stack ?? '');
  assert.is((error as EdgeError).code, 'E_DOWNLOAD');
  return error as EdgeError;
}

test('a file is fetched, with progress, and put in place whole', async () => {
  const url = await serve((request, response) => send(request, response));
  const seen: (number | null)[][] = [];
  const wanted = options(url, { bytes: MODEL.length, onProgress: (received, total) => seen.push([received, total]) });
  await download(wanted);
  assert.equal(readFileSync(wanted.to), MODEL);
  assert.equal(seen[0], [0, MODEL.length]);
  assert.equal(seen.at(-1), [MODEL.length, MODEL.length]);
  assert.not.ok(existsSync(`${wanted.to}.part`) || existsSync(`${wanted.to}.part.etag`));
});

test('a transfer that breaks is resumed where it broke', async () => {
  const ranges: (string | undefined)[] = [];
  let cut: () => void = () => undefined;
  const url = await serve((request, response) => {
    ranges.push(request.headers.range);
    if (ranges.length > 1) return send(request, response);
    response.writeHead(200, { etag: '"1"', 'content-length': MODEL.length });
    response.write(MODEL.subarray(0, 100_000));
    cut = () => response.destroy();
  });
  const wanted = options(url, { onProgress: (received) => received > 0 && cut() });
  await download(wanted);
  assert.equal(readFileSync(wanted.to), MODEL);
  assert.is(ranges.length, 2);
  assert.match(ranges[1]!, /^bytes=[1-9]\d*-$/);
});

test('a later call resumes what an earlier one left', async () => {
  const ranges: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    ranges.push(request.headers.range);
    send(request, response);
  });
  const wanted = options(url);
  writeFileSync(`${wanted.to}.part`, MODEL.subarray(0, 1000));
  await download(wanted);
  assert.equal(readFileSync(wanted.to), MODEL);
  assert.equal(ranges, ['bytes=1000-']);
});

test('when the file behind the URL has changed, it is fetched from the start', async () => {
  const url = await serve((request, response) => send(request, response, MODEL, '"2"'));
  const wanted = options(url);
  writeFileSync(`${wanted.to}.part`, 'the beginning of another file');
  writeFileSync(`${wanted.to}.part.etag`, '"1"');
  await download(wanted);
  assert.equal(readFileSync(wanted.to), MODEL);
});

test('a damaged part is noticed by its sum, and everything is fetched again', async () => {
  const url = await serve((request, response) => send(request, response));
  const wanted = options(url);
  writeFileSync(`${wanted.to}.part`, Buffer.alloc(1000));
  await download(wanted);
  assert.equal(readFileSync(wanted.to), MODEL);
});

test('a proxy setting that is no URL is told', async () => {
  process.env['http_proxy'] = 'not a url';
  try {
    await failureOf(download(options('http://127.0.0.1:1/')));
  } finally {
    delete process.env['http_proxy'];
  }
});

test('a server without ranges is asked again for everything', async () => {
  const url = await serve((_, response) => response.end(MODEL));
  const wanted = options(url);
  writeFileSync(`${wanted.to}.part`, MODEL.subarray(0, 1000));
  await download(wanted);
  assert.equal(readFileSync(wanted.to), MODEL);
});

test('a part that the server cannot continue is thrown away', async () => {
  const url = await serve((request, response) => {
    if (request.headers.range === undefined) send(request, response);
    else response.writeHead(416).end();
  });
  const wanted = options(url);
  writeFileSync(`${wanted.to}.part`, Buffer.alloc(MODEL.length + 5));
  await download(wanted);
  assert.equal(readFileSync(wanted.to), MODEL);
});

test('wrong content is thrown away and told with both sums', async () => {
  const url = await serve((request, response) => send(request, response, Buffer.from('something else')));
  const wanted = options(url);
  const { message } = await failureOf(download(wanted));
  assert.match(
    message,
    new RegExp(`has sha256 [0-9a-f]{64}, expected ${sha256}: it is a text of 14 bytes .*; it was thrown away`),
  );
  assert.not.ok(existsSync(wanted.to) || existsSync(`${wanted.to}.part`));
});

test('404 says so and what else can be done', async () => {
  const url = await serve((_, response) => response.writeHead(404).end());
  const { message } = await failureOf(download(options(`${url}/yolox.onnx?token=abc`)));
  assert.match(message, /cannot download .*yolox\.onnx\?token=\*\*\*: the server answered 404\. .*`models add FILE`/);
});

test('a server that is busy is asked again', async () => {
  let asked = 0;
  const url = await serve((request, response) =>
    asked++ === 0 ? response.writeHead(503).end() : send(request, response),
  );
  await download(options(url));
  assert.is(asked, 2);
});

test('without a network the failure names the reason', async () => {
  const url = await serve(() => undefined);
  servers[0]!.close();
  await new Promise((resolve) => servers[0]!.once('close', resolve));
  assert.match((await failureOf(download(options(url)))).message, /ECONNREFUSED.*HTTPS_PROXY.*models add FILE/);
});

test('more bytes than the expected size are not taken', async () => {
  const declared = await serve((request, response) => send(request, response));
  assert.match((await failureOf(download(options(declared, { bytes: 10 })))).message, /is \d+ bytes long, expected 10/);
  const silent = await serve((_, response) => {
    response.write(MODEL);
    response.end(MODEL);
  });
  const wanted = options(silent, { bytes: MODEL.length });
  assert.match((await failureOf(download(wanted))).message, /more than the expected \d+ bytes came/);
});

test('redirects are followed, but not for ever', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/file') send(request, response);
    else response.writeHead(302, { location: request.url === '/start' ? '/file' : '/round' }).end();
  });
  const wanted = options(`${url}/start`);
  await download(wanted);
  assert.equal(readFileSync(wanted.to), MODEL);
  await failureOf(download(options(`${url}/round`)));
});

needsOpenssl('what was asked for over https is not fetched over http, wherever that redirects to', async () => {
  const plain = await serve((request, response) => send(request, response));
  const made = spawnSync(
    'openssl',
    'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout key.pem -out cert.pem'.split(' '),
    { cwd: folder },
  );
  assert.is(made.status, 0, String(made.stderr));
  const secret = createSecureServer(
    { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) },
    (_, response) => response.writeHead(302, { location: `${plain}/model.onnx` }).end(),
  );
  servers.push(secret as unknown as Server);
  await new Promise<void>((resolve) => secret.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(secret.address() as AddressInfo).port}/model.onnx`;
  // the certificate is nobody's
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    const { message } = await failureOf(download(options(url)));
    assert.match(message, `leads to ${plain}, which is not https: not followed`);
  } finally {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  }
});

test('a server that falls silent is given up', async () => {
  const url = await serve((_, response) => void response.writeHead(200).write('a'));
  await failureOf(download(options(url, { timeoutMs: 200 })));
});

test('the proxy of the environment is used', async () => {
  const target = await serve((request, response) => send(request, response));
  const asked: string[] = [];
  const proxy = await serve(() => undefined);
  servers.at(-1)!.on('connect', (request, socket) => {
    asked.push(request.url!);
    const [host, port] = request.url!.split(':');
    const upstream = connect(Number(port), host!, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  process.env['http_proxy'] = proxy;
  try {
    const wanted = options(target);
    await download(wanted);
    assert.equal(readFileSync(wanted.to), MODEL);
    assert.equal(asked, [new URL(target).host]);
  } finally {
    delete process.env['http_proxy'];
  }
});

function pull(dir: string, change: Partial<PullModelOptions>) {
  return pullIntoRegistry({
    modelsDir: join(folder, dir),
    target: 'nothing',
    scenes: blankScenes(),
    createDetector: () => new WorkerDetector({ deadlineMs: 10_000, loadDeadlineMs: 20_000 }),
    ...change,
  });
}

test('a URL with its sha256 and family is fetched, tried out and added; a second call has nothing to do', async () => {
  let asked = 0;
  const url = await serve((request, response) => {
    asked++;
    send(request, response);
  });
  const wanted = {
    target: `${url}/some%20model.onnx?x=1`,
    sha256: sha256.toUpperCase(),
    model: { family: 'roadside', classes: ['car', 'bus'] },
  } as const;
  const pulled = await pull('url', wanted);
  assert.is(pulled.added?.manifest.name, 'some-20model');
  assert.is(pulled.added?.manifest.origin, `downloaded from ${url}/some%20model.onnx`);
  assert.equal(readdirSync(join(folder, 'url')), ['some-20model']);
  assert.is((await pull('url', wanted)).added, null);
  assert.is(asked, 1);
});

test('a published model needs no more than its name', async () => {
  const url = await serve((request, response) => send(request, response));
  const model = { family: 'roadside', classes: ['car', 'bus'], licence: 'Apache-2.0' } as const;
  const published = [{ name: 'known', url: `${url}/k.onnx`, bytes: MODEL.length, sha256, model }];
  const { added } = await pull('published', { target: 'known', published });
  assert.is(added?.manifest.licence, 'Apache-2.0');
  assert.equal(
    added?.manifest.variants.map(({ id }) => id),
    ['fp32-64x32'],
  );
});

test('a name that is taken is refused before anything is fetched', async () => {
  let asked = 0;
  const url = await serve((request, response) => {
    asked++;
    send(request, response);
  });
  mkdirSync(join(folder, 'taken', 'm'), { recursive: true });
  const error = await pull('taken', { target: url, name: 'm', sha256, model: { family: 'roadside' } }).catch(
    (reason) => reason,
  );
  assert.match(error.message, /there is a model m already/);
  assert.is(asked, 0);
});

test('a model that does not run is not kept', async () => {
  const url = await serve((request, response) => send(request, response));
  const error = await pull('unfit', { target: url, name: 'm', sha256, model: { family: 'yolox' } }).catch(
    (reason) => reason,
  );
  assert.match(error.message, /a yolox model must give/);
  assert.equal(readdirSync(join(folder, 'unfit')), []);
});

test('what can be refused without asking anybody is', async () => {
  mkdirSync(join(folder, 'refused'));
  const message = async (change: Partial<PullModelOptions>) => (await failureOf(pull('refused', change))).message;
  assert.match(await message({ target: 'https://example.org/m.onnx' }), /give --sha256/);
  assert.match(await message({ target: 'yolox-nanno' }), /did you mean yolox-nano\?/);
  assert.match(await message({ target: 'ftp://example.org/m.onnx' }), /there is no published model/);
  assert.match(await message({ target: 'yolox-s', sha256: 'abc' }), /--sha256 must be 64 hex digits/);
  assert.match(await message({ target: 'yolox-s', sha256: '0'.repeat(64) }), /yolox-s has sha256 c5c2d13e/);
  assert.equal(readdirSync(join(folder, 'refused')), []);
});

test('the published files are those of YOLOX release 0.1.1rc0', () => {
  assert.equal(
    PUBLISHED_MODELS.map(({ name, bytes, url }) => [name, bytes, url.split('/').slice(-2).join('/')]),
    [
      ['yolox-nano', 3659407, '0.1.1rc0/yolox_nano.onnx'],
      ['yolox-tiny', 20219662, '0.1.1rc0/yolox_tiny.onnx'],
      ['yolox-s', 35858002, '0.1.1rc0/yolox_s.onnx'],
    ],
  );
});

test('a folder of models that cannot be made is told in one sentence, before anything is fetched', async () => {
  const dir = join(folder, 'occupied');
  writeFileSync(dir, '');
  const error = await pull('occupied', { target: 'yolox-nano' }).catch((reason: Error) => reason);
  assert.match(
    String(error),
    /cannot write into the models folder .*occupied: .*occupied is a file, not a folder: move it away/,
  );
});

test.run();

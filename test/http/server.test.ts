import { get } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HttpConfig } from '../../src/config/config.js';
import { ConfigError, EdgeError } from '../../src/foundation/errors.js';
import { HEALTHZ, HttpServer, json } from '../../src/http/server.js';

const TOKEN = 'a-token-of-24-characters';
let readiness: { ready: boolean; reasons: string[] } = { ready: true, reasons: [] };

function server(config: Partial<HttpConfig> = {}, metrics = async () => 'edge_up 1\n'): HttpServer {
  return new HttpServer({
    config: { enabled: true, host: '127.0.0.1', port: 0, ...config },
    routes: [
      { path: '/metrics', handle: async () => ({ contentType: 'text/plain; version=0.0.4', body: await metrics() }) },
      HEALTHZ,
      { path: '/readyz', handle: () => json(readiness, readiness.ready ? 200 : 503) },
    ],
  });
}

async function serving<T>(http: HttpServer, use: (url: string, port: number) => Promise<T>): Promise<T> {
  const { host, port } = await http.start();
  try {
    return await use(`http://${host}:${port}`, port);
  } finally {
    await http.stop();
  }
}

test('each route answers with its status, its media type and its body', async () => {
  await serving(server(), async (url) => {
    const metrics = await fetch(`${url}/metrics`);
    assert.is(metrics.headers.get('content-type'), 'text/plain; version=0.0.4');
    assert.is(await metrics.text(), 'edge_up 1\n');
    assert.equal(await (await fetch(`${url}/healthz`)).json(), { alive: true });

    assert.is((await fetch(`${url}/readyz`)).status, 200);
    readiness = { ready: false, reasons: ['camera north: no picture'] };
    const notReady = await fetch(`${url}/readyz`);
    assert.is(notReady.status, 503);
    assert.equal(await notReady.json(), { ready: false, reasons: ['camera north: no picture'] });
    readiness = { ready: true, reasons: [] };
  });
});

test('a route is told what was asked of it', async () => {
  const echo = new HttpServer({
    config: { enabled: true, host: '127.0.0.1', port: 0 },
    routes: [{ path: '/api/echo', handle: (query) => json([...query]) }],
  });
  await serving(echo, async (url) => {
    assert.equal(await (await fetch(`${url}/api/echo?since=24h&camera=a%20b`)).json(), [
      ['since', '24h'],
      ['camera', 'a b'],
    ]);
    assert.equal(await (await fetch(`${url}/api/echo`)).json(), []);
  });
});

test('there is nothing else, and no other method, and the answer says what there is', async () => {
  await serving(server(), async (url) => {
    const missing = await fetch(`${url}/`);
    assert.is(missing.status, 404);
    assert.is(await missing.text(), 'there is only GET of /metrics, /healthz, /readyz\n');
    assert.is((await fetch(`${url}/metrics/../etc`)).status, 404);
    const posted = await fetch(`${url}/metrics`, { method: 'POST', body: 'x' });
    assert.equal([posted.status, posted.headers.get('allow')], [405, 'GET, HEAD']);
    assert.is((await fetch(`${url}/metrics`, { method: 'HEAD' })).status, 200);
  });
});

test('another method on a path with places is refused with those that there are', async () => {
  const ok = () => json('ok');
  const http = new HttpServer({
    config: { enabled: true, host: '127.0.0.1', port: 0, token: TOKEN },
    routes: [
      { path: '/cameras/:camera/picture', handle: ok },
      { path: '/knobs/:knob', handle: ok },
      { path: '/knobs/:knob', method: 'POST', handle: ok },
      { path: '/knobs/all', method: 'POST', handle: ok },
    ],
  });
  await serving(http, async (url) => {
    const refused = async (method: string, path: string): Promise<[number, string | null]> => {
      const reply = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${TOKEN}` } });
      return [reply.status, reply.headers.get('allow')];
    };
    assert.equal(await refused('POST', '/cameras/north/picture'), [405, 'GET, HEAD']);
    assert.equal(await refused('DELETE', '/cameras/north%20gate/picture'), [405, 'GET, HEAD']);
    assert.equal(await refused('PUT', '/knobs/workers'), [405, 'GET, HEAD, POST']);
    assert.equal(await refused('OPTIONS', '/knobs/all'), [405, 'GET, HEAD, POST']);
    assert.equal(await refused('POST', '/cameras/north'), [404, null]);
    assert.equal(await refused('DELETE', '/cameras/north/picture/large'), [404, null]);
    assert.is((await fetch(`${url}/cameras/north/picture`, { method: 'DELETE' })).status, 401);
  });
});

/** What is answered to a request for another name than the address it is sent to. */
function askedAs(host: string, port: number, token?: string): Promise<{ status: number; body: string }> {
  const headers = { host, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/healthz', headers }, async (response) =>
      resolve({ status: response.statusCode!, body: await text(response) }),
    ).on('error', reject);
  });
}

test('a name that is none of this machine is refused, as a page of others would use it, unless the token comes along', async () => {
  await serving(server(), async (_, port) => {
    assert.equal(await askedAs(`rebound.example:${port}`, port), {
      status: 421,
      body: 'without a token this answers to localhost and 127.0.0.1 only: ask for one of these, or set http.tokenFile\n',
    });
    assert.is((await askedAs(`localhost:${port}`, port)).status, 200);
  });
  await serving(server({ token: TOKEN }), async (_, port) => {
    assert.is((await askedAs('cabinet7.example', port, TOKEN)).status, 200);
    assert.is((await askedAs('cabinet7.example', port)).status, 401);
  });
});

test('what changes something is posted as JSON, which no form of a web page is', async () => {
  const http = new HttpServer({
    config: { enabled: true, host: '127.0.0.1', port: 0 },
    routes: [HEALTHZ, { path: '/do', method: 'POST', handle: (query) => json({ done: query.get('what') }) }],
    changeToken: TOKEN,
  });
  await serving(http, async (url) => {
    const post = (contentType: string, token = TOKEN) =>
      fetch(`${url}/do?what=it`, {
        method: 'POST',
        headers: { 'content-type': contentType, authorization: `Bearer ${token}` },
        body: '{}',
      });
    // a route that does not say otherwise changes something
    assert.is((await post('application/json', 'another-token-of-24-chars')).status, 401);
    assert.equal(await (await post('application/json; charset=utf-8')).json(), { done: 'it' });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) assert.is((await post(type)).status, 415);
    const got = await fetch(`${url}/do`);
    assert.equal([got.status, got.headers.get('allow')], [405, 'POST']);
    assert.is(await (await fetch(`${url}/`)).text(), 'there is only GET of /healthz and POST of /do\n');
  });
});

test('who asks on without reading the reply is answered once, and the others are', async () => {
  let asked = 0;
  const big = async () => {
    asked++;
    return 'x'.repeat(20_000_000);
  };
  await serving(server({}, big), async (url, port) => {
    const greedy = connect(port, '127.0.0.1');
    greedy.on('error', () => undefined).pause();
    const ended = new Promise((resolve) => greedy.once('close', resolve));
    greedy.write('GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(500));
    // the end is seen once it reads
    setTimeout(() => greedy.resume(), 100);
    await ended;
    assert.is(asked, 1);
    assert.is((await fetch(`${url}/healthz`)).status, 200);
  });
});

test('a path has one route', () => {
  const config: HttpConfig = { enabled: true, host: '127.0.0.1', port: 0 };
  assert.throws(() => new HttpServer({ config, routes: [HEALTHZ, HEALTHZ] }), /there is a route GET \/healthz already/);
});

test('a route may answer with bytes', async () => {
  const icon = {
    path: '/icon.png',
    handle: () => ({ contentType: 'image/png', body: Uint8Array.of(137, 80, 78, 71) }),
  };
  const http = new HttpServer({ config: { enabled: true, host: '127.0.0.1', port: 0 }, routes: [icon] });
  await serving(http, async (url) => {
    const response = await fetch(`${url}/icon.png`);
    assert.is(response.headers.get('content-type'), 'image/png');
    assert.equal([...new Uint8Array(await response.arrayBuffer())], [137, 80, 78, 71]);
  });
});

test('with a token every request must carry it', async () => {
  await serving(server({ token: TOKEN }), async (url) => {
    const status = async (authorization?: string) =>
      (await fetch(`${url}/metrics`, { headers: authorization ? { authorization } : {} })).status;
    assert.is(await status(), 401);
    assert.is(await status('Bearer wrong'), 401);
    assert.is(await status(TOKEN), 401);
    assert.is(await status(`Bearer ${TOKEN}`), 200);
  });
});

test('beyond loopback a token is needed', async () => {
  const rejects = async (config: Partial<HttpConfig>, message: RegExp): Promise<void> => {
    try {
      await server(config).start();
    } catch (error) {
      assert.instance(error, ConfigError);
      assert.match((error as Error).message, message);
      return;
    }
    assert.unreachable('it started');
  };
  await rejects({ host: '0.0.0.0' }, /http\.host: expected a loopback address where there is no token, got 0\.0\.0\.0/);
  await rejects({ host: '127.evil.example' }, /http\.host/);
  await serving(server({ host: '0.0.0.0', token: TOKEN }), async () => {});
});

test('a taken port is a clear error', async () => {
  await serving(server(), async (_url, port) => {
    try {
      await server({ port }).start();
      assert.unreachable('it started');
    } catch (error) {
      assert.instance(error, EdgeError);
      assert.match((error as Error).message, `port ${port} is taken; set http.port to a free one or to 0`);
    }
  });
});

test('a failure while collecting is a 500 without its details', async () => {
  const failing = server({}, async () => {
    throw new Error('secret detail');
  });
  await serving(failing, async (url) => {
    const response = await fetch(`${url}/metrics`);
    assert.is(response.status, 500);
    assert.not.match(await response.text(), 'secret');
  });
});

test('stop ends open connections, and may come twice or before start', async () => {
  const http = server();
  const { port } = await http.start();
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write('GET /metrics HTTP/1.1\r\n');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await http.stop();
  await closed;
  await http.stop();
  const never = server();
  await never.stop();
  const early = server();
  const starting = early.start();
  await early.stop();
  const { port: closedPort } = await starting;
  const refused = connect(closedPort, '127.0.0.1');
  assert.is(
    await new Promise((resolve) => refused.once('error', () => resolve('refused')).once('connect', resolve)),
    'refused',
  );
});

const HARBOUR = 'a-token-of-the-harbour';
const RAILWAY = 'a-token-of-the-railway';
const TENANTS = [
  { id: 'harbour', token: HARBOUR, cameras: ['quay'] },
  { id: 'railway', token: RAILWAY, cameras: ['bridge'] },
  { id: 'silent', cameras: ['field'] },
];

function shared(): HttpServer {
  return new HttpServer({
    config: { enabled: true, host: '127.0.0.1', port: 0, token: TOKEN },
    tenants: TENANTS,
    routes: [
      HEALTHZ,
      { path: '/forgotten', handle: () => json('all of it') },
      { path: '/do', method: 'POST', handle: () => json('done') },
      {
        path: '/mine',
        openTo: 'tenants',
        handle: (query, { kind, tenant, sees }) =>
          json({ kind, tenant, sees: ['quay', 'bridge', 'field'].filter(sees), query: query.toString() }),
      },
    ],
  });
}

/** Status and text of an answer. */
async function asked(url: string, token?: string, init: RequestInit = {}): Promise<[number, string]> {
  const headers = { ...init.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const reply = await fetch(url, { ...init, headers });
  return [reply.status, await reply.text()];
}

test('who asks is known by the token, and a tenant sees its own cameras', async () => {
  await serving(shared(), async (url) => {
    const seen = async (token: string, query = '') => JSON.parse((await asked(`${url}/mine${query}`, token))[1]);
    assert.equal(await seen(HARBOUR, '?x=1'), { kind: 'tenant', tenant: 'harbour', sees: ['quay'], query: 'x=1' });
    assert.equal(await seen(RAILWAY), { kind: 'tenant', tenant: 'railway', sees: ['bridge'], query: '' });
    assert.equal(await seen(TOKEN), { kind: 'operator', tenant: null, sees: ['quay', 'bridge', 'field'], query: '' });
  });
});

test('the operator may look as a tenant, and nobody else as another, whether it is there or not', async () => {
  await serving(shared(), async (url) => {
    const [, text] = await asked(`${url}/mine?tenant=silent&x=1`, TOKEN);
    assert.equal(JSON.parse(text), { kind: 'tenant', tenant: 'silent', sees: ['field'], query: 'x=1' });
    assert.equal(await asked(`${url}/forgotten?tenant=silent`, TOKEN), [
      403,
      'this is answered to the operator of the device only\n',
    ]);
    assert.equal(await asked(`${url}/mine?tenant=`, TOKEN), [
      404,
      'tenant: expected one of harbour, railway, silent, got nothing\n',
    ]);
    assert.is((await asked(`${url}/mine?tenant=silent&tenant=harbour`, TOKEN))[0], 400);
    assert.is((await asked(`${url}/mine?tenant=harbour`, HARBOUR))[0], 200);
    for (const query of ['tenant=railway', 'tenant=nobody', 'tenant=', 'tenant=railway&tenant=harbour']) {
      assert.equal(await asked(`${url}/mine?${query}`, HARBOUR), [
        403,
        'tenant: only the operator of the device may look as another\n',
      ]);
    }
  });
});

test('a route that says nothing is the operator’s, and is not named to a tenant', async () => {
  await serving(shared(), async (url) => {
    assert.equal(await asked(`${url}/forgotten`, TOKEN), [200, '"all of it"']);
    assert.is((await asked(`${url}/forgotten`, HARBOUR))[0], 403);
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    assert.is((await asked(`${url}/do`, HARBOUR, post))[0], 403);
    assert.is((await asked(`${url}/do`, TOKEN, post))[0], 200);
    assert.equal(await asked(`${url}/nothing`, HARBOUR), [404, 'there is only GET of /healthz, /mine\n']);
    for (const path of [
      '//forgotten',
      '/forgotten/',
      '/mine/../forgotten',
      '/FORGOTTEN',
      '/%66orgotten',
      '/mine%2f..%2fforgotten',
    ]) {
      assert.not.match((await asked(`${url}${path}`, HARBOUR))[1], 'all of it');
    }
  });
});

test('where there are tenants a token is needed on this machine too, but for whether the program lives', async () => {
  await serving(shared(), async (url) => {
    assert.equal(await asked(`${url}/healthz`), [200, '{"alive":true}']);
    for (const path of ['/mine', '/forgotten', '/nothing', '/mine?tenant=harbour']) {
      assert.equal(await asked(`${url}${path}`), [401, 'a bearer token is needed\n']);
    }
    // close to one
    const close = [HARBOUR.slice(1), `${HARBOUR}x`, HARBOUR.toUpperCase(), '', 'undefined', `${HARBOUR} ${RAILWAY}`];
    for (const token of close) assert.is((await asked(`${url}/healthz`, token))[0], 401, token);
  });
});

test('it is not served to tenants without a token of the operator, nor with one token for two', async () => {
  const config: HttpConfig = { enabled: true, host: '127.0.0.1', port: 0 };
  const problemsOf = async (token: string | undefined, tenants = TENANTS): Promise<readonly string[]> => {
    const http = new HttpServer({ config: { ...config, token }, tenants, routes: [HEALTHZ] });
    try {
      await http.start();
    } catch (error) {
      return (error as ConfigError).problems;
    }
    await http.stop();
    return [];
  };
  assert.equal(await problemsOf(undefined), [
    'http.token: expected one where there are tenants, got none; set http.tokenFile or EDGE_HTTP_TOKEN',
  ]);
  assert.equal(await problemsOf(HARBOUR), [
    'http.token and tenants.0.http.token: expected different tokens, got the same twice',
  ]);
  assert.equal(await problemsOf(TOKEN, [...TENANTS, { id: 'twin', token: RAILWAY, cameras: [] }]), [
    'tenants.1.http.token and tenants.3.http.token: expected different tokens, got the same twice',
  ]);
});

test.run();

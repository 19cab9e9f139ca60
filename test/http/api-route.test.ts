import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HttpRoute } from '../../src/foundation/http-route.js';
import { z } from '../../src/foundation/validate.js';
import { ApiRefusal, apiRoute } from '../../src/http/api-route.js';
import type { AskedChange } from '../../src/http/app.js';
import { EventStreams } from '../../src/http/event-stream.js';
import { openApiOf } from '../../src/http/openapi.js';
import { HttpServer } from '../../src/http/server.js';

const CHANGE_TOKEN = 'a-change-token-of-43-characters';

const knob = apiRoute({
  path: '/api/v1/knobs/:knob',
  method: 'POST',
  summary: 'Pins a knob',
  query: z.strictObject({ forS: z.coerce.number().int().min(1).optional() }),
  body: z.strictObject({ value: z.int().min(1).max(8) }),
  reply: z.object({ knob: z.string(), value: z.int(), forS: z.number().nullable() }),
  handle: ({ params, query, body }) => {
    if (params['knob'] === 'colour') throw new ApiRefusal(404, 'knob: expected one of workers, got colour');
    if (body.value === 7) throw new RangeError('value: expected fewer than 7 here, got 7');
    return { knob: params['knob']!, value: body.value, forS: query.forS ?? null };
  },
});
const seen = apiRoute({
  path: '/api/v1/knobs/:knob',
  summary: 'A knob',
  reply: z.object({ knob: z.string() }),
  handle: ({ params }) => ({ knob: params['knob']! }),
});

async function serving(
  routes: readonly HttpRoute[],
  use: (url: string, changes: readonly AskedChange[]) => Promise<void>,
  token?: string,
): Promise<void> {
  const changes: AskedChange[] = [];
  const http = new HttpServer({
    config: { enabled: true, host: '127.0.0.1', port: 0, ...(token !== undefined && { token }) },
    routes,
    changeToken: token === undefined ? CHANGE_TOKEN : null,
    onChange: (change) => changes.push(change),
  });
  const { host, port } = await http.start();
  try {
    await use(`http://${host}:${port}`, changes);
  } finally {
    await http.stop();
  }
}

const post = (url: string, body: unknown, token: string | null = CHANGE_TOKEN): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

test('a path has places, and answers GET and POST each by its own route', async () => {
  await serving([knob, seen], async (url) => {
    assert.equal(await (await fetch(`${url}/api/v1/knobs/batch%20size`)).json(), { knob: 'batch size' });
    const pinned = await post(`${url}/api/v1/knobs/workers?forS=60`, { value: 2 });
    assert.equal(await pinned.json(), { knob: 'workers', value: 2, forS: 60 });
  });
});

test('a body may come without its length, and is bounded then too', async () => {
  await serving([knob], async (url) => {
    const sent = (parts: readonly string[], method = 'POST'): Promise<Response> =>
      fetch(`${url}/api/v1/knobs/workers`, {
        method,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${CHANGE_TOKEN}` },
        body: ReadableStream.from(parts.map((part) => new TextEncoder().encode(part))),
        duplex: 'half',
      } as RequestInit);
    assert.equal(await (await sent(['{"val', 'ue":2}'])).json(), { knob: 'workers', value: 2, forS: null });
    const large = await sent(['"', ...Array.from({ length: 40 }, () => 'x'.repeat(10_000)), '"']).catch(() => null);
    // refused while it is being sent: the answer may be lost with the connection
    if (large !== null) assert.is(large.status, 413);
    assert.is((await sent(['{}'], 'PUT')).status, 405);
  });
});

test('what is wrong is said in the words of the schema, everything at once', async () => {
  await serving([knob], async (url) => {
    const wrong = await post(`${url}/api/v1/knobs/workers?forS=0&until=3`, { value: 9, unit: 'x' });
    assert.is(wrong.status, 400);
    const { error } = (await wrong.json()) as { error: string };
    for (const word of ['forS', 'until', 'value', 'unit']) assert.match(error, word);
    assert.is((await post(`${url}/api/v1/knobs/workers`, '{"value":')).status, 400);
    assert.is((await post(`${url}/api/v1/knobs/workers`, `"${'x'.repeat(300_000)}"`)).status, 413);
    assert.equal(await (await post(`${url}/api/v1/knobs/workers?forS=1&forS=2`, { value: 1 })).json(), {
      error: 'forS: expected once, got 2 times',
    });
    const absent = await post(`${url}/api/v1/knobs/colour`, { value: 1 });
    assert.is(absent.status, 404);
    assert.equal(await absent.json(), { error: 'knob: expected one of workers, got colour' });
    assert.is((await post(`${url}/api/v1/knobs/workers`, { value: 7 })).status, 400);
  });
});

test('a change needs the token for changes where reading needs none, and each that was let in is taken down', async () => {
  await serving([knob, seen], async (url, changes) => {
    for (const token of [null, 'another-token-of-31-characters-']) {
      const refused = await post(`${url}/api/v1/knobs/workers`, { value: 2 }, token);
      assert.is(refused.status, 401);
      assert.match(await refused.text(), 'edge-optimizer dashboard');
    }
    assert.equal(changes, []);
    await post(`${url}/api/v1/knobs/workers?forS=60`, { value: 2 });
    await post(`${url}/api/v1/knobs/workers`, { value: 20 });
    assert.equal(
      changes.map(({ path, tenant, body, status }) => ({ path, tenant, body, status })),
      [
        { path: '/api/v1/knobs/workers?forS=60', tenant: null, body: { value: 2 }, status: 200 },
        { path: '/api/v1/knobs/workers', tenant: null, body: { value: 20 }, status: 400 },
      ],
    );
    assert.match(changes[1]!.answer!, 'value');
  });
});

test('with a token of the configuration that one is for changes too, and pages without data need none', async () => {
  const page: HttpRoute = {
    path: '/',
    openTo: 'public',
    handle: () => ({ contentType: 'text/html', headers: { 'cache-control': 'no-cache' }, body: '<p>page</p>' }),
  };
  const token = 'the-token-of-the-configuration';
  const use = async (url: string): Promise<void> => {
    assert.is((await post(`${url}/api/v1/knobs/workers`, { value: 2 })).status, 401);
    assert.is((await post(`${url}/api/v1/knobs/workers`, { value: 2 }, token)).status, 200);
    const shown = await fetch(url);
    assert.is(await shown.text(), '<p>page</p>');
    assert.is(shown.headers.get('cache-control'), 'no-cache');
  };
  await serving([knob, page], use, token);
});

test('the OpenAPI document says what each route that describes itself takes and answers', () => {
  const document = openApiOf(
    [knob, seen, { path: '/metrics', handle: () => ({ contentType: '', body: '' }) }],
    '1.2.3',
  );
  const paths = document['paths'] as Record<string, Record<string, Record<string, unknown>>>;
  assert.equal(Object.keys(paths), ['/api/v1/knobs/{knob}']);
  const { get, post: change } = paths['/api/v1/knobs/{knob}']!;
  assert.is(get!['operationId'], 'get_knobs_knob');
  assert.equal(
    (change!['parameters'] as { name: string; in: string; required: boolean }[]).map((one) => [
      one.name,
      one.in,
      one.required,
    ]),
    [
      ['knob', 'path', true],
      ['forS', 'query', false],
    ],
  );
  assert.equal(change!['security'], [{ token: [] }]);
});

test('events reach everybody who listens to a topic, and who does not read is left out of some', async () => {
  const streams = new EventStreams<string>();
  const events: HttpRoute = {
    path: '/events',
    handle: (query, _, { signal }) => streams.open(query.get('of') ?? '', signal)!,
  };
  await serving([events], async (url) => {
    const away = new AbortController();
    const north = await fetch(`${url}/events?of=north`, { signal: away.signal });
    assert.is(north.headers.get('content-type'), 'text/event-stream');
    const reader = north.body!.pipeThrough(new TextDecoderStream()).getReader();
    assert.is((await reader.read()).value, 'retry: 2000\n\n');
    assert.equal([...streams.topics], ['north']);
    streams.send('south', 'now', '{"n":0}');
    streams.send('north', 'now', '{"n":1}');
    assert.is((await reader.read()).value, 'event: now\ndata: {"n":1}\n\n');
    assert.is(streams.skipped, 0);
    for (let n = 0; n < 5; n += 1) streams.send('north', 'now', `{"n":${n}}`);
    assert.ok(streams.skipped > 0, 'a queue has a bound');
    await reader.cancel().catch(() => undefined);
    away.abort();
    while (streams.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    streams.close();
  });
});

test('who asks for the head of a stream, or is gone before it begins, holds no place among those who listen', async () => {
  const streams = new EventStreams<string>();
  const live: HttpRoute = { path: '/live', handle: (_q, _v, { signal }) => streams.open('all', signal)! };
  await serving([live], async (url) => {
    for (let i = 0; i < 3; i++) {
      const head = await fetch(`${url}/live`, { method: 'HEAD' });
      assert.is(head.headers.get('content-type'), 'text/event-stream');
    }
    assert.is(streams.size, 0);
    streams.open('all', AbortSignal.abort());
    assert.is(streams.size, 0);
  });
});

test('a change that fails inside the program is taken down as well', async () => {
  const failing = (path: string, handle: HttpRoute['handle']): HttpRoute => ({
    path,
    method: 'POST',
    changes: true,
    handle,
  });
  const routes = [
    failing('/now', () => {
      throw new Error('half done');
    }),
    failing('/later', async () => {
      throw new Error('half done');
    }),
  ];
  await serving(routes, async (url, changes) => {
    for (const path of ['/now', '/later']) assert.is((await post(`${url}${path}`, { value: 1 })).status, 500);
    assert.equal(
      changes.map(({ path, status, body }) => [path, status, body]),
      [
        ['/now', 500, { value: 1 }],
        ['/later', 500, { value: 1 }],
      ],
    );
  });
});

test.run();

import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { WebOptions } from '../../../src/web/web-optimizer.js';
import { eventually } from '../../temporary.js';
import { ask, cacheAt, FakeTime, type OpenServer, type TestRoute, type TestServer } from './server.js';

type Handler = TestRoute['handle'];

/** What every adapter is held to, over real sockets. */
export function contract(name: string, open: OpenServer): void {
  const test = suite(`web optimizer: ${name}`);

  /** Opens a server for one test, with a clock that stands still. */
  async function serving(
    routes: readonly TestRoute[],
    use: (server: TestServer & { time: FakeTime }) => Promise<void>,
    options: WebOptions = {},
  ): Promise<void> {
    const time = new FakeTime();
    const server = await open({ cache: cacheAt(time), now: time.now, shed: false, ...options }, routes);
    try {
      await use({ ...server, time });
    } finally {
      await server.close();
    }
  }

  /** A route that counts how often its handler ran, and says so. */
  function counting(headers: Record<string, string>, more: Partial<TestRoute> = {}) {
    const counted = { runs: 0 };
    const handle: Handler = () => ({ headers, body: `run ${++counted.runs}` });
    return { counted, route: { path: '/things', handle, ...more } satisfies TestRoute };
  }

  test('what may be kept is served again, with its age and its status, until it is stale', async () => {
    const { counted, route } = counting({ 'cache-control': 'max-age=60', 'x-note': 'kept' });
    await serving([route], async ({ port, time }) => {
      const first = await ask(port, '/things');
      assert.equal([first.status, first.body, first.headers.age], [200, 'run 1', undefined]);
      assert.is(first.headers['cache-status'], 'edge-optimizer; fwd=miss; stored');
      time.at += 59_000;
      const second = await ask(port, '/things');
      assert.equal([second.status, second.body, second.headers.age], [200, 'run 1', '59']);
      assert.is(second.headers['x-note'], 'kept');
      assert.is(second.headers['cache-status'], 'edge-optimizer; hit; ttl=1');
      assert.is(second.headers['content-length'], '5');
      time.at += 1000;
      assert.is((await ask(port, '/things')).body, 'run 2');
      assert.is(counted.runs, 2);
    });
  });

  test('s-maxage holds here, whatever max-age says; the time that an answer was under way counts', async () => {
    const { route } = counting({ 'cache-control': 'max-age=1, s-maxage=60', age: '50' });
    await serving([route], async ({ port, time }) => {
      await ask(port, '/things');
      time.at += 9000;
      assert.equal([(await ask(port, '/things')).body, (await ask(port, '/things')).headers.age], ['run 1', '59']);
      time.at += 1000;
      assert.is((await ask(port, '/things')).body, 'run 2');
    });
  });

  for (const control of ['no-store', 'private, max-age=60', 'no-cache', 'max-age=0', undefined]) {
    test(`${control ?? 'no word'} of a response: the handler runs each time`, async () => {
      const { route } = counting(control === undefined ? {} : { 'cache-control': control });
      await serving([route], async ({ port }) => {
        assert.is((await ask(port, '/things')).body, 'run 1');
        assert.is((await ask(port, '/things')).body, 'run 2');
      });
    });
  }

  test('no-store and no-cache of a request have the handler run; only no-cache lets its answer be kept', async () => {
    const { route } = counting({ 'cache-control': 'max-age=60' });
    await serving([route], async ({ port }) => {
      await ask(port, '/things');
      assert.is((await ask(port, '/things', { headers: { 'cache-control': 'no-store' } })).body, 'run 2');
      assert.is((await ask(port, '/things')).body, 'run 1');
      assert.is((await ask(port, '/things', { headers: { 'cache-control': 'no-cache' } })).body, 'run 3');
      assert.is((await ask(port, '/things')).body, 'run 3');
    });
  });

  test('where requests are not heeded, no client can have the handler run', async () => {
    const { route } = counting({ 'cache-control': 'max-age=60' });
    const use = async ({ port }: TestServer) => {
      await ask(port, '/things');
      assert.is((await ask(port, '/things', { headers: { 'cache-control': 'no-cache' } })).body, 'run 1');
    };
    await serving([route], use, { heedsRequests: false });
  });

  test('only-if-cached is 504 where nothing is kept, and the kept answer where it is', async () => {
    const { counted, route } = counting({ 'cache-control': 'max-age=60' });
    await serving([route], async ({ port }) => {
      const headers = { 'cache-control': 'only-if-cached' };
      assert.is((await ask(port, '/things', { headers })).status, 504);
      assert.is(counted.runs, 0);
      await ask(port, '/things');
      assert.is((await ask(port, '/things', { headers })).body, 'run 1');
    });
  });

  test('a client that has the answer is told 304, from the cache and from the handler', async () => {
    const { counted, route } = counting({ 'cache-control': 'max-age=60', etag: '"one"' });
    await serving([route], async ({ port }) => {
      const headers = { 'if-none-match': '"none", W/"one"' };
      const fresh = await ask(port, '/things', { headers });
      assert.equal([fresh.status, fresh.body, fresh.headers.etag], [304, '', '"one"']);
      const kept = await ask(port, '/things', { headers });
      assert.equal([kept.status, kept.body, kept.headers.etag], [304, '', '"one"']);
      assert.is(kept.headers['content-type'], undefined);
      assert.is((await ask(port, '/things', { headers: { 'if-none-match': '"two"' } })).body, 'run 1');
      assert.is(counted.runs, 1);
    });
  });

  for (const control of ['max-age=60', 'no-store']) {
    test(`a client that has what a handler streams with ${control} is told 304; others get all of it`, async () => {
      const headers = { 'cache-control': control, etag: '"one"', 'content-type': 'text/plain' };
      const handle: Handler = () => ({ headers, body: Readable.from([Buffer.from('first '), Buffer.from('second')]) });
      await serving([{ path: '/things', handle }], async ({ port }) => {
        const known = await ask(port, '/things', { headers: { 'if-none-match': '"one"' } });
        assert.equal([known.status, known.body, known.headers['content-type']], [304, '', undefined]);
        const all = await ask(port, '/things');
        assert.equal([all.status, all.body], [200, 'first second']);
        assert.is(all.headers['cache-status']?.includes('hit'), control === 'max-age=60');
      });
    });
  }

  test('what is kept has an ETag, also where the handler gave none', async () => {
    const { route } = counting({ 'cache-control': 'max-age=60' });
    await serving([route], async ({ port }) => {
      await ask(port, '/things');
      const { etag } = (await ask(port, '/things')).headers;
      assert.match(etag ?? '', /^W\/"5-/);
      assert.is((await ask(port, '/things', { headers: { 'if-none-match': etag! } })).status, 304);
    });
  });

  test('each variant that Vary tells apart is kept by itself', async () => {
    const handle: Handler = ({ headers }) => ({
      headers: { 'cache-control': 'max-age=60', vary: 'Accept-Language' },
      body: `in ${headers['accept-language'] ?? 'any'}`,
    });
    await serving([{ path: '/things', handle }], async ({ port, web }) => {
      const asking = (language: string) => ask(port, '/things', { headers: { 'accept-language': language } });
      assert.is((await asking('es')).body, 'in es');
      assert.is((await asking('en')).body, 'in en');
      const again = await asking('es');
      assert.equal([again.body, again.headers['cache-status']], ['in es', 'edge-optimizer; hit; ttl=60']);
      assert.is((await ask(port, '/things')).body, 'in any');
      assert.is(web.cache.getStats().memory?.entries, 4);
    });
  });

  test('a compressed body is for those that take it, also where the handler forgot Vary', async () => {
    const handle: Handler = ({ headers }) =>
      headers['accept-encoding']?.includes('br')
        ? { headers: { 'cache-control': 'max-age=60', 'content-encoding': 'br' }, body: 'BR' }
        : { headers: { 'cache-control': 'max-age=60' }, body: 'plain' };
    await serving([{ path: '/things', handle }], async ({ port }) => {
      const asking = (encoding: string) => ask(port, '/things', { headers: { 'accept-encoding': encoding } });
      assert.is((await asking('gzip, br')).body, 'BR');
      assert.is((await asking('gzip')).body, 'plain');
      assert.equal([(await asking('br, gzip')).body, (await asking('gzip')).body], ['BR', 'plain']);
    });
  });

  test('an answer to Authorization is kept only where it says that it is for all', async () => {
    const handle: Handler = ({ target, headers }) => ({
      headers: { 'cache-control': target === '/shared' ? 'public, max-age=60' : 'max-age=60' },
      body: `for ${headers.authorization ?? 'nobody'}`,
    });
    await serving(
      [
        { path: '/own', handle },
        { path: '/shared', handle },
      ],
      async ({ port }) => {
        const as = (path: string, authorization: string) => ask(port, path, { headers: { authorization } });
        assert.is((await as('/own', 'Bearer a')).body, 'for Bearer a');
        assert.is((await as('/own', 'Bearer b')).body, 'for Bearer b');
        assert.is((await ask(port, '/own')).body, 'for nobody');
        // nor does one who says who he is get what nobody was told
        assert.is((await as('/own', 'Bearer a')).body, 'for Bearer a');
        assert.is((await as('/shared', 'Bearer a')).body, 'for Bearer a');
        assert.is((await as('/shared', 'Bearer b')).body, 'for Bearer a');
      },
    );
  });

  test('cookies are somebody: what is answered to them is nobody else’s, unless the route says so', async () => {
    const handle: Handler = ({ headers }) => ({ body: `for ${headers.cookie ?? 'nobody'}` });
    const routes = [
      { path: '/own', policy: { ttl: 60_000 }, handle },
      { path: '/same', policy: { ttl: 60_000, sameForAll: true }, handle },
    ];
    await serving(routes, async ({ port }) => {
      const as = (path: string, cookie: string) => ask(port, path, { headers: { cookie } });
      assert.is((await as('/own', 'id=a')).body, 'for id=a');
      assert.is((await as('/own', 'id=b')).body, 'for id=b');
      assert.is((await ask(port, '/own')).body, 'for nobody');
      assert.is((await as('/own', 'id=b')).body, 'for id=b');
      assert.is((await as('/same', 'id=a')).body, 'for id=a');
      assert.is((await as('/same', 'id=b')).body, 'for id=a');
    });
  });

  for (const name of [
    'X-Api-Key',
    'Ocp-Apim-Subscription-Key',
    'X-Auth-Request-Email',
    'Ssl-Client-Cert',
    'X-Tenant',
  ]) {
    test(`${name} is somebody, as Authorization is: what is answered to one is nobody else’s`, async () => {
      const { route } = counting({ 'content-type': 'text/plain' }, { policy: { ttl: 60_000 } });
      await serving([route], async ({ port }) => {
        const asked = async (value: string) => (await ask(port, '/things', { headers: { [name]: value } })).body;
        assert.equal(
          [await asked('ann'), await asked('bob'), (await ask(port, '/things')).body],
          ['run 1', 'run 2', 'run 3'],
        );
        assert.equal([await asked('ann'), (await ask(port, '/things')).body], ['run 4', 'run 3']);
      });
    });
  }

  test('a header that counts in the key tells its values apart, and each has its own answer', async () => {
    const { route } = counting({ 'cache-control': 'max-age=60' });
    const key = { headers: ['X-Tenant'] };
    await serving(
      [route],
      async ({ port }) => {
        const asked = async (tenant: string) => (await ask(port, '/things', { headers: { 'x-tenant': tenant } })).body;
        assert.equal([await asked('a'), await asked('b'), await asked('a')], ['run 1', 'run 2', 'run 1']);
      },
      { key },
    );
  });

  for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
    test(`${name}: what it makes of a GET is kept for nobody`, async () => {
      const { route } = counting({ 'cache-control': 'max-age=60' });
      await serving([route], async ({ port }) => {
        assert.is((await ask(port, '/things', { headers: { [name]: 'DELETE' } })).body, 'run 1');
        assert.is((await ask(port, '/things')).body, 'run 2');
      });
    });
  }

  test('an answer that sets a cookie is never kept', async () => {
    const { route } = counting({ 'cache-control': 'public, max-age=60', 'set-cookie': 'id=1' });
    await serving([route], async ({ port }) => {
      assert.is((await ask(port, '/things')).headers['set-cookie']?.[0], 'id=1');
      assert.is((await ask(port, '/things')).body, 'run 2');
    });
  });

  test('tags of the route and of the answer end what is kept; an answer begun before that is not kept', async () => {
    let release: (() => void) | null = null;
    const gate = () =>
      new Promise<void>((resolve) => {
        release = resolve;
      });
    let runs = 0;
    const slow: TestRoute = {
      path: '/slow',
      policy: { ttl: 60_000, tags: ['slow'] },
      handle: async () => {
        runs++;
        await gate();
        return { body: `run ${runs}` };
      },
    };
    const { route } = counting({ 'cache-control': 'max-age=60', 'cache-tag': 'a, b' }, { policy: { tags: ['c'] } });
    await serving([route, slow], async ({ port, web }) => {
      await ask(port, '/things');
      for (const [index, tag] of ['a', 'b', 'c'].entries()) {
        assert.is((await ask(port, '/things')).body, `run ${index + 1}`);
        web.cache.invalidateByTags([tag]);
        assert.is((await ask(port, '/things')).body, `run ${index + 2}`);
      }
      const asked = ask(port, '/slow');
      await until(() => release !== null);
      web.cache.invalidateByTags(['slow']);
      release!();
      assert.is((await asked).body, 'run 1');
      release = null;
      const again = ask(port, '/slow');
      await until(() => release !== null);
      release!();
      assert.is((await again).body, 'run 2');
    });
  });

  test('a hundred that ask at once have the handler run once', async () => {
    let runs = 0;
    const handle: Handler = async () => {
      runs++;
      await pause(200);
      return { headers: { 'cache-control': 'max-age=60' }, body: `run ${runs}` };
    };
    await serving([{ path: '/things', handle }], async ({ port, web }) => {
      const replies = await Promise.all(Array.from({ length: 100 }, () => ask(port, '/things')));
      assert.equal([...new Set(replies.map(({ body }) => body))], ['run 1']);
      assert.is(runs, 1);
      const answered = (from: string) =>
        Number(metrics.match(new RegExp(`edge_http_answers_total{from="${from}"} (\\d+)`))?.[1]);
      const metrics = await web.metrics.prometheus();
      assert.is(answered('miss'), 1);
      // who comes when the machine is busy may find it done
      assert.is(answered('joined') + answered('hit'), 99);
      assert.ok(answered('joined') > 0);
    });
  });

  test('those that wait for an answer that may not be kept get their own, and those after them do not wait', async () => {
    let [runs, together] = [0, 1];
    const handle: Handler = async ({ target }) => {
      const run = ++runs;
      const last = Math.ceil(run / together) * together;
      await eventually('all that may run at once do', () => runs >= last);
      return { headers: { 'cache-control': 'private' }, body: `${target} ${run}` };
    };
    await serving([{ path: '/things', handle }], async ({ port }) => {
      const bodies = (await Promise.all(Array.from({ length: 5 }, () => ask(port, '/things')))).map(({ body }) => body);
      assert.is(new Set(bodies).size, 5);
      together = 5;
      await Promise.all(Array.from({ length: 5 }, () => ask(port, '/things')));
      assert.is(runs, 10);
    });
  });

  test('more than may wait run the handler themselves', async () => {
    let runs = 0;
    const handle: Handler = async () => {
      runs++;
      await eventually('those that may not wait run too', () => runs === 4);
      return { headers: { 'cache-control': 'max-age=60' }, body: 'same' };
    };
    const use = async ({ port }: TestServer) => {
      await Promise.all(Array.from({ length: 6 }, () => ask(port, '/things')));
      assert.is(runs, 4);
    };
    await serving([{ path: '/things', handle }], use, { maxWaiting: 2 });
  });

  test('while it is stale and may be, all get the old answer at once and one new one is made behind them', async () => {
    let runs = 0;
    let release = (): void => undefined;
    const handle: Handler = async () => {
      const run = ++runs;
      if (run === 2) {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      }
      return { headers: { 'cache-control': 'max-age=10, stale-while-revalidate=30' }, body: `run ${run}` };
    };
    await serving([{ path: '/things', handle }], async ({ port, time }) => {
      await ask(port, '/things');
      time.at += 20_000;
      for (let i = 0; i < 3; i++) {
        const { body, headers } = await ask(port, '/things');
        assert.equal([body, headers['cache-status']], ['run 1', 'edge-optimizer; hit; fwd=stale']);
      }
      await until(() => runs === 2);
      release();
      await until(async () => (await ask(port, '/things')).body === 'run 2');
      assert.is(runs, 2);
      time.at += 40_000;
      assert.is((await ask(port, '/things')).body, 'run 3');
    });
  });

  test('where the handler fails, the old answer is served as long as it allows, and never longer', async () => {
    let fails = false;
    const handle: Handler = () => {
      if (fails) throw new Error('the database is away');
      return { headers: { 'cache-control': 'max-age=10, stale-if-error=60', 'x-note': 'old' }, body: 'well' };
    };
    await serving([{ path: '/things', handle }], async ({ port, time, web }) => {
      await ask(port, '/things');
      fails = true;
      time.at += 20_000;
      const rescued = await ask(port, '/things');
      assert.equal([rescued.status, rescued.body, rescued.headers['x-note']], [200, 'well', 'old']);
      assert.is(rescued.headers['cache-status'], 'edge-optimizer; hit; fwd=stale; detail=stale-if-error');
      assert.is(rescued.headers['content-length'], '4');
      time.at += 60_000;
      assert.is((await ask(port, '/things')).status, 500);
      assert.is((await ask(port, '/things')).status, 500);
      assert.match(await web.metrics.prometheus(), 'edge_http_answers_total{from="rescued"} 1');
    });
  });

  test('HEAD is answered from what GET was, without a body', async () => {
    const { counted, route } = counting({ 'cache-control': 'max-age=60' });
    await serving([route], async ({ port }) => {
      await ask(port, '/things');
      const head = await ask(port, '/things', { method: 'HEAD' });
      assert.equal([head.status, head.body, head.headers['content-length']], [200, '', '5']);
      assert.is(counted.runs, 1);
    });
  });

  test('a stream is kept when it came to its end, and a body above the bound passes through', async () => {
    let runs = 0;
    const handle: Handler = ({ target }) => {
      runs++;
      const parts = target === '/large' ? ['x'.repeat(600), 'y'.repeat(600)] : ['one ', 'two'];
      return {
        headers: { 'cache-control': 'max-age=60' },
        body: Readable.from(parts.map((part) => Buffer.from(part))),
      };
    };
    const use = async ({ port }: TestServer) => {
      assert.is((await ask(port, '/small')).body, 'one two');
      const kept = await ask(port, '/small');
      assert.equal([kept.body, kept.headers['content-length'], runs], ['one two', '7', 1]);
      const large = await ask(port, '/large');
      assert.is(large.body, `${'x'.repeat(600)}${'y'.repeat(600)}`);
      await ask(port, '/large');
      assert.is(runs, 3);
    };
    await serving(
      [
        { path: '/small', handle },
        { path: '/large', handle },
      ],
      use,
      { maxBodyBytes: 1000 },
    );
  });

  test('half a body is never kept: where the client goes, and where the stream breaks off', async () => {
    let runs = 0;
    const handle: Handler = ({ target }) => {
      runs++;
      const breaks = target === '/breaks' && runs === 1;
      async function* parts() {
        yield Buffer.from('half');
        await pause(40);
        if (breaks) throw new Error('the disk is gone');
        yield Buffer.from(' and half');
      }
      return { headers: { 'cache-control': 'max-age=60' }, body: Readable.from(parts()) };
    };
    for (const path of ['/leaves', '/breaks']) {
      runs = 0;
      await serving([{ path, handle }], async ({ port, web }) => {
        const options = path === '/leaves' ? { abortAfter: 1 } : {};
        await rejects(ask(port, path, options));
        await pause(20);
        assert.is(web.cache.getStats().memory?.entries, 0);
        assert.is((await ask(port, path)).body, 'half and half');
        assert.is((await ask(port, path)).body, 'half and half');
        assert.is(runs, 2);
      });
    }
  });

  test('who waits for the answer to a client that went is answered all the same', async () => {
    let runs = 0;
    const handle: Handler = async () => {
      runs++;
      await pause(60);
      return { headers: { 'cache-control': 'max-age=60' }, body: 'whole' };
    };
    await serving([{ path: '/things', handle }], async ({ port }) => {
      const leaving = connect(port, '127.0.0.1');
      await once(leaving, 'connect');
      leaving.write('GET /things HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
      await until(() => runs === 1);
      const waiting = [ask(port, '/things'), ask(port, '/things')];
      await pause(10);
      leaving.destroy();
      assert.equal(
        (await Promise.all(waiting)).map(({ body }) => body),
        ['whole', 'whole'],
      );
      assert.ok(runs <= 2);
    });
  });

  test('clients that go while they wait for the answer to one that goes too leave nobody waiting', async () => {
    const counted = { runs: 0 };
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    const handle: Handler = async () => {
      counted.runs++;
      await held;
      return { headers: { 'cache-control': 'max-age=60' }, body: 'there' };
    };
    const use = async ({ port }: TestServer) => {
      const sockets = Array.from({ length: 5 }, () => connect(port, '127.0.0.1'));
      await Promise.all(sockets.map((socket) => once(socket, 'connect')));
      for (const socket of sockets) {
        socket.write('GET /things HTTP/1.1\r\nHost: a\r\n\r\n');
        await eventually('the handler runs', () => counted.runs > 0);
      }
      await pause(50);
      // the last ones first: the one that the others wait for goes when they are gone
      for (const socket of sockets.reverse()) socket.destroy();
      await eventually('all are gone', () => sockets.every((socket) => socket.closed));
      go();
      assert.is((await ask(port, '/things', { headers: { host: 'a' } })).body, 'there');
    };
    await serving([{ path: '/things', handle }], use, { maxWaitMs: 600_000 });
  });

  test('a successful change of an address ends what is kept of it', async () => {
    const { route } = counting({ 'cache-control': 'max-age=60' });
    const handle: Handler = ({ headers }) => ({ status: headers['x-fails'] ? 400 : 201, body: 'done' });
    await serving([route, { method: 'POST', path: '/things', handle }], async ({ port }) => {
      await ask(port, '/things');
      await ask(port, '/things', { method: 'POST', headers: { 'x-fails': '1' } });
      assert.is((await ask(port, '/things')).body, 'run 1');
      await ask(port, '/things', { method: 'POST' });
      assert.is((await ask(port, '/things')).body, 'run 2');
    });
  });

  test('neither a made-up host nor a made-up address of a proxy gets into the answers of others', async () => {
    const handle: Handler = ({ headers }) => ({
      headers: { 'cache-control': 'max-age=60' },
      body: `https://${headers['x-forwarded-host'] ?? headers.host}/next ${headers['x-original-url'] ?? ''}`,
    });
    await serving([{ path: '/things', handle }], async ({ port }) => {
      for (const name of ['x-forwarded-host', 'x-original-url', 'host']) {
        await ask(port, '/things', { headers: { [name]: 'evil.example' } });
      }
      assert.is((await ask(port, '/things')).body, `https://127.0.0.1:${port}/next `);
    });
  });

  test('a body in a GET, a range and an endless query are answered and not kept', async () => {
    const { counted, route } = counting({ 'cache-control': 'max-age=60' });
    await serving([route], async ({ port, web }) => {
      await ask(port, '/things', { headers: { range: 'bytes=0-1' } });
      await ask(port, `/things?${'a'.repeat(5000)}`);
      await ask(port, '/things', { headers: { 'content-length': '0', 'x-http-method-override': 'DELETE' } });
      assert.is(counted.runs, 3);
      assert.is(web.cache.getStats().memory?.entries, 0);
      const long = `/things?${'b'.repeat(3000)}`;
      await ask(port, long);
      assert.is((await ask(port, long)).body, 'run 4');
    });
  });

  test('the order of parameters makes no difference, their values do', async () => {
    const { route } = counting({ 'cache-control': 'max-age=60' });
    await serving([route], async ({ port }) => {
      assert.is((await ask(port, '/things?a=1&b=2')).body, 'run 1');
      assert.is((await ask(port, '/things?b=2&a=1')).body, 'run 1');
      assert.is((await ask(port, '/things?a=2&b=1')).body, 'run 2');
      assert.is((await ask(port, '/things?a=1&a=2')).body, 'run 3');
      assert.is((await ask(port, '/things?a=2&a=1')).body, 'run 4');
    });
  });

  test('while the event loop is late, handlers are not run, kept answers are served and health is told', async () => {
    const { counted, route } = counting({ 'cache-control': 'max-age=60' });
    const health: TestRoute = { path: '/healthz', handle: () => ({ body: 'alive' }) };
    const other: TestRoute = { path: '/other', handle: () => ({ body: 'other' }) };
    const use = async ({ port, web }: TestServer) => {
      await ask(port, '/things');
      for (let i = 0; i < 3; i++) {
        blockFor(100);
        await pause(15);
        web.shedding!.sample();
      }
      assert.is(web.shedding!.isShedding, true);
      const shed = await ask(port, '/other');
      assert.equal([shed.status, shed.headers['retry-after'], shed.headers['cache-control']], [503, '7', 'no-store']);
      assert.is((await ask(port, '/things')).body, 'run 1');
      assert.is((await ask(port, '/healthz')).body, 'alive');
      assert.is(counted.runs, 1);
      assert.match(await web.metrics.prometheus(), /edge_http_shedding 1\n/);
      assert.match(await web.metrics.prometheus(), 'edge_http_answers_total{from="shed"} 1');
    };
    await serving([route, health, other], use, { shed: { maxDelayMs: 5, everyMs: 60_000, retryAfterS: 7 } });
  });

  test('/metrics tells of routes by their pattern, never by their address', async () => {
    const route: TestRoute = {
      path: '/cameras/:id',
      policy: { ttl: 60_000 },
      handle: ({ target }) => (target.endsWith('broken') ? { status: 503, body: 'no' } : { body: target }),
    };
    await serving([route], async ({ port, web }) => {
      for (let id = 0; id < 50; id++) await ask(port, `/cameras/${id}?secret=${id}`);
      await ask(port, '/cameras/1?secret=1');
      await ask(port, '/cameras/broken');
      for (let id = 0; id < 20; id++) await ask(port, `/nothing/${id}`);
      const { status, headers, body } = await ask(port, '/metrics');
      assert.is(status, 200);
      assert.match(headers['content-type'] ?? '', /^text\/plain; version=0.0.4/);
      assert.match(body, 'edge_http_responses_total{route="GET /cameras/:id",class="2xx"} 51');
      assert.match(body, 'edge_http_responses_total{route="GET /cameras/:id",class="5xx"} 1');
      assert.match(body, 'edge_http_responses_total{route="GET unmatched",class="4xx"} 20');
      assert.match(body, 'edge_operation_calls_total{component="http",operation="GET /cameras/:id"} 52');
      assert.match(body, 'edge_operation_errors_total{component="http",operation="GET /cameras/:id"} 1');
      assert.not.match(body, 'secret');
      assert.not.match(body, 'nothing/');
      assert.is(
        web.monitor.getPerformanceSummary().operations.find(({ operation }) => operation === 'GET /cameras/:id')?.calls,
        52,
      );
    });
  });

  test('Server-Timing says how it was answered and how long that took; it can be kept back', async () => {
    const { route } = counting({ 'cache-control': 'max-age=60' });
    await serving([route], async ({ port }) => {
      assert.match(
        (await ask(port, '/things')).headers['server-timing'] as string,
        /^cache;desc="fwd=miss", total;dur=\d+\.\d\d$/,
      );
      assert.match(
        (await ask(port, '/things')).headers['server-timing'] as string,
        /^cache;desc="hit", total;dur=\d+\.\d\d$/,
      );
    });
    const use = async ({ port }: TestServer) => {
      for (let i = 0; i < 2; i++) {
        const { headers } = await ask(port, '/things');
        assert.equal([headers['server-timing'], headers['cache-status']], [undefined, undefined]);
      }
    };
    await serving([route], use, { tellsClients: false });
  });

  test('what tells one client of itself is not told to the next', async () => {
    const { route } = counting({
      'cache-control': 'max-age=60',
      'x-request-id': 'r1',
      'x-ratelimit-remaining': '3',
      'access-control-allow-origin': 'https://a.example',
    });
    await serving([route], async ({ port }) => {
      await ask(port, '/things', { headers: { origin: 'https://a.example' } });
      const { headers } = await ask(port, '/things', { headers: { origin: 'https://a.example' } });
      assert.equal([headers['x-request-id'], headers['x-ratelimit-remaining']], [undefined, undefined]);
      assert.is((await ask(port, '/things', { headers: { origin: 'https://b.example' } })).body, 'run 2');
    });
  });

  test.run();
}

async function rejects(promise: Promise<unknown>): Promise<void> {
  const failed = await promise.then(
    () => false,
    () => true,
  );
  assert.ok(failed, 'it was answered to its end');
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await holds()) return;
    await pause(5);
  }
  throw new Error('it did not come about within a second');
}

function blockFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import express from 'express';
import { fastify } from 'fastify';
import { Hono } from 'hono';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expressOptimizer } from '../../../src/web/frameworks/express.js';
import { fastifyOptimizer } from '../../../src/web/frameworks/fastify.js';
import { honoOptimizer } from '../../../src/web/frameworks/hono.js';
import { ask } from './server.js';

const KEPT = { ttl: 60_000 };
const QUIET = { shed: false, maxWaitMs: 60_000 } as const;

async function served(server: Server, use: (port: number) => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function isRunTwice(port: number): Promise<void> {
  const first = await ask(port, '/');
  const second = await ask(port, '/');
  assert.equal([first.body, second.body], ['run 1', 'run 2']);
  assert.equal([first.headers['set-cookie'], second.headers['set-cookie']], [['sid=1'], ['sid=1']]);
}

async function isRunOnce(port: number): Promise<void> {
  assert.equal([(await ask(port, '/')).body, (await ask(port, '/')).body], ['run 1', 'run 1']);
}

/** As the package on-headers has it, on which sessions stand: the head is completed when it is about to be sent. */
function onHeaders(response: ServerResponse, complete: () => void): void {
  const writeHead = response.writeHead as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    complete();
    return writeHead.apply(response, args);
  };
}

for (const savesFirst of [false, true]) {
  const when = savesFirst ? 'once it is saved' : 'at last';
  test(`Express: what a session around it gives a cookie ${when} is kept for nobody`, async () => {
    const app = express();
    const edge = expressOptimizer(QUIET);
    app.use((_request, response, next) => {
      onHeaders(response, () => response.setHeader('set-cookie', 'sid=1'));
      const end = response.end as (...args: unknown[]) => ServerResponse;
      if (savesFirst) {
        response.end = (...args: unknown[]) => {
          setImmediate(() => end.apply(response, args));
          return response;
        };
      }
      next();
    });
    app.use(edge);
    let runs = 0;
    app.get('/', edge.cached(KEPT), (_request, response) => {
      response.send(`run ${++runs}`);
    });
    await served(createServer(app as RequestListener), isRunTwice);
    edge.stop();
  });
}

test('Fastify: what a plugin registered later gives a cookie at last is kept for nobody', async () => {
  const app = fastify();
  await app.register(fastifyOptimizer, QUIET);
  app.addHook('onSend', async (_request, reply) => {
    reply.header('set-cookie', 'sid=1');
  });
  let runs = 0;
  app.get('/', { config: { edge: KEPT } }, async () => `run ${++runs}`);
  await app.ready();
  await served(app.server, isRunTwice);
  await app.close();
});

test('Hono: what middleware around it gives a cookie at last is kept for nobody', async () => {
  const app = new Hono();
  const edge = honoOptimizer({ ...QUIET, app });
  app.use(async (c, next) => {
    await next();
    await new Promise((resolve) => setImmediate(resolve));
    c.header('set-cookie', 'sid=1');
  });
  app.use(edge);
  let runs = 0;
  app.get('/', edge.cached(KEPT), (c) => c.text(`run ${++runs}`));
  await served(createAdaptorServer({ fetch: app.fetch }) as Server, isRunTwice);
  edge.stop();
});

test('Express: used twice on the way to a route, no request waits for itself', async () => {
  const app = express();
  const edge = expressOptimizer(QUIET);
  const router = express.Router();
  let runs = 0;
  router.use(edge);
  router.get('/', edge.cached(KEPT), (_request, response) => {
    response.send(`run ${++runs}`);
  });
  app.use(edge);
  app.use(router);
  await served(createServer(app as RequestListener), isRunOnce);
  edge.stop();
});

test('Hono: used twice on the way to a route, no request waits for itself', async () => {
  const app = new Hono();
  const edge = honoOptimizer({ ...QUIET, app });
  app.use(edge);
  app.use('/*', edge);
  let runs = 0;
  app.get('/', edge.cached(KEPT), (c) => c.text(`run ${++runs}`));
  await served(createAdaptorServer({ fetch: app.fetch }) as Server, isRunOnce);
  edge.stop();
});

test.run();

import type { AddressInfo, Server } from 'node:net';
import { Readable } from 'node:stream';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { honoOptimizer } from '../../../src/web/frameworks/hono.js';
import { contract } from './contract.js';
import type { OpenServer } from './server.js';

const open: OpenServer = async (options, routes) => {
  const app = new Hono();
  const edge = honoOptimizer({ ...options, app });
  app.use(edge);
  for (const { method = 'GET', path, policy, handle } of routes) {
    app.on(method, path, edge.cached(policy ?? {}), async (c) => {
      const target = c.req.url.slice(c.req.url.indexOf('/', 8));
      const { status = 200, headers = {}, body = '' } = await handle({ target, headers: c.req.header() });
      const sent = typeof body === 'string' ? body : (Readable.toWeb(body) as ReadableStream);
      return new Response(sent, { status, headers });
    });
  }
  app.get('/metrics', edge.metrics);
  app.onError((_error, c) => c.text('failed', 500));
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    web: edge.web,
    async close() {
      edge.stop();
      (server as unknown as { closeAllConnections(): void }).closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

contract('Hono', open);

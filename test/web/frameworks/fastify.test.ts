import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { fastifyOptimizer } from '../../../src/web/frameworks/fastify.js';
import { contract } from './contract.js';
import type { OpenServer } from './server.js';

const open: OpenServer = async (options, routes) => {
  const app = fastify();
  await app.register(fastifyOptimizer, options);
  for (const { method = 'GET', path: url, policy, handle } of routes) {
    app.route({
      method,
      url,
      ...(policy && { config: { edge: policy } }),
      async handler(request, reply) {
        const {
          status = 200,
          headers = {},
          body = '',
        } = await handle({ target: request.url, headers: request.headers });
        return reply.code(status).headers(headers).send(body);
      },
    });
  }
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return { port, web: app.edge, close: () => app.close() };
};

contract('Fastify', open);

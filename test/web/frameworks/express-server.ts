import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import type { ErrorRequestHandler, Express } from 'express';
import { expressOptimizer } from '../../../src/web/frameworks/express.js';
import type { OpenServer } from './server.js';

/** Opens servers with one version of Express, which both make apps in the same way. */
export function openWith(express: () => Express): OpenServer {
  return async (options, routes) => {
    const app = express();
    const edge = expressOptimizer(options);
    app.use(edge);
    for (const { method = 'GET', path, policy, handle } of routes) {
      app[method === 'GET' ? 'get' : 'post'](path, edge.cached(policy ?? {}), (request, response, next) => {
        const answer = async () => {
          const said = await handle({ target: request.originalUrl, headers: request.headers });
          const { status = 200, headers = {}, body = '' } = said;
          response.status(status).set(headers);
          if (typeof body === 'string') response.send(body);
          else pipeline(body, response, () => undefined);
        };
        // Express 4 does not wait for promises
        answer().catch(next);
      });
    }
    app.get('/metrics', edge.metrics);
    const failed: ErrorRequestHandler = (_error, _request, response, _next) => {
      response.status(500).send('failed');
    };
    app.use(failed);
    const server = createServer(app as RequestListener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      port: (server.address() as AddressInfo).port,
      web: edge.web,
      async close() {
        edge.stop();
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  };
}

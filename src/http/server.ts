import { createHash, timingSafeEqual } from 'node:crypto';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import type { HttpConfig } from '../config/config.js';
import { ConfigError, EdgeError } from '../foundation/errors.js';
import { isLoopback } from '../foundation/validate.js';
import { listen } from './listen.js';

const MAX_CONNECTIONS = 64;
const HEADERS_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 5000;
const MAX_HEADER_BYTES = 8192;

/** Whether the device does its work; `reasons` says what keeps it from it. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

export interface HttpOptions {
  readonly config: HttpConfig;
  /** The Prometheus text. */
  readonly metrics: () => Promise<string>;
  readonly readiness: () => Readiness;
}

/** GET /metrics, /healthz (the process lives) and /readyz (200 or 503, with reasons); nothing else. */
export class HttpServer {
  readonly #options: HttpOptions;
  #server: Server | null = null;
  #opening: Promise<number> | null = null;
  #stopped = false;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /**
   * @returns where it listens
   * @throws ConfigError where it would be open to others without a token
   * @throws EdgeError E_OUTPUT where the port is taken
   */
  async start(): Promise<{ host: string; port: number }> {
    const { config } = this.#options;
    const token = config.token ?? null;
    if (token === null && !isLoopback(config.host)) {
      throw new ConfigError('HTTP cannot be used', [
        `http.host: expected a loopback address where there is no token, got ${config.host}; set http.tokenFile or EDGE_HTTP_TOKEN`,
      ]);
    }
    if (this.#stopped) throw new EdgeError('E_OUTPUT', 'the HTTP server was stopped before it started');
    const server = createAdaptorServer({
      fetch: routes(this.#options, token).fetch,
      overrideGlobalObjects: false,
      serverOptions: {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
      },
    }) as Server;
    server.maxConnections = MAX_CONNECTIONS;
    this.#server = server;
    try {
      this.#opening = listen(server, config.host, config.port);
      return { host: config.host, port: await this.#opening };
    } catch (cause) {
      this.#server = null;
      throw listenError(config, cause);
    }
  }

  /** Closes all connections; may be called at any time and more than once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    // closed before it listens, it would never say that it does
    await this.#opening?.catch(() => undefined);
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

function routes({ metrics, readiness }: HttpOptions, token: string | null): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    if (token !== null && !carries(c.req.header('authorization'), token)) {
      return c.text('a bearer token is needed\n', 401, { 'www-authenticate': 'Bearer' });
    }
    return next();
  });
  app.get('/metrics', async (c) =>
    c.text(await metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
  app.get('/healthz', (c) => c.json({ alive: true }));
  app.get('/readyz', (c) => {
    const { ready, reasons } = readiness();
    return c.json({ ready, reasons }, ready ? 200 : 503);
  });
  app.notFound((c) => c.text('there are only GET /metrics, /healthz and /readyz\n', 404));
  app.onError((_error, c) => c.text('this failed inside the program\n', 500));
  return app;
}

/** Compares digests: how long it takes tells nothing about the token. */
function carries(header: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}

function listenError({ host, port }: HttpConfig, cause: unknown): EdgeError {
  const code = (cause as NodeJS.ErrnoException).code ?? null;
  const what =
    code === 'EADDRINUSE'
      ? `port ${port} is taken; set http.port to a free one or to 0`
      : `it cannot listen on ${host}:${port}`;
  return new EdgeError('E_OUTPUT', `the HTTP server does not start: ${what}`, { context: { host, port, code }, cause });
}

import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import type { HttpConfig } from '../config.js';
import { ConfigError, EdgeError } from '../errors.js';

const MAX_CONNECTIONS = 64;
const HEADERS_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 5000;
const MAX_HEADER_BYTES = 8192;
const MIN_TOKEN_LENGTH = 16;

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
  #stopped = false;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /**
   * @returns where it listens
   * @throws ConfigError where it would be open to others without a token, or the token cannot be used
   * @throws EdgeError E_OUTPUT where the port is taken
   */
  async start(): Promise<{ host: string; port: number }> {
    const { config } = this.#options;
    const token = await readToken(config);
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
      return { host: config.host, port: await listen(server, config.host, config.port) };
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

async function readToken(config: HttpConfig): Promise<string | null> {
  if (config.token !== undefined) return config.token;
  if (config.tokenFile === undefined) return null;
  let token: string;
  try {
    token = (await readFile(config.tokenFile, 'utf8')).split(/\r?\n/, 1)[0]!.trim();
  } catch (cause) {
    throw new ConfigError('HTTP cannot be used', [`http.tokenFile: cannot be read from ${config.tokenFile}`], cause);
  }
  if (token.length >= MIN_TOKEN_LENGTH) return token;
  throw new ConfigError('HTTP cannot be used', [
    `http.tokenFile: expected a token of at least ${MIN_TOKEN_LENGTH} characters in the first line of ${config.tokenFile}, got ${token.length}`,
  ]);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function listenError({ host, port }: HttpConfig, cause: unknown): EdgeError {
  const code = (cause as NodeJS.ErrnoException).code ?? null;
  const what =
    code === 'EADDRINUSE'
      ? `port ${port} is taken; set http.port to a free one or to 0`
      : `it cannot listen on ${host}:${port}`;
  return new EdgeError('E_OUTPUT', `the HTTP server does not start: ${what}`, { context: { host, port, code }, cause });
}

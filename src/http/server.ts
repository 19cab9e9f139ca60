import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { HttpConfig } from '../config/config.js';
import { ConfigError, EdgeError } from '../foundation/errors.js';
import type { HttpReply, HttpRoute } from '../foundation/http-route.js';
import { isLoopback } from '../foundation/validate.js';
import { Access, type NamedToken, sharedTokens, type TenantAccess, tokenDigest } from './access.js';
import { appOf, type HttpOptions, methodOf } from './app.js';
import { listen } from './listen.js';
import { oneAtATime } from './one-at-a-time.js';

const MAX_CONNECTIONS = 64;
const HEADERS_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 5000;
/** Of a reply that does not say how long it is; 100 kB of metrics over a link of 30 kbit/s. */
const REPLY_TIMEOUT_MS = 30_000;
/** Of one that does, 30 kbit/s: a picture of 1 MB may take four and a half minutes. */
const LEAST_BYTES_PER_S = 3750;
const MAX_HEADER_BYTES = 8192;
/** Whether the process lives: it does as long as it answers. */
export const HEALTHZ: HttpRoute = { path: '/healthz', openTo: 'anybody', handle: () => json({ alive: true }) };

/** A reply in JSON. */
export function json(body: unknown, status = 200): HttpReply {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}

/** That a request cannot be answered as it is asked: every problem, in words. */
export function problemReply(problems: readonly string[], status = 400): HttpReply {
  return json({ error: problems.join('; ') }, status);
}

/** Answers the routes that the parts of the program brought, and nothing else. */
export class HttpServer {
  readonly #options: HttpOptions;
  readonly #config: HttpConfig;
  readonly #tenants: readonly TenantAccess[];
  readonly #named: readonly NamedToken[];
  #server: Server | null = null;
  #opening: Promise<number> | null = null;
  #stopped = false;

  /** @throws RangeError where two routes have one path and method */
  constructor(options: HttpOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#tenants = options.tenants ?? [];
    this.#named = options.named ?? [];
    const seen = new Set<string>();
    for (const route of options.routes) {
      const key = `${methodOf(route)} ${route.path}`;
      if (seen.has(key)) throw new RangeError(`there is a route ${key} already`);
      seen.add(key);
    }
  }

  /**
   * @returns where it listens
   * @throws ConfigError where it would be open to others without a token, or two were given the same one
   * @throws EdgeError E_OUTPUT where the port is taken
   */
  async start(): Promise<{ host: string; port: number }> {
    const config = this.#config;
    const token = config.token ?? null;
    const problems = accessProblems(config.host, token, this.#tenants, this.#named);
    if (problems.length > 0) throw new ConfigError('HTTP cannot be used', problems);
    if (this.#stopped) throw new EdgeError('E_OUTPUT', 'the HTTP server was stopped before it started');
    const server = createAdaptorServer({
      fetch: appOf(this.#options, new Access(token, this.#tenants, this.#options.changeToken ?? null, this.#named))
        .fetch,
      overrideGlobalObjects: false,
      createServer: guardedServer as typeof createServer,
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

function guardedServer(options: ServerOptions, listener: RequestListener): Server {
  return createServer(options, oneAtATime(listener, REPLY_TIMEOUT_MS, LEAST_BYTES_PER_S));
}

/** What there is to say against serving it so. */
function accessProblems(
  host: string,
  token: string | null,
  tenants: readonly TenantAccess[],
  named: readonly NamedToken[],
): string[] {
  const problems = sharedTokens(token, tenants).map(
    ([one, other]) => `${one} and ${other}: expected different tokens, got the same twice`,
  );
  const taken = token === null ? undefined : named.find(({ digest }) => digest === tokenDigest(token));
  if (taken !== undefined) problems.push(`http.token: expected another token than that of ${taken.name}, got the same`);
  if (token !== null) return problems;
  if (tenants.length > 0)
    problems.push('http.token: expected one where there are tenants, got none; set http.tokenFile or EDGE_HTTP_TOKEN');
  else if (!isLoopback(host) && named.length === 0)
    problems.push(
      `http.host: expected a loopback address where there is no token, got ${host}; set http.tokenFile or EDGE_HTTP_TOKEN`,
    );
  return problems;
}

function listenError({ host, port }: HttpConfig, cause: unknown): EdgeError {
  const code = (cause as NodeJS.ErrnoException).code ?? null;
  const what =
    code === 'EADDRINUSE'
      ? `port ${port} is taken; set http.port to a free one or to 0`
      : `it cannot listen on ${host}:${port}`;
  return new EdgeError('E_OUTPUT', `the HTTP server does not start: ${what}`, { context: { host, port, code }, cause });
}

import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { HttpConfig } from '../config/config.js';
import { ConfigError, EdgeError } from '../foundation/errors.js';
import type { HttpReply, HttpRoute, RouteRequest } from '../foundation/http-route.js';
import { isLoopback } from '../foundation/validate.js';
import { ANYBODY, OPERATOR, type Viewer } from '../foundation/viewer.js';
import { Access, sharedTokens, type TenantAccess } from './access.js';
import { isOwnHost } from './host-rule.js';
import { listen } from './listen.js';
import { oneAtATime } from './one-at-a-time.js';

const MAX_CONNECTIONS = 64;
const HEADERS_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 5000;
/** 100 kB of metrics over a link of 30 kbit/s. */
const REPLY_TIMEOUT_MS = 30_000;
const MAX_HEADER_BYTES = 8192;
/** What a proxy on this machine is told that hands on the name it was asked by. */
const STRANGE_HOST =
  'without a token this answers to localhost and 127.0.0.1 only: ask for one of these, or set http.tokenFile\n';
const JSON_TYPE = 'application/json';
/** Has no body, not even an empty one. */
const NOT_MODIFIED = 304;
const MOST_BODY_BYTES = 256 * 1024;

const TOKEN_NEEDED = 'a bearer token is needed\n';
const CHANGE_TOKEN_NEEDED =
  'changes need the token: open the address that `edge-optimizer dashboard` prints, or set http.tokenFile\n';
const OPERATOR_ONLY = 'this is answered to the operator of the device only\n';
const OTHERS_EYES = 'tenant: only the operator of the device may look as another\n';

export interface HttpOptions {
  readonly config: HttpConfig;
  /** Whose cameras are kept apart; default nobody. */
  readonly tenants?: readonly TenantAccess[];
  readonly routes: readonly HttpRoute[];
  /** What changes need where reading needs no token; null or absent: nothing can be changed then. */
  readonly changeToken?: string | null;
  /** Told of every change that was asked for, after it was answered. */
  readonly onChange?: (change: AskedChange) => void;
}

/** A change that somebody asked for over HTTP. */
export interface AskedChange {
  /** Unix ms. */
  readonly at: number;
  /** As it was asked for: `/api/v1/knobs/variant`. */
  readonly path: string;
  /** Of the tenant; null: the operator. */
  readonly tenant: string | null;
  readonly body: unknown;
  /** HTTP status that it was answered with. */
  readonly status: number;
  /** What it was answered, where that is text. */
  readonly answer: string | null;
}

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

/** The first name in a query that is none of `words`, told as a problem; null where all are known. */
export function unknownWord(query: URLSearchParams, words: readonly string[]): string | null {
  const stranger = [...query.keys()].find((name) => !words.includes(name));
  return stranger === undefined ? null : `${stranger}: expected one of ${words.join(', ')}`;
}

/** The first of `words` that stands in a query more than once, told as a problem; null where none does. */
export function repeatedWord(query: URLSearchParams, words: Iterable<string> = new Set(query.keys())): string | null {
  for (const name of words) {
    const times = query.getAll(name).length;
    if (times > 1) return `${name}: expected once, got ${times} times`;
  }
  return null;
}

/** Answers the routes that the parts of the program brought, and nothing else. */
export class HttpServer {
  readonly #options: HttpOptions;
  readonly #config: HttpConfig;
  readonly #tenants: readonly TenantAccess[];
  #server: Server | null = null;
  #opening: Promise<number> | null = null;
  #stopped = false;

  /** @throws RangeError where two routes have one path and method */
  constructor(options: HttpOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#tenants = options.tenants ?? [];
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
    const problems = accessProblems(config.host, token, this.#tenants);
    if (problems.length > 0) throw new ConfigError('HTTP cannot be used', problems);
    if (this.#stopped) throw new EdgeError('E_OUTPUT', 'the HTTP server was stopped before it started');
    const server = createAdaptorServer({
      fetch: appOf(this.#options, new Access(token, this.#tenants)).fetch,
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
  return createServer(options, oneAtATime(listener, REPLY_TIMEOUT_MS));
}

/** What there is to say against serving it so. */
function accessProblems(host: string, token: string | null, tenants: readonly TenantAccess[]): string[] {
  const problems = sharedTokens(token, tenants).map(
    ([one, other]) => `${one} and ${other}: expected different tokens, got the same twice`,
  );
  if (token !== null) return problems;
  if (tenants.length > 0)
    problems.push('http.token: expected one where there are tenants, got none; set http.tokenFile or EDGE_HTTP_TOKEN');
  else if (!isLoopback(host))
    problems.push(
      `http.host: expected a loopback address where there is no token, got ${host}; set http.tokenFile or EDGE_HTTP_TOKEN`,
    );
  return problems;
}

function appOf({ routes, config, changeToken = null, onChange }: HttpOptions, access: Access): Hono {
  const app = new Hono();
  const refused = (c: Context): Response => c.text(TOKEN_NEEDED, 401, { 'www-authenticate': 'Bearer' });
  const mayChange = changeToken === null ? null : new Access(changeToken, []);
  app.use(async (c, next) => {
    // a page of others does not know the token
    if (access.needsNoToken && !isOwnHost(c.req.header('host') ?? '', config.host)) return c.text(STRANGE_HOST, 421);
    return next();
  });
  app.use(bodyLimit({ maxSize: MOST_BODY_BYTES, onError: (c) => c.json(tooLarge, 413, { connection: 'close' }) }));
  for (const route of routes) {
    const isPost = methodOf(route) === 'POST';
    app.on(methodOf(route), route.path, async (c) => {
      const holder = holderOf(c, access);
      const needsNone =
        route.openTo === 'public' ||
        (route.openTo === 'anybody' && access.tenants.size > 0 && c.req.header('authorization') === undefined);
      const asking = holder ?? (needsNone ? ANYBODY : null);
      if (asking === null) return refused(c);
      const query = new URL(c.req.url).searchParams;
      const viewer = viewerOf(asking, query, access);
      if ('problem' in viewer) return c.text(viewer.problem, viewer.status);
      if (!isOpenTo(viewer, route)) return c.text(OPERATOR_ONLY, 403);
      if (route.changes && access.needsNoToken && !mayChange?.holderOf(c.req.header('authorization'))) {
        return c.text(CHANGE_TOKEN_NEEDED, 401, { 'www-authenticate': 'Bearer' });
      }
      // without asking the browser first a page of others can post forms and plain texts only
      if (isPost && c.req.header('content-type')?.split(';')[0]?.trim() !== JSON_TYPE) {
        return c.text(`POST it with content-type: ${JSON_TYPE}\n`, 415);
      }
      const request = await requestOf(c, isPost);
      if (request === null) return c.json({ error: 'the body: expected JSON' }, 400);
      const at = Date.now();
      const tellOf = ({ status = 200, body }: HttpReply): void => {
        if (route.changes) onChange?.(changeOf(c, { at, viewer, request, status, body }));
      };
      const reply = await (async () => route.handle(query, viewer, request))().catch((error: unknown) => {
        // it may have changed something before it failed
        tellOf(FAILED);
        throw error;
      });
      tellOf(reply);
      const { status = 200, contentType, body, headers } = reply;
      const isHead = c.req.raw.method === 'HEAD';
      // nobody reads it, so nobody would end it
      if (isHead && body instanceof ReadableStream) await body.cancel();
      return new Response(isHead || status === NOT_MODIFIED ? null : body, {
        status,
        headers: { ...headers, 'content-type': contentType },
      });
    });
  }
  app.notFound((c) => {
    const viewer = holderOf(c, access);
    if (viewer === null) return refused(c);
    const others = routes.filter(({ path }) => path === c.req.path);
    const allow = others.map((route) => (methodOf(route) === 'POST' ? 'POST' : 'GET, HEAD')).join(', ');
    const text = `there is only ${listed(routes.filter((one) => isOpenTo(viewer, one)))}\n`;
    return others.length > 0 ? c.text(text, 405, { allow }) : c.text(text, 404);
  });
  app.onError((_error, c) => c.text(FAILED.body, 500));
  return app;
}

/** What became of a request whose route threw. */
const FAILED = { status: 500, contentType: 'text/plain', body: 'this failed inside the program\n' } as const;

const tooLarge = { error: `the body: expected at most ${MOST_BODY_BYTES / 1024} KiB` };

const methodOf = ({ method = 'GET' }: HttpRoute): 'GET' | 'POST' => method;

/** null where the body is no JSON. */
async function requestOf(c: Context, isPost: boolean): Promise<RouteRequest | null> {
  let body: unknown;
  if (isPost) {
    const text = await c.req.text();
    try {
      body = text === '' ? undefined : JSON.parse(text);
    } catch {
      return null;
    }
  }
  const params = c.req.param() as Readonly<Record<string, string>>;
  return { params, body, header: (name) => c.req.header(name), signal: c.req.raw.signal };
}

interface Answered {
  readonly at: number;
  readonly viewer: Viewer;
  readonly request: RouteRequest;
  readonly status: number;
  readonly body: HttpReply['body'];
}

const changeOf = (c: Context, { at, viewer, request, status, body }: Answered): AskedChange => ({
  at,
  path: c.req.path,
  tenant: viewer.tenant,
  body: request.body ?? null,
  status,
  answer: typeof body === 'string' ? body : null,
});

/** Whose token a request carries; null where a token is needed, and it carries none of those known. */
function holderOf(c: Context, access: Access): Viewer | null {
  return access.needsNoToken ? OPERATOR : access.holderOf(c.req.header('authorization'));
}

/**
 * As whom a request is to be answered, which `?tenant=` says where there are tenants: the operator may look as each of them. The word
 * is taken out of the query. Whether another tenant is there is told to no tenant.
 */
function viewerOf(
  holder: Viewer,
  query: URLSearchParams,
  { tenants }: Access,
): Viewer | { readonly problem: string; readonly status: 400 | 403 | 404 } {
  if (tenants.size === 0 || !query.has('tenant')) return holder;
  const problem = repeatedWord(query, ['tenant']);
  const id = query.get('tenant')!;
  query.delete('tenant');
  if (holder.kind !== 'operator') return id === holder.tenant ? holder : { problem: OTHERS_EYES, status: 403 };
  if (problem !== null) return { problem: `${problem}\n`, status: 400 };
  const names = [...tenants.keys()].join(', ');
  return tenants.get(id) ?? { problem: `tenant: expected one of ${names}, got ${id || 'nothing'}\n`, status: 404 };
}

function isOpenTo({ kind }: Viewer, { openTo }: HttpRoute): boolean {
  if (kind === 'operator' || openTo === 'anybody' || openTo === 'public') return true;
  return kind === 'tenant' && openTo === 'tenants';
}

/** `GET of /metrics, /healthz and POST of /api/optimize`. */
function listed(routes: readonly HttpRoute[]): string {
  const ofMethod = (method: string) => {
    const names = routes.filter((route) => (route.method ?? 'GET') === method).map(({ path }) => path);
    return names.length === 0 ? [] : `${method} of ${names.join(', ')}`;
  };
  return ['GET', 'POST'].flatMap(ofMethod).join(' and ');
}

function listenError({ host, port }: HttpConfig, cause: unknown): EdgeError {
  const code = (cause as NodeJS.ErrnoException).code ?? null;
  const what =
    code === 'EADDRINUSE'
      ? `port ${port} is taken; set http.port to a free one or to 0`
      : `it cannot listen on ${host}:${port}`;
  return new EdgeError('E_OUTPUT', `the HTTP server does not start: ${what}`, { context: { host, port, code }, cause });
}

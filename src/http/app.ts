import { type Context, Hono } from 'hono';
import type { HttpConfig } from '../config/config.js';
import type { HttpReply, HttpRoute, RouteRequest } from '../foundation/http-route.js';
import { ANYBODY, OPERATOR, type Viewer } from '../foundation/viewer.js';
import type { Access, NamedToken, TenantAccess } from './access.js';
import { isOwnHost } from './host-rule.js';
import { repeatedWord } from './query-words.js';

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
const CHANGES_ARE_OPERATORS = 'this token may only look: changes need one with the role operator\n';
const OPERATOR_ONLY = 'this is answered to the operator of the device only\n';
const OTHERS_EYES = 'tenant: only the operator of the device may look as another\n';

export interface HttpOptions {
  readonly config: HttpConfig;
  /** Whose cameras are kept apart; default nobody. */
  readonly tenants?: readonly TenantAccess[];
  /** Tokens with a role each; default none. */
  readonly named?: readonly NamedToken[];
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
  /** As it was asked for, with its query: `/api/optimize?strategy=cache`. */
  readonly path: string;
  /** Of the tenant; null: the operator. */
  readonly tenant: string | null;
  /** Name of the token, where it has one. */
  readonly by?: string;
  readonly body: unknown;
  /** HTTP status that it was answered with. */
  readonly status: number;
  /** What it was answered, where that is text. */
  readonly answer: string | null;
}

/** What answers requests to the routes, each to whom it is open. */
export function appOf({ routes, config, onChange }: HttpOptions, access: Access): Hono {
  const app = new Hono();
  const refused = (c: Context): Response => c.text(TOKEN_NEEDED, 401, { 'www-authenticate': 'Bearer' });
  app.use(async (c, next) => {
    // a page of others does not know the token
    if (access.needsNoToken && !isOwnHost(c.req.header('host') ?? '', config.host)) return c.text(STRANGE_HOST, 421);
    return next();
  });
  for (const route of routes) {
    const isPost = methodOf(route) === 'POST';
    const changes = isChange(route);
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
      if (changes && viewer.kind === 'reader') return c.text(CHANGES_ARE_OPERATORS, 403);
      const mayChange = access.mayChange(c.req.header('authorization'));
      if (changes && !mayChange) {
        return c.text(CHANGE_TOKEN_NEEDED, 401, { 'www-authenticate': 'Bearer' });
      }
      // without asking the browser first a page of others can post forms and plain texts only
      if (isPost && c.req.header('content-type')?.split(';')[0]?.trim() !== JSON_TYPE) {
        return c.text(`POST it with content-type: ${JSON_TYPE}\n`, 415);
      }
      const text = isPost ? await textOf(c.req.raw) : '';
      if (text === null) return c.json(TOO_LARGE, 413, { connection: 'close' });
      const request = requestOf(c, text, mayChange && viewer.kind !== 'reader');
      if (request === null) return c.json({ error: 'the body: expected JSON' }, 400);
      const at = Date.now();
      const tellOf = ({ status = 200, body }: HttpReply): void => {
        if (changes) onChange?.(changeOf(c, { at, viewer, request, status, body }));
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
    const allow = METHODS.filter((method) => isAnswered(app, method, c.req.path));
    const text = `there is only ${listed(routes.filter((one) => isOpenTo(viewer, one)))}\n`;
    return allow.length > 0
      ? c.text(text, 405, { allow: allow.map((one) => ALLOWED[one]).join(', ') })
      : c.text(text, 404);
  });
  app.onError((_error, c) => c.text(FAILED.body, 500));
  return app;
}

/** What became of a request whose route threw. */
const FAILED = { status: 500, contentType: 'text/plain', body: 'this failed inside the program\n' } as const;

const TOO_LARGE = { error: `the body: expected at most ${MOST_BODY_BYTES / 1024} KiB` };

const METHODS = ['GET', 'POST'] as const;
type Method = (typeof METHODS)[number];
const ALLOWED: Readonly<Record<Method, string>> = { GET: 'GET, HEAD', POST: 'POST' };

/** The method that a route answers. */
export const methodOf = ({ method = 'GET' }: HttpRoute): Method => method;

/** Whether a route changes how the device works. */
export const isChange = (route: HttpRoute): boolean => methodOf(route) === 'POST' && route.changes !== false;

/** Whether a route answers the path, places and all; what looks at every request first is none. */
function isAnswered(app: Hono, method: Method, path: string): boolean {
  const [handlers] = app.router.match(method, path);
  return handlers.some(([[, { method: answered }]]) => answered === method);
}

/** The body, which may come without its length; null where it is too large. */
async function textOf({ headers, body }: Request): Promise<string | null> {
  if (Number(headers.get('content-length')) > MOST_BODY_BYTES) return null;
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.byteLength;
    if (bytes > MOST_BODY_BYTES) return null;
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

/** @param text of the body @returns null where it is no JSON */
function requestOf(c: Context, text: string, mayChange: boolean): RouteRequest | null {
  let body: unknown;
  try {
    body = text === '' ? undefined : JSON.parse(text);
  } catch {
    return null;
  }
  const params = c.req.param() as Readonly<Record<string, string>>;
  return { params, body, mayChange, header: (name) => c.req.header(name), signal: c.req.raw.signal };
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
  path: `${c.req.path}${new URL(c.req.url).search}`,
  tenant: viewer.tenant,
  ...(viewer.name !== undefined && { by: viewer.name }),
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
  if (kind === 'operator' || kind === 'reader' || openTo === 'anybody' || openTo === 'public') return true;
  return kind === 'tenant' && openTo === 'tenants';
}

/** `GET of /metrics, /healthz and POST of /api/optimize`. */
function listed(routes: readonly HttpRoute[]): string {
  const ofMethod = (method: string) => {
    const names = routes.filter((route) => methodOf(route) === method).map(({ path }) => path);
    return names.length === 0 ? [] : `${method} of ${names.join(', ')}`;
  };
  return METHODS.flatMap(ofMethod).join(' and ');
}

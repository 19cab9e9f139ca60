/**
 * `import { honoOptimizer } from 'edge-inference-optimizer/hono'`: middleware for Hono 4 on Node. Nothing of Hono is imported,
 * neither when it runs nor for its types.
 */
import type { IncomingMessage } from 'node:http';
import { PROMETHEUS_TYPE } from '../../telemetry/metrics/prometheus.js';
import type { BodyCapture } from '../caching/body-capture.js';
import { belongsTo304, OF_ONE_CLIENT } from '../caching/conditional.js';
import type { Exchange } from '../caching/exchange.js';
import { headRefusal } from '../caching/lifetime.js';
import { checkedPolicy, type RoutePolicy } from '../caching/route-policy.js';
import type { ReadyReply, Visit } from '../visit.js';
import { WebOptimizer, type WebOptions } from '../web-optimizer.js';
import { headerText, ResponseHead, type WebRequest } from '../web-request.js';

/** What is used of a Hono context. */
interface HonoContext {
  readonly req: {
    readonly method: string;
    readonly url: string;
    readonly raw: Request;
    readonly routePath: string;
    header(name: string): string | undefined;
  };
  readonly env: unknown;
  res: Response | undefined;
}

/** A middleware or a handler, as Hono takes them. */
export type HonoHandler = (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>;

/** How the middleware is made. */
export interface HonoOptimizerOptions extends WebOptions {
  /**
   * The app that it is used in, which makes new responses in the background while old ones are served
   * (`stale-while-revalidate`). Without it, one client waits for the new one and the others get the old.
   */
  readonly app?: { fetch(request: Request, env?: never): Response | Promise<Response> };
}

/** The middleware, with what belongs to it. */
export interface HonoOptimizer extends HonoHandler {
  /** Goes before the handler of a route: how its responses are cached. @throws RangeError for a policy that cannot be */
  cached(policy: RoutePolicy): HonoHandler;
  /** A handler that answers with the Prometheus text. */
  readonly metrics: HonoHandler;
  readonly web: WebOptimizer;
  /** Stops its timers. */
  stop(): void;
}

/**
 * Caches responses, measures routes, and turns requests away while the event loop is late. Goes before everything whose
 * responses are to be cached, and behind what decides who may ask at all.
 *
 * @example
 * ```ts
 * const edge = honoOptimizer({ app });
 * app.use(edge);
 * app.get('/infractions', edge.cached({ ttl: 300_000, tags: ['infractions'] }), listInfractions);
 * app.get('/metrics', edge.metrics);
 * edge.web.cache.invalidateByTags(['infractions']);
 * ```
 * @throws RangeError for options that cannot be
 */
export function honoOptimizer(options: HonoOptimizerOptions = {}): HonoOptimizer {
  const { app } = options;
  const web = new WebOptimizer(options);
  const visits = new WeakMap<Request, Visit>();
  const renewals = new WeakMap<Request, Exchange>();

  const renew = (exchange: Exchange, { req, env }: HonoContext): void => {
    const request = new Request(req.url, { headers: withoutOwn(req.raw.headers) });
    renewals.set(request, exchange);
    void Promise.resolve(app!.fetch(request, env as never))
      .then((response) => response.arrayBuffer())
      .catch(() => exchange.abandon());
  };

  const middleware: HonoHandler = async (context, next) => {
    const { req } = context;
    if (visits.has(req.raw)) {
      // used twice on the way to a route: it would wait for itself
      await next();
      return undefined;
    }
    const asked = new FetchRequest(req, incomingOf(context));
    const renewal = renewals.get(req.raw);
    const visit =
      renewal === undefined ? await web.begin(asked, null, app !== undefined) : web.renewing(asked, renewal);
    visits.set(req.raw, visit);
    if (visit.renewal !== null) renew(visit.renewal, context);
    if (visit.reply !== null) {
      web.ended(visit, null, visit.reply.status);
      return responseOf(visit.reply);
    }
    try {
      await next();
    } catch (error) {
      web.ended(visit, null, 500);
      throw error;
    }
    answered(web, visit, context);
    return undefined;
  };

  function cached(policy: RoutePolicy): HonoHandler {
    const checked = checkedPolicy(policy);
    return async ({ req }, next) => {
      const visit = visits.get(req.raw);
      if (visit === undefined) throw new Error('cached(…) needs the optimizer before it: app.use(edge)');
      if (visit.exchange !== null) visit.exchange.policy = checked;
      await next();
      return undefined;
    };
  }

  const metrics: HonoHandler = async ({ req }) => {
    const exchange = visits.get(req.raw)?.exchange ?? null;
    if (exchange !== null) exchange.policy = { never: true };
    const headers = { 'content-type': PROMETHEUS_TYPE };
    return new Response(await web.metrics.prometheus(), { headers });
  };
  return Object.assign(middleware, { cached, metrics, web, stop: () => web.stop() });
}

/** A request of Hono. */
class FetchRequest implements WebRequest {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly #req: HonoContext['req'];
  readonly #incoming: IncomingMessage | null;

  /** @param incoming what Node's server got, whose headers are there already; null: none */
  constructor(req: HonoContext['req'], incoming: IncomingMessage | null) {
    this.method = req.method;
    this.#req = req;
    this.#incoming = incoming;
    // `https://host/path?query`: the first slash behind the two begins the path
    const from = req.url.indexOf('/', req.url.indexOf('//') + 2);
    this.target = from < 0 ? '/' : req.url.slice(from);
    this.host = this.header('host') ?? req.url.slice(req.url.indexOf('//') + 2, from < 0 ? undefined : from);
  }

  header(name: string): string | undefined {
    return this.#incoming === null ? this.#req.header(name) : headerText(this.#incoming.headers[name]);
  }

  names(): Iterable<string> {
    return this.#incoming === null ? this.#req.raw.headers.keys() : Object.keys(this.#incoming.headers);
  }
}

/**
 * What Node's server got, where the request is the one that `@hono/node-server` made of it: its headers are there, and need
 * not be made. Null for requests of any other origin, whose headers may be others.
 */
function incomingOf({ env, req }: HonoContext): IncomingMessage | null {
  const { incoming } = (env ?? {}) as { readonly incoming?: IncomingMessage };
  const isMadeByProgram = Object.getPrototypeOf(req.raw) === Request.prototype;
  return incoming === undefined || isMadeByProgram ? null : incoming;
}

/** What a client asked for itself only. */
function withoutOwn(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of OF_ONE_CLIENT) kept.delete(name);
  return kept;
}

/** Sends what a handler answered, or what is better than that, and keeps it where it may be kept. */
function answered(web: WebOptimizer, visit: Visit, context: HonoContext): void {
  const made = context.res!;
  // the last middleware that ran is ours or another's where no route answers
  const { routePath } = context.req;
  const route = made.status === 404 && routePath.endsWith('*') ? null : routePath;
  const { instead, capture, isUnchanged, told } = web.answered(visit, headOf(made, route));
  if (instead !== null) {
    void made.body?.cancel();
    replace(context, responseOf(instead));
    web.ended(visit, route, instead.status);
    return;
  }
  const end = (status: number | null) => web.ended(visit, route, status);
  // middleware around this one may add what forbids to keep it, until the body is asked for
  const refuse = () => {
    if (headRefusal((name) => context.res?.headers.get(name) ?? undefined) !== null) visit.exchange?.refuse();
  };
  const tell = ({ headers }: Response) => {
    for (const [name, value] of Object.entries(told)) headers.set(name, value);
  };
  if (isUnchanged) {
    if (capture === null) void made.body?.cancel();
    else void drain(captured(made, capture, refuse, end, 304));
    const response = new Response(null, { status: 304, headers: withoutContent(made.headers) });
    tell(response);
    replace(context, response);
    if (capture === null) end(304);
    return;
  }
  if (capture === null) {
    tell(made);
    end(made.status);
    return;
  }
  const { status, statusText, headers } = made;
  const response = new Response(captured(made, capture, refuse, end, status), { status, statusText, headers });
  tell(response);
  replace(context, response);
}

/** Nothing is read before it is to be sent. */
const ASKED_FOR = { highWaterMark: 0 };

/** The same body, written down on its way. What breaks off on either side is not kept. */
function captured(
  { body }: Response,
  capture: BodyCapture,
  refuse: () => void,
  end: (status: number | null) => void,
  status: number,
): ReadableStream<Uint8Array> | null {
  if (body === null) {
    capture.end();
    end(status);
    return null;
  }
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            refuse();
            capture.end();
            controller.close();
            end(status);
            return;
          }
          capture.write(value);
          controller.enqueue(value);
        } catch (error) {
          end(null);
          controller.error(error);
        }
      },
      async cancel(reason) {
        end(null);
        await reader.cancel(reason);
      },
    },
    ASKED_FOR,
  );
}

/** Reads to the end for nobody: what a client has need not be sent, and is kept for others. */
async function drain(body: ReadableStream<Uint8Array> | null): Promise<void> {
  const reader = body?.getReader();
  try {
    while (reader && !(await reader.read()).done);
  } catch {
    // `captured` was told, and nobody waits
  }
}

/** Hono adds the headers of the response before to the next one, unless there is none in between. */
function replace(context: HonoContext, response: Response): void {
  context.res = undefined;
  context.res = response;
}

function responseOf({ status, headers, body }: ReadyReply): Response {
  const all = new Headers();
  for (const [name, value] of Object.entries(headers)) for (const one of [value].flat()) all.append(name, one);
  if (status === 304 || status === 204) return new Response(null, { status, headers: all });
  all.set('content-length', String(body.byteLength));
  return new Response(body as Uint8Array<ArrayBuffer>, { status, headers: all });
}

function withoutContent(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of headers.keys()) if (!belongsTo304(name)) kept.delete(name);
  return kept;
}

function headOf({ status, headers }: Response, route: string | null): ResponseHead {
  return new ResponseHead({
    status,
    route,
    read: (name) => headers.get(name) ?? undefined,
    readAll: () => Object.fromEntries(headers),
  });
}

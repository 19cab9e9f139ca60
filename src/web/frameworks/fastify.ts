/**
 * `import { fastifyOptimizer } from 'edge-inference-optimizer/fastify'`: a plugin for Fastify 5. Fastify itself is brought by
 * whoever uses it; importing this loads nothing of it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable, Transform } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PROMETHEUS_TYPE } from '../../telemetry/metrics/prometheus.js';
import type { BodyCapture } from '../caching/body-capture.js';
import { belongsTo304 } from '../caching/conditional.js';
import type { Exchange } from '../caching/exchange.js';
import { headRefusal } from '../caching/lifetime.js';
import { checkedPolicy, type RoutePolicy } from '../caching/route-policy.js';
import type { ReadyReply, Visit } from '../visit.js';
import { WebOptimizer, type WebOptions } from '../web-optimizer.js';
import { headerText, ResponseHead, replyHeaders } from '../web-request.js';
import { runInBackground } from './background-run.js';
import { NodeRequest, withoutConditions } from './node-request.js';

/** How the plugin is registered. */
export interface FastifyOptimizerOptions extends WebOptions {
  /** Where the Prometheus text is served; null: nowhere. Default `/metrics`. */
  readonly metricsPath?: string | null;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How the responses of the route are cached, besides what they say themselves. */
    edge?: RoutePolicy;
  }

  interface FastifyInstance {
    /** The optimizer of this server: its cache, its metrics. */
    edge: WebOptimizer;
  }

  interface FastifyRequest {
    edgeVisit: Visit | null;
  }
}

/**
 * Caches responses, measures routes, and turns requests away while the event loop is late.
 *
 * @example
 * ```ts
 * await app.register(fastifyOptimizer, { maxBodyBytes: 2 ** 20 });
 * app.get('/infractions', { config: { edge: { ttl: 300_000, tags: ['infractions'] } } }, listInfractions);
 * app.edge.cache.invalidateByTags(['infractions']);
 * ```
 * @throws RangeError for options or a route's `config.edge` that cannot be
 */
export async function fastifyOptimizer(app: FastifyInstance, options: FastifyOptimizerOptions): Promise<void> {
  const web = new WebOptimizer(options);
  const renewals = new WeakMap<IncomingMessage, Exchange>();
  app.decorate('edge', web);
  app.decorateRequest('edgeVisit', null);
  app.addHook('onRoute', ({ config }) => {
    if (config?.edge !== undefined) checkedPolicy(config.edge);
  });
  app.addHook('onRequest', (request, reply, done) => {
    const asked = new NodeRequest(request.raw, request.originalUrl);
    const renewal = renewals.get(request.raw);
    const policy = request.routeOptions.config.edge ?? null;
    const visit = renewal === undefined ? web.begin(asked, policy, true) : web.renewing(asked, renewal);
    if (visit instanceof Promise) visit.then((joined) => proceed(joined, request, reply, done), done);
    else proceed(visit, request, reply, done);
  });
  const proceed = (visit: Visit, request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    request.edgeVisit = visit;
    if (visit.renewal !== null) renew(visit.renewal, request);
    // the client went while it waited: nothing tells of it any more
    if (reply.raw.destroyed) {
      reply.hijack();
      ended(web, request, null);
      return;
    }
    if (visit.reply !== null) {
      send(reply, visit.reply);
      return;
    }
    // the hook for responses does not hear of clients that go
    reply.raw.once('close', () => ended(web, request, reply.raw.writableFinished ? reply.statusCode : null));
    if (visit.exchange !== null) withoutConditions(request.raw);
    done();
  };
  const renew = (exchange: Exchange, request: FastifyRequest): void =>
    runInBackground(
      request.raw,
      request.originalUrl,
      (raw) => renewals.set(raw, exchange),
      (raw, response) => app.routing(raw, response),
    );
  app.addHook('onSend', (request, reply, payload, done) => {
    const visit = request.edgeVisit;
    if (visit === null || visit.reply !== null) done(null, payload);
    else {
      const sent = answered(web, visit, request, reply, payload);
      if (sent instanceof Promise) sent.then((known) => done(null, known), done);
      else done(null, sent);
    }
  });
  app.addHook('onResponse', (request, reply, done) => {
    ended(web, request, reply.raw.writableFinished ? reply.statusCode : null);
    done();
  });
  app.addHook('onClose', async () => web.stop());
  const { metricsPath = '/metrics' } = options;
  if (metricsPath !== null) {
    app.get(metricsPath, { config: { edge: { never: true } } }, async (_request, reply) =>
      reply.type(PROMETHEUS_TYPE).send(await web.metrics.prometheus()),
    );
  }
}

// what fastify-plugin sets: the hooks hold for the whole server and not for an inner part of it
Object.assign(fastifyOptimizer, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'edge-optimizer',
  [Symbol.for('plugin-meta')]: { name: 'edge-optimizer', fastify: '5.x' },
});

function ended(web: WebOptimizer, request: FastifyRequest, status: number | null): void {
  const visit = request.edgeVisit;
  if (visit === null) return;
  request.edgeVisit = null;
  web.ended(visit, routeOf(request), status);
}

const routeOf = (request: FastifyRequest): string | null => (request.is404 ? null : (request.routeOptions.url ?? null));

function send(reply: FastifyReply, { status, headers, body }: ReadyReply): void {
  reply.code(status).headers(headers as Record<string, string | string[]>);
  reply.send(status === 304 || status === 204 ? undefined : bufferOf(body));
}

/** What is sent, and kept where it may be, of what a handler answered. */
function answered(
  web: WebOptimizer,
  visit: Visit,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): unknown {
  const head = new ResponseHead({
    status: reply.statusCode,
    route: routeOf(request),
    read: (name) => headerText(reply.getHeader(name)),
    readAll: () => replyHeaders(reply.getHeaders()),
  });
  const { instead, capture, isUnchanged, told } = web.answered(visit, head);
  if (instead !== null) {
    discard(payload);
    for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name);
    reply.code(instead.status).headers(instead.headers as Record<string, string | string[]>);
    return bufferOf(instead.body);
  }
  reply.headers(told);
  if (capture === null) {
    if (isUnchanged) discard(payload);
    return isUnchanged ? unchanged(reply) : payload;
  }
  const stream = streamOf(payload);
  onceHeadSent(reply.raw, () => {
    // sessions and whatever else was registered later may have added what forbids to keep it
    if (headRefusal((name) => headerText(reply.getHeader(name))) !== null) visit.exchange?.refuse();
    if (stream === null || isUnchanged) capture.end();
  });
  if (stream !== null && isUnchanged) return drained(stream, capture).then(() => unchanged(reply));
  if (stream !== null) return captured(stream, capture, visit);
  if (typeof payload === 'string' || payload instanceof Uint8Array) capture.write(payload);
  else if (payload !== null && payload !== undefined) visit.exchange?.abandon();
  return isUnchanged ? unchanged(reply) : payload;
}

/** Calls `sent` when the head is on its way, with all that was added to it. */
function onceHeadSent(response: ServerResponse, sent: () => void): void {
  const writeHead = response.writeHead as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    writeHead.apply(response, args);
    sent();
    return response;
  };
}

function unchanged(reply: FastifyReply): null {
  for (const name of Object.keys(reply.getHeaders())) if (!belongsTo304(name)) reply.removeHeader(name);
  reply.code(304);
  return null;
}

/** The same stream, written down on its way. What breaks off on either side is not kept. */
function captured(source: Readable, capture: BodyCapture, visit: Visit): Readable {
  const copy = new Transform({
    transform(chunk: Uint8Array | string, encoding, next) {
      capture.write(chunk, encoding);
      next(null, chunk);
    },
    flush(next) {
      capture.end();
      next();
    },
    destroy(error, next) {
      visit.exchange?.abandon();
      source.destroy();
      next(error);
    },
  });
  source.once('error', (error) => copy.destroy(error));
  source.once('close', () => {
    if (!source.readableEnded) copy.destroy(new Error('the stream of the handler broke off'));
  });
  return source.pipe(copy);
}

/** Reads to the end for nobody: what a client has need not be sent, and is kept for others. */
async function drained(source: Readable, capture: BodyCapture): Promise<void> {
  for await (const chunk of source) {
    capture.write(chunk);
    if (capture.isOver) break;
  }
}

function streamOf(payload: unknown): Readable | null {
  if (isStream(payload)) return payload;
  return payload instanceof ReadableStream ? Readable.fromWeb(payload as never) : null;
}

function discard(payload: unknown): void {
  if (isStream(payload)) payload.destroy();
  else if (payload instanceof ReadableStream) void payload.cancel();
}

function isStream(payload: unknown): payload is Readable {
  return typeof (payload as Readable | null)?.pipe === 'function';
}

const bufferOf = (body: Uint8Array): Buffer => Buffer.from(body.buffer, body.byteOffset, body.byteLength);

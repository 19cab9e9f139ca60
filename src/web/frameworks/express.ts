/**
 * `import { expressOptimizer } from 'edge-inference-optimizer/express'`: middleware for Express 4 and 5. Nothing of Express is
 * imported, neither when it runs nor for its types.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PROMETHEUS_TYPE } from '../../telemetry/metrics/prometheus.js';
import type { Exchange } from '../caching/exchange.js';
import { checkedPolicy, type RoutePolicy } from '../caching/route-policy.js';
import type { Visit } from '../visit.js';
import { WebOptimizer, type WebOptions } from '../web-optimizer.js';
import { headerText, ResponseHead, replyHeaders } from '../web-request.js';
import { runInBackground } from './background-run.js';
import { NodeRequest, withoutConditions } from './node-request.js';
import { RouterMounts } from './router-mounts.js';
import { sendReady, watchResponse } from './watched-response.js';

/** What is used of an Express request. */
interface ExpressRequest extends IncomingMessage {
  readonly originalUrl?: string;
  readonly baseUrl?: string;
  readonly route?: { readonly path: unknown };
  readonly app?: ExpressApp;
}

type ExpressApp = ((request: IncomingMessage, response: ServerResponse) => void) & { readonly parent?: ExpressApp };

/** A middleware or a handler, as Express takes them. */
export type ExpressHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** The middleware, with what belongs to it. */
export interface ExpressOptimizer extends ExpressHandler {
  /** Goes before the handler of a route: how its responses are cached. @throws RangeError for a policy that cannot be */
  cached(policy: RoutePolicy): ExpressHandler;
  /** A handler that answers with the Prometheus text. */
  readonly metrics: ExpressHandler;
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
 * const edge = expressOptimizer();
 * app.use(edge);
 * app.get('/infractions', edge.cached({ ttl: 300_000, tags: ['infractions'] }), listInfractions);
 * app.get('/metrics', edge.metrics);
 * edge.web.cache.invalidateByTags(['infractions']);
 * ```
 * @throws RangeError for options that cannot be
 */
export function expressOptimizer(options: WebOptions = {}): ExpressOptimizer {
  const web = new WebOptimizer(options);
  const visits = new WeakMap<IncomingMessage, Visit>();
  const renewals = new WeakMap<IncomingMessage, Exchange>();
  const mounts = new RouterMounts();
  const routeOf = ({ route, baseUrl = '' }: ExpressRequest): string | null =>
    route === undefined ? null : mounts.patternOf(baseUrl) + String(route.path);

  const renew = (exchange: Exchange, request: ExpressRequest, target: string): void => {
    const app = outermost(request.app);
    if (app === null) exchange.abandon();
    else runInBackground(request, target, (made) => renewals.set(made, exchange), app);
  };

  function proceed(visit: Visit, request: ExpressRequest, response: ServerResponse, next: () => void): void {
    visits.set(request, visit);
    let route = visit.route;
    const seen = () => {
      route = visit.route ?? routeOf(request);
      return new ResponseHead({
        status: response.statusCode,
        route,
        read: (name) => headerText(response.getHeader(name)),
        readAll: () => replyHeaders(response.getHeaders()),
      });
    };
    const closed = () => {
      const isSent = response.writableFinished || response.writableEnded;
      web.ended(visit, route ?? routeOf(request), isSent ? response.statusCode : null);
    };
    if (visit.renewal !== null) renew(visit.renewal, request, visit.request.target);
    // the client went while it waited: nothing tells of it any more
    if (response.destroyed) {
      closed();
      return;
    }
    response.once('close', closed);
    if (visit.reply !== null) {
      sendReady(response, visit.reply);
      return;
    }
    watchResponse(
      response,
      () => web.answered(visit, seen()),
      () => visit.exchange?.refuse(),
    );
    if (visit.exchange !== null) withoutConditions(request);
    next();
  }

  const middleware = (request: ExpressRequest, response: ServerResponse, next: (error?: unknown) => void): void => {
    // used twice on the way to a route, or sent through the app again: it would wait for itself
    if (visits.has(request)) {
      next();
      return;
    }
    const asked = new NodeRequest(request, request.originalUrl ?? request.url);
    const renewal = renewals.get(request);
    const visit = renewal === undefined ? web.begin(asked, null, true) : web.renewing(asked, renewal);
    if (visit instanceof Promise) visit.then((joined) => proceed(joined, request, response, next), next);
    else proceed(visit, request, response, next);
  };

  function cached(policy: RoutePolicy): ExpressHandler {
    const checked = checkedPolicy(policy);
    return (request, _response, next) => {
      const visit = visits.get(request);
      if (visit === undefined) return next(new Error('cached(…) needs the optimizer before it: app.use(edge)'));
      if (visit.exchange !== null) visit.exchange.policy = checked;
      return next();
    };
  }

  const metrics: ExpressHandler = (request, response, next) => {
    const { exchange } = visits.get(request) ?? { exchange: null };
    if (exchange !== null) exchange.policy = { never: true };
    web.metrics.prometheus().then((text) => {
      response.setHeader('content-type', PROMETHEUS_TYPE);
      response.end(text);
    }, next);
  };
  return Object.assign(middleware as ExpressHandler, { cached, metrics, web, stop: () => web.stop() });
}

/** The app that the server runs, of one that is mounted in another. */
function outermost(app: ExpressApp | undefined): ExpressApp | null {
  let outer = app ?? null;
  while (outer?.parent !== undefined) outer = outer.parent;
  return outer;
}

import { performance } from 'node:perf_hooks';
import { Cache } from '../cache/cache.js';
import { cacheMetrics } from '../cache/metrics.js';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { PerformanceMonitor } from '../telemetry/performance/performance-monitor.js';
import { belongsTo304, isNotModified } from './caching/conditional.js';
import type { Exchange } from './caching/exchange.js';
import { type CacheDecision, ResponseCache, type ResponseCacheOptions } from './caching/response-cache.js';
import type { RoutePolicy } from './caching/route-policy.js';
import type { StoredReply } from './caching/stored-reply.js';
import { LoadShedding, type LoadSheddingOptions } from './load/load-shedding.js';
import { RouteLoad } from './load/route-load.js';
import { ANSWERS, type Answer, webMetrics } from './metrics.js';
import { type Answered, plainReply, type ReadyReply, type Visit, visitOf } from './visit.js';
import { headerText, isFailure, pathOf, type ResponseHead, type WebRequest } from './web-request.js';

/** What every framework's adapter takes. */
export interface WebOptions extends ResponseCacheOptions {
  /**
   * Where responses are kept. Default: one of its own, 64 MiB of memory. One that others use too is theirs to start and to
   * stop; the keys of responses begin with `http`.
   */
  readonly cache?: Cache;
  /** Who counts latency and errors of each route, as operations of the component `http`. Default: one of its own. */
  readonly monitor?: PerformanceMonitor;
  /** When requests are turned away; false: never. */
  readonly shed?: LoadSheddingOptions | false;
  /** Whether responses carry `Server-Timing` and `Cache-Status`, which everybody can read. Default true. */
  readonly tellsClients?: boolean;
  /** Unix ms, by which responses age. */
  readonly now?: () => number;
}

const OWN_CACHE_BYTES = 64 * 2 ** 20;
const FIRST_SUCCESS = 200;
const FIRST_CLIENT_ERROR = 400;
/** Methods that change nothing (RFC 9110, 9.2.1). */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const CACHE_NAME = 'edge-optimizer';

const NO_BODY = new Uint8Array(0);

/** What the adapters share: the response cache, the load of each route, the shedding of load, and how they are told. */
export class WebOptimizer {
  readonly cache: Cache;
  readonly monitor: PerformanceMonitor;
  readonly routes: RouteLoad;
  readonly shedding: LoadShedding | null;
  readonly metrics = new Metrics();
  readonly tellsClients: boolean;
  readonly #responses: ResponseCache;
  readonly #ownsCache: boolean;
  readonly #now: () => number;
  readonly #answers = Object.fromEntries(ANSWERS.map((answer) => [answer, 0])) as Record<Answer, number>;

  /**
   * Begins to watch the event loop; no timer of it keeps a process alive.
   *
   * @throws RangeError for options that cannot be
   */
  constructor(options: WebOptions = {}) {
    this.#ownsCache = options.cache === undefined;
    this.cache = options.cache ?? new Cache({ memory: { maxBytes: OWN_CACHE_BYTES, strategy: 'lfu' } });
    if (this.#ownsCache) this.cache.start();
    this.monitor = options.monitor ?? new PerformanceMonitor();
    this.#now = options.now ?? Date.now;
    this.#responses = new ResponseCache(this.cache, options, this.#now);
    this.routes = new RouteLoad(this.monitor);
    this.shedding = options.shed === false ? null : new LoadShedding(options.shed);
    this.tellsClients = options.tellsClients ?? true;
    this.metrics.register([
      ...webMetrics(this.#answers, this.shedding),
      ...this.routes.metrics,
      ...this.monitor.metrics,
      ...cacheMetrics(() => ({ ...this.cache.getStats(), degraded: null })),
    ]);
    if (options.monitor === undefined) this.metrics.follow(this.monitor);
    this.metrics.start();
  }

  /**
   * What becomes of a request; a promise only where it waits for the response to an earlier one.
   *
   * @param canRenew see `ResponseCache.begin`
   */
  begin(request: WebRequest, policy: RoutePolicy | null, canRenew: boolean): Visit | Promise<Visit> {
    const beganAt = performance.now();
    const decision = this.#responses.begin(request, policy, canRenew);
    if (decision instanceof Promise) return decision.then((decided) => this.#visit(request, beganAt, decided));
    return this.#visit(request, beganAt, decision);
  }

  /** The run of a handler in the background, for a renewal that a visit asked for. */
  renewing(request: WebRequest, exchange: Exchange): Visit {
    return visitOf(request, performance.now(), { exchange, answer: 'miss', status: 'fwd=stale' });
  }

  /** The handler has answered, and the head of its response is about to be sent. */
  answered(visit: Visit, head: ResponseHead): Answered {
    const { exchange, request, beganAt } = visit;
    const instead = exchange !== null && isFailure(head.status) ? this.#rescued(visit, exchange) : null;
    const capture = exchange?.respond(head) ?? null;
    if (instead !== null) return { instead, capture, isUnchanged: false, told: {} };
    const isUnchanged =
      exchange !== null &&
      head.status === FIRST_SUCCESS &&
      isNotModified(request, head.header('etag'), head.header('last-modified'));
    if (isUnchanged) this.#answers.notModified++;
    const stored = capture === null ? '' : '; stored';
    return { instead, capture, isUnchanged, told: this.toldHeaders(visit.status + stored, beganAt) };
  }

  #rescued({ request, beganAt }: Visit, exchange: Exchange): ReadyReply | null {
    const stored = exchange.rescue();
    if (stored === null) return null;
    this.#answers.rescued++;
    return this.#ready(request, stored, 'hit; fwd=stale; detail=stale-if-error', beganAt);
  }

  /** The request has ended. @param status null where the client went before it was answered */
  ended(visit: Visit, route: string | null, status: number | null): void {
    const { request, exchange } = visit;
    exchange?.abandon();
    this.routes.ended(request.method, visit.route ?? route, status, visit.beganAt);
    const succeeded = status !== null && status >= FIRST_SUCCESS && status < FIRST_CLIENT_ERROR;
    if (succeeded && !SAFE.has(request.method)) this.#responses.forget(request);
  }

  /** The headers that tell clients what took how long. */
  toldHeaders(status: string, beganAt: number): Record<string, string> {
    if (!this.tellsClients) return {};
    return { 'cache-status': `${CACHE_NAME}; ${status}`, 'server-timing': timing(status, beganAt) };
  }

  /** Stops the timers, and the cache where it is its own. */
  stop(): void {
    this.shedding?.stop();
    this.metrics.stop();
    this.#responses.stop();
    if (this.#ownsCache) this.cache.stop();
  }

  #visit(request: WebRequest, beganAt: number, decision: CacheDecision): Visit {
    const isRefused = this.shedding?.isRefused(pathOf(request.target)) ?? false;
    const visit = this.#visitOf(request, beganAt, decision, isRefused);
    this.#answers[visit.answer]++;
    return visit;
  }

  #visitOf(request: WebRequest, beganAt: number, decision: CacheDecision, isRefused: boolean): Visit {
    if (decision.kind === 'serve') {
      const { stored, how } = decision;
      const renewal = isRefused ? null : decision.renewal;
      if (isRefused) decision.renewal?.abandon();
      const status =
        how === 'hit'
          ? `hit; ttl=${this.#secondsLeft(stored)}`
          : how === 'stale'
            ? 'hit; fwd=stale'
            : 'fwd=miss; collapsed';
      const reply = this.#ready(request, stored, status, beganAt);
      return visitOf(request, beganAt, { reply, renewal, route: stored.route, answer: how, status });
    }
    if (decision.kind === 'unavailable') {
      const reply = plainReply(504, 'nothing is kept for this request, and it asks for nothing else\n', {});
      return visitOf(request, beganAt, { reply, answer: 'unavailable', status: 'fwd=miss; fwd-status=504' });
    }
    const { exchange, forward } = decision;
    if (isRefused) return this.#refusal(request, beganAt, exchange);
    const answer = forward === 'miss' || forward === 'stale' ? 'miss' : 'bypass';
    return visitOf(request, beganAt, { exchange, answer, status: `fwd=${forward}` });
  }

  /** No handler runs: what is kept for its failure, or else 503. */
  #refusal(request: WebRequest, beganAt: number, exchange: Exchange | null): Visit {
    const stored = exchange?.rescue() ?? null;
    exchange?.abandon();
    if (stored !== null) {
      const status = 'hit; fwd=stale; detail=overload';
      const reply = this.#ready(request, stored, status, beganAt);
      return visitOf(request, beganAt, { reply, route: stored.route, answer: 'rescued', status });
    }
    const { retryAfterS } = this.shedding!;
    this.shedding!.shed++;
    const headers = { 'retry-after': String(retryAfterS) };
    const reply = plainReply(503, `the server has too much to do: try again in ${retryAfterS} s\n`, headers);
    return visitOf(request, beganAt, { reply, answer: 'shed', status: 'fwd=bypass; detail=overload' });
  }

  /** What is kept as it is sent: as a whole, its head, or that nothing changed. */
  #ready(request: WebRequest, stored: StoredReply, status: string, beganAt: number): ReadyReply {
    const age = String(Math.max(0, Math.floor((this.#now() - stored.madeAt) / 1000)));
    const etag = headerText(stored.headers.etag);
    if (stored.status === 200 && isNotModified(request, etag, headerText(stored.headers['last-modified']))) {
      this.#answers.notModified++;
      const kept = Object.fromEntries(Object.entries(stored.headers).filter(([name]) => belongsTo304(name)));
      const headers = Object.assign(kept, { age }, this.toldHeaders(status, beganAt));
      return { status: 304, headers, body: NO_BODY };
    }
    const headers = Object.assign({ ...stored.headers }, { age }, this.toldHeaders(status, beganAt));
    return { status: stored.status, headers, body: stored.body };
  }

  #secondsLeft(stored: StoredReply): number {
    return Math.max(0, Math.floor((stored.freshUntil - this.#now()) / 1000));
  }
}

/** `total` is the time until the head of the response is sent. */
function timing(status: string, beganAt: number): string {
  const ms = (performance.now() - beganAt).toFixed(2);
  return `cache;desc="${status.split(';', 1)[0]}", total;dur=${ms}`;
}

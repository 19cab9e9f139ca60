import { randomBytes } from 'node:crypto';
import type { Cache } from '../../cache/cache.js';
import { RecentKeys } from '../../cache/recent-keys.js';
import { headerText, ResponseHead, type WebRequest } from '../web-request.js';
import { BodyCapture } from './body-capture.js';
import { CredentialHeaders } from './credential-headers.js';
import { Exchange, type ExchangeEnd } from './exchange.js';
import { Flights } from './flights.js';
import { InvalidationWatch } from './invalidation-watch.js';
import { type Credentials, lifetimeOf } from './lifetime.js';
import { RequestKey, type RequestKeyOptions } from './request-key.js';
import { NO_WISHES, type RequestWishes, requestWishesOf, reuseOf } from './reuse.js';
import { type RoutePolicy, tagsOf } from './route-policy.js';
import { type StoredReply, storedReply } from './stored-reply.js';
import { variantOf, variedBy } from './variants.js';

/** What a cache of responses keeps, and for whom. */
export interface ResponseCacheOptions {
  readonly key?: RequestKeyOptions;
  /** Bytes of a body; larger ones pass through and are not kept. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Requests that may wait for the response to an earlier one; more run the handler themselves. Default 1000. */
  readonly maxWaiting?: number;
  /** ms that they wait. Default 10 000. */
  readonly maxWaitMs?: number;
  /** Whether `Cache-Control` and `Pragma` of requests are heeded, by which any client has the handler run. Default true. */
  readonly heedsRequests?: boolean;
}

/** Why a handler runs, in the words of RFC 9211. */
export type Forward = 'method' | 'bypass' | 'request' | 'miss' | 'stale';

/** What a request is answered with. */
export type CacheDecision =
  /** What is kept; where `renewal` is there, a new one is to be made in the background. */
  | {
      readonly kind: 'serve';
      readonly stored: StoredReply;
      readonly how: ServedFrom;
      readonly renewal: Exchange | null;
    }
  /** The handler runs; null: whatever it answers is not kept. */
  | { readonly kind: 'run'; readonly exchange: Exchange | null; readonly forward: Forward }
  /** The client wants only what is kept, and there is nothing: 504. */
  | { readonly kind: 'unavailable' };

/** From where: `joined` is the response to an earlier request that was waited for. */
export type ServedFrom = 'hit' | 'stale' | 'joined';

/** Headers of a response depend on these of a request; which variant is which is told by the id, that no other list has. */
interface VaryMark {
  readonly kind: 'vary';
  readonly names: readonly string[];
  readonly id: string;
  /** Unix ms. */
  readonly until: number;
}

interface Found {
  /** Under which the response to the request is kept and made; null: its headers are too long to tell. */
  readonly key: string | null;
  readonly stored: StoredReply | null;
}

interface Asked extends Credentials {
  readonly request: WebRequest;
  readonly policy: RoutePolicy | null;
  readonly primary: string;
  readonly wishes: RequestWishes;
  readonly canRenew: boolean;
}

/** What a handler answered that could not be kept will not be waited for meanwhile. */
const NOT_SHARED_MS = 10_000;
/** After a renewal that failed the next one waits. */
const RENEWAL_PAUSE_MS = 1000;
/** Responses that a request waits for one after another, each abandoned by its client. */
const MOST_WAITS = 5;

const run = (exchange: Exchange | null, forward: Forward): CacheDecision => ({ kind: 'run', exchange, forward });

/**
 * A shared cache of responses as RFC 9111 has it, over the general cache: it decides what a request is answered with, and
 * keeps what handlers answer. It knows no framework, no socket and no timer.
 */
export class ResponseCache {
  readonly #cache: Cache;
  readonly #keys: RequestKey;
  readonly #credentials: CredentialHeaders;
  readonly #flights: Flights;
  readonly #watch: InvalidationWatch;
  readonly #now: () => number;
  readonly #maxBodyBytes: number;
  readonly #heedsRequests: boolean;
  readonly #notShared = new RecentKeys(NOT_SHARED_MS);
  readonly #paused = new RecentKeys(RENEWAL_PAUSE_MS);

  /** @param now Unix ms */
  constructor(cache: Cache, options: ResponseCacheOptions = {}, now: () => number = Date.now) {
    this.#cache = cache;
    this.#keys = new RequestKey(options.key);
    this.#credentials = new CredentialHeaders(options.key?.headers ?? []);
    this.#flights = new Flights({ maxWaiting: options.maxWaiting ?? 1000, maxWaitMs: options.maxWaitMs ?? 10_000 });
    this.#watch = new InvalidationWatch(cache);
    this.#maxBodyBytes = options.maxBodyBytes ?? 2 ** 20;
    this.#heedsRequests = options.heedsRequests ?? true;
    this.#now = now;
  }

  /** Leaves the cache, which may be others' too. */
  stop(): void {
    this.#watch.stop();
  }

  /**
   * What a request is answered with; a promise only where it waits for the response to another.
   *
   * @param canRenew whether the caller can make a new response in the background; where it cannot, one client waits for it
   */
  begin(request: WebRequest, policy: RoutePolicy | null, canRenew: boolean): CacheDecision | Promise<CacheDecision> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return run(null, 'method');
    const primary = policy?.never === true || isSpecial(request) ? null : this.#keys.of(request);
    if (primary === null) return run(null, 'bypass');
    const wishes = this.#heedsRequests ? requestWishesOf(request) : NO_WISHES;
    if (wishes.noStore) return run(null, 'request');
    const hasAuthorization = request.header('authorization') !== undefined || this.#credentials.isIn(request);
    const hasCookies = request.header('cookie') !== undefined;
    return this.#decide({ request, policy, primary, wishes, canRenew, hasAuthorization, hasCookies }, 0);
  }

  /** An address was changed by a request of another method: what is kept of it is not served any more (RFC 9111, 4.4). */
  forget(request: WebRequest): void {
    const primary = this.#keys.of(request);
    if (primary === null) return;
    this.#watch.note(primary);
    this.#cache.delete(primary);
    this.#flights.supersede(primary);
  }

  #decide(asked: Asked, waits: number): CacheDecision | Promise<CacheDecision> {
    const { key, stored } = this.#find(asked);
    if (key === null) return run(null, 'bypass');
    const now = this.#now();
    const reuse = stored === null ? 'none' : reuseOf(stored, asked, asked.wishes, now);
    if (reuse === 'fresh') return { kind: 'serve', stored: stored!, how: 'hit', renewal: null };
    if (asked.wishes.onlyIfCached) return { kind: 'unavailable' };
    const isBusy = this.#flights.has(key);
    if (reuse === 'stale' && (isBusy || asked.canRenew || this.#paused.has(key, now))) {
      const renews = !isBusy && asked.canRenew && !this.#paused.has(key, now);
      return { kind: 'serve', stored: stored!, how: 'stale', renewal: renews ? this.#lead(asked, key) : null };
    }
    const forward = reuse === 'none' ? 'miss' : 'stale';
    if (asked.request.method === 'HEAD') return run(null, forward);
    if (isPersonal(asked) || asked.wishes.noCache || this.#notShared.has(key, now)) {
      return run(this.#exchange(asked, key, null), forward);
    }
    return isBusy ? this.#follow(asked, key, waits) : run(this.#lead(asked, key), forward);
  }

  /** Waits for the response to an earlier request. */
  async #follow(asked: Asked, key: string, waits: number): Promise<CacheDecision> {
    const end = waits < MOST_WAITS ? await this.#flights.wait(key) : null;
    if (end === 'stored') {
      const { stored } = this.#find(asked);
      const isAnswer = stored !== null && reuseOf(stored, asked, asked.wishes, this.#now()) !== 'none';
      if (isAnswer) return { kind: 'serve', stored, how: 'joined', renewal: null };
    }
    // nor do those after it wait for what takes so long
    if (end === 'late') this.#notShared.add(key, this.#now());
    // it was of another variant, or its client went: the next one that asks runs the handler
    if (end === 'stored' || end === 'abandoned') return this.#decide(asked, waits + 1);
    return run(this.#exchange(asked, key, null), 'miss');
  }

  #find({ request, primary }: Asked): Found {
    const kept = this.#cache.get<StoredReply | VaryMark>(primary);
    if (kept === undefined) return { key: primary, stored: null };
    if (kept.kind === 'reply') return { key: primary, stored: kept };
    const variant = variantOf(kept.names, request);
    if (variant === null) return { key: null, stored: null };
    const key = variantKey(primary, kept.id, variant);
    return { key, stored: this.#cache.get<StoredReply>(key) ?? null };
  }

  #lead(asked: Asked, key: string): Exchange {
    return this.#exchange(asked, key, this.#flights.begin(key));
  }

  /** @param land tells those that wait; null: nobody does */
  #exchange(asked: Asked, key: string, land: ((end: ExchangeEnd) => void) | null): Exchange {
    const began = this.#watch.begin();
    return new Exchange(asked.policy, {
      keep: (head, policy, done) => this.#keep(asked, head, policy, began, done),
      rescue: () => {
        const { stored } = this.#find(asked);
        return stored !== null && reuseOf(stored, asked, asked.wishes, this.#now()) !== 'none' ? stored : null;
      },
      ended: (end) => {
        this.#watch.end();
        if (end === 'stored') this.#notShared.delete(key);
        // what becomes of an answer to one client says nothing of those to others
        else if (end === 'refused' && !isPersonal(asked)) this.#notShared.add(key, this.#now());
        else if (end !== 'refused' && land !== null) this.#paused.add(key, this.#now());
        land?.(end);
      },
    });
  }

  #keep(
    asked: Asked,
    head: ResponseHead,
    policy: RoutePolicy | null,
    began: number,
    done: (end: ExchangeEnd) => void,
  ): BodyCapture | null {
    if (policy?.never === true) return null;
    const lifetime = lifetimeOf(asked, head, policy, this.#now());
    const names = variedBy(head);
    const length = Number(head.header('content-length') ?? 0);
    if (typeof lifetime === 'string' || names === null || length > this.#maxBodyBytes) return null;
    const tags = tagsOf(policy, head.header('cache-tag'));
    const taken = takenDown(head);
    return new BodyCapture(this.#maxBodyBytes, (body) => {
      if (body === null) done('refused');
      else if (length > 0 && body.byteLength !== length) done('abandoned');
      else if (this.#watch.isOutdated(began, [...tags, asked.primary])) done('abandoned');
      else done(this.#store(asked, storedReply(taken, body, lifetime, this.#now()), names, tags));
    });
  }

  #store(asked: Asked, stored: StoredReply, names: readonly string[], tags: readonly string[]): ExchangeEnd {
    const now = this.#now();
    const ttl = stored.errorUntil - now;
    const key = ttl > 0 ? this.#keyFor(asked, names, now, ttl) : null;
    if (key === null) return 'refused';
    this.#cache.set(key, stored, { ttl, grace: 0, jitter: 0, tags });
    // the cache may have no room for it
    return this.#cache.has(key) ? 'stored' : 'refused';
  }

  /** Under which a response is kept that depends on the headers `names`, and on all that earlier ones depended on. */
  #keyFor({ primary, request }: Asked, names: readonly string[], now: number, ttl: number): string | null {
    const kept = this.#cache.get<StoredReply | VaryMark>(primary);
    const mark = kept?.kind === 'vary' ? kept : null;
    if (names.length === 0 && mark === null) return primary;
    const all = [...new Set([...(mark?.names ?? []), ...names])].sort();
    const variant = variantOf(all, request);
    if (variant === null) return null;
    const id = mark !== null && all.length === mark.names.length ? mark.id : randomBytes(6).toString('base64url');
    const until = Math.max(mark?.until ?? 0, now + ttl);
    if (mark === null || mark.id !== id || mark.until < until) {
      const next: VaryMark = { kind: 'vary', names: all, id, until };
      this.#cache.set(primary, next, { ttl: until - now, grace: 0, jitter: 0 });
    }
    return variantKey(primary, id, variant);
  }
}

const isPersonal = ({ hasAuthorization, hasCookies }: Credentials): boolean => hasAuthorization || hasCookies;

/** The head as it is now, whatever is added to it or taken away while it is sent. */
function takenDown({ status, route, headers }: ResponseHead): ResponseHead {
  const read = (name: string) => headerText(headers[name]);
  return new ResponseHead({ status, route, read, readAll: () => headers });
}

const variantKey = (primary: string, id: string, variant: string): string => `${primary}#${id}.${variant}`;

/** Parts of responses, conditions that only the handler can judge, and bodies or methods that no key tells apart. */
const SPECIAL = [
  'range',
  'if-match',
  'if-unmodified-since',
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'transfer-encoding',
  'upgrade',
];

function isSpecial(request: WebRequest): boolean {
  const length = request.header('content-length');
  if (length !== undefined && length !== '0') return true;
  return SPECIAL.some((name) => request.header(name) !== undefined);
}

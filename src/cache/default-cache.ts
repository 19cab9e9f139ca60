import { Oldest } from '../foundation/oldest.js';
import { Cache } from './cache.js';
import { cachedIn } from './cached.js';

const caches = new Oldest<Cache>(new Cache());

/** A cache that functions without a cache's name may use. @returns what ends that */
export const joinCaches = (cache: Cache): (() => void) => caches.join(cache);

/**
 * The cache that `cached` uses now: that of the oldest engine of this process that was not stopped; without an engine one of 16 MiB
 * in memory.
 */
export const defaultCache = (): Cache => caches.current;

/**
 * Keeps what a function or a method answers, in `defaultCache()`: a standard decorator and a wrapper in one. `cachedWith(cache)` is the
 * same for a cache of your own.
 *
 * @throws TypeError where the function has no name and no `keyPrefix` is given; at a call, where an argument is no plain data
 * @example
 * ```ts
 * const plan = cached({ ttl: 60_000, tags: ['plans'] })(async function plan(site: string) { return loadPlan(site); });
 * ```
 */
export const cached = cachedIn(defaultCache);

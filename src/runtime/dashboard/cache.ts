import type { Cache, CacheStats } from '../../cache/cache.js';
import type { TierStats } from '../../cache/stats.js';
import type { CachePort, CacheReply, CacheView, InvalidateBody } from '../../dashboard/api/cache.js';
import { type TrialLine, trialLines } from '../../dashboard/api/trial-line.js';
import type { TrialStore } from '../../store/trials.js';
import type { SimulatedCaches } from '../../tune/strategies/cache-strategy.js';

/** What tells of the caches. */
export interface CacheSources {
  /** By id, the device's own first. */
  readonly caches: () => ReadonlyMap<string, Cache>;
  /** Of the device's own memory tier. */
  readonly simulated: () => SimulatedCaches | null;
  readonly isSimulating: () => boolean;
  readonly trials: Pick<TrialStore, 'read'>;
  /** Unix ms. */
  readonly now: () => number;
}

/** What the device's own cache is called beside those of tenants: no tenant is. */
export const DEVICE_CACHE = 'device';
const EVERY_CACHE = 'every';
const MOST_TAGS = 30;
/** Entries that are looked at for their tags: some milliseconds. */
const MOST_ENTRIES = 5000;
const MOST_TRIALS = 20;
const TRIALS_MS = 90 * 86_400_000;

/** What the page about caches is made of. */
export function cachePort(sources: CacheSources): CachePort {
  return {
    caches: () => cachesOf(sources),
    invalidate: (body) => invalidated(sources.caches(), body),
  };
}

function cachesOf({ caches, simulated, isSimulating, trials, now }: CacheSources): CacheReply {
  const all = caches();
  const ghosts = simulated();
  const hasMemory = all.get(DEVICE_CACHE)?.memorySettings != null;
  return {
    at: now(),
    caches: [...all].map(([id, cache]) => viewOf(id, cache)),
    ghosts: ghosts && {
      minutes: ghosts.ms / 60_000,
      share: ghosts.share,
      lookups: ghosts.lookups,
      now: { ...ghosts.now },
      curves: ghosts.curves.map((curve) => ({ ...curve })),
    },
    ghostsOff: ghosts !== null ? null : !hasMemory ? 'no-memory' : isSimulating() ? 'too-few' : 'off',
    trials: lastTrials(trials, 'cache', now()),
  };
}

/** The newest trials of a strategy. */
export function lastTrials(trials: Pick<TrialStore, 'read'>, strategy: string, now: number): TrialLine[] {
  return trialLines(trials.read({ since: now - TRIALS_MS, strategy, limit: MOST_TRIALS }) ?? []);
}

function viewOf(id: string, cache: Cache): CacheView {
  const { memory, disk, joined, staleServed, refreshesFailed } = cache.getStats();
  const { entries, counts } = cache.tagsInMemory(MOST_ENTRIES);
  const tags = [...counts].map(([tag, count]) => ({ tag, entries: count }));
  return {
    id,
    strategy: cache.memorySettings?.strategy ?? null,
    tiers: [...tierOf('memory', memory, null), ...tierOf('disk', disk, disk?.state ?? null)],
    joined,
    staleServed,
    refreshesFailed,
    tags: tags.sort((a, b) => b.entries - a.entries || (a.tag < b.tag ? -1 : 1)).slice(0, MOST_TAGS),
    tagsCounted: entries,
  };
}

function tierOf(
  tier: 'memory' | 'disk',
  stats: TierStats | CacheStats['disk'],
  state: string | null,
): CacheView['tiers'] {
  if (stats === null) return [];
  const { hits, misses, hitRatio, entries, bytes, maxBytes, meanLatencyMs, evictions } = stats;
  return [
    { tier, state, hits, misses, hitRatio, entries, bytes, maxBytes, meanLatencyMs, evictions: { ...evictions } },
  ];
}

function invalidated(caches: ReadonlyMap<string, Cache>, { cache: id, tags, all }: InvalidateBody): string[] | null {
  const chosen = [...caches].filter(([own]) => id === EVERY_CACHE || own === id);
  if (chosen.length === 0) return null;
  for (const [, cache] of chosen) {
    if (all === true) cache.clear();
    else cache.invalidateByTags(tags ?? []);
  }
  return chosen.map(([own]) => own);
}

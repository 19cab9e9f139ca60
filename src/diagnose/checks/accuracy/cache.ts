import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { sampleOf } from './sample-of.js';

/** Lookups after which a ratio says something. */
const ENOUGH = 1000;
/** Share of lookups answered below which it is asked why. */
const LOW = 0.3;
/** Share of the misses that entries let go for one reason explain. */
const EXPLAINS = 0.5;
const MIB = 2 ** 20;

/** Whether the cache of the running program answers, and where it does not, which setting holds it back. */
export const cacheCheck = (): Check => ({
  ground: 'accuracy',
  name: 'cache',
  deadlineMs: 4000,
  async run({ running, config }, signal) {
    const text = (await running?.askText('/metrics', signal)) ?? null;
    return text === null ? [] : judgeCache(text, config.cache.memoryBytes);
  },
});

/** What there is to be said of the cache, from the metrics of the program; pure. @param budget bytes of the memory tier */
export function judgeCache(metrics: string, budget: number): Finding[] {
  const hits = counted(metrics, 'edge_cache_hits_total', 'tier="memory"');
  const misses = counted(metrics, 'edge_cache_misses_total', 'tier="memory"');
  if (hits + misses < ENOUGH) return [];
  const percent = Math.round((100 * hits) / (hits + misses));
  if (percent >= LOW * 100) return [found('fine', 'cache-fine', { percent })];
  const gone = (reason: string) =>
    counted(metrics, 'edge_cache_evictions_total', `tier="memory",reason="${reason}"`) > misses * EXPLAINS;
  const mib = Math.round(budget / MIB);
  if (gone('budget')) return [found('degraded', 'cache-small', { percent, mib, wanted: budget * 4 })];
  if (gone('tooLarge')) return [found('degraded', 'cache-entries-large', { percent, mib, wanted: budget * 4 })];
  // scenes that never repeat are no fault of the cache
  return [found('fine', 'cache-seldom', { percent })];
}

/** 0 where it is not there. */
const counted = (metrics: string, name: string, labels: string): number => sampleOf(metrics, name, labels) ?? 0;

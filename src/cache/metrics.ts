import { type MetricRow, type Reading, single, THREE_DIGITS } from '../foundation/metric-row.js';
import type { CacheStats } from './cache.js';
import type { SecondTierStats } from './second-tier.js';
import type { LookupStats, TierStats } from './stats.js';

/** What the metrics tell of a cache; null for what it does not have. */
export interface CacheReading extends Pick<CacheStats, 'memory' | 'disk' | 'shared'> {
  /** Whether there should be a disk or shared tier and it is out of order; null where there should be none. */
  readonly degraded: boolean | null;
  /** Of the tier that several programs share; absent where there is none. */
  readonly sharedTier?: SecondTierStats;
}

const SIZE_STEP = 2 ** 16;

/** The metrics of a cache. @param reading null while there is none */
export function cacheMetrics(reading: () => CacheReading | null): readonly MetricRow[] {
  const perTier = (read: (tier: TierStats) => number | null) =>
    function* (): Iterable<Reading<number>> {
      const cache = reading();
      if (cache?.memory) yield [['memory'], read(cache.memory)];
      if (cache?.disk) yield [['disk'], read(cache.disk)];
    };
  const perLookups = (read: (tier: LookupStats) => number | null) =>
    function* (): Iterable<Reading<number>> {
      yield* perTier(read)();
      const shared = reading()?.sharedTier;
      if (shared) yield [['shared'], read(shared)];
    };
  return [
    {
      type: 'counter',
      name: 'cache_hits',
      unit: '',
      labels: ['tier'],
      step: 1,
      help: 'Lookups of the cache that a tier answered: memory, disk, shared.',
      read: perLookups((tier) => tier.hits),
    },
    {
      type: 'counter',
      name: 'cache_misses',
      unit: '',
      labels: ['tier'],
      step: 1,
      help: 'Lookups that a tier could not answer; those of memory go on to the tier behind it.',
      read: perLookups((tier) => tier.misses),
    },
    {
      type: 'gauge',
      name: 'cache_hit_ratio',
      unit: '',
      labels: ['tier'],
      step: 0.001,
      help: 'Share of the lookups of a tier that it answered, 0 to 1, since the program started.',
      read: perLookups((tier) => tier.hitRatio),
    },
    {
      type: 'gauge',
      name: 'cache_latency',
      unit: 'ms',
      labels: ['tier'],
      step: THREE_DIGITS,
      help: 'Mean time of a lookup in a tier, of a sample of them, since the program started.',
      read: perLookups((tier) => tier.meanLatencyMs),
    },
    {
      type: 'gauge',
      name: 'cache_entries',
      unit: 'entries',
      labels: ['tier'],
      step: 1,
      help: 'Entries in a tier.',
      read: perTier((tier) => tier.entries),
    },
    {
      type: 'gauge',
      name: 'cache_size',
      unit: 'bytes',
      labels: ['tier'],
      step: SIZE_STEP,
      help: 'Estimated size of the entries in a tier.',
      read: perTier((tier) => tier.bytes),
    },
    {
      type: 'counter',
      name: 'cache_evictions',
      unit: 'entries',
      labels: ['tier', 'reason'],
      step: 1,
      help: 'Entries that a tier let go, by reason: budget, expired, invalidated, tooLarge, corrupt.',
      *read() {
        const cache = reading();
        for (const tier of ['memory', 'disk'] as const) {
          for (const [reason, count] of Object.entries(cache?.[tier]?.evictions ?? {})) yield [[tier, reason], count];
        }
        for (const [reason, count] of Object.entries(cache?.sharedTier?.evictions ?? {}))
          yield [['shared', reason], count];
      },
    },
    {
      type: 'gauge',
      name: 'cache_degraded',
      unit: '',
      labels: [],
      step: 1,
      help: '1 while the tier behind memory should be there and cannot be used, else 0.',
      read: () => {
        const degraded = reading()?.degraded ?? null;
        return single(degraded === null ? null : Number(degraded));
      },
    },
    {
      type: 'counter',
      name: 'cache_dropped_writes',
      unit: 'entries',
      labels: [],
      step: 1,
      help: 'Entries that never reached the tier behind memory.',
      read: () => single(reading()?.disk?.droppedWrites ?? reading()?.sharedTier?.droppedWrites ?? null),
    },
    {
      type: 'counter',
      name: 'cache_set_aside',
      unit: 'files',
      labels: [],
      step: 1,
      help: 'Corrupt files of the disk tier that were renamed.',
      read: () => single(reading()?.disk?.setAside ?? null),
    },
    {
      type: 'counter',
      name: 'cache_shared',
      unit: 'messages',
      labels: ['outcome'],
      step: 1,
      help: 'Messages about invalidated tags to and from the other devices of the site: sent, unsent, received, refused.',
      *read() {
        for (const [outcome, count] of Object.entries(reading()?.shared ?? {})) yield [[outcome], count];
      },
    },
  ];
}

import type { TierReading } from './measurements.js';
import { DIGITS, type MetricRow, type NumberMetric, number, type Reading, single } from './metric-row.js';

const SIZE_STEP = 2 ** 16;

const perTier = (read: (tier: TierReading) => number | null): NumberMetric['read'] =>
  function* ({ cache }): Iterable<Reading<number>> {
    if (cache?.memory) yield [['memory'], read(cache.memory)];
    if (cache?.disk) yield [['disk'], read(cache.disk)];
  };

const evictions: NumberMetric['read'] = function* ({ cache }) {
  for (const tier of ['memory', 'disk'] as const) {
    for (const [reason, count] of Object.entries(cache?.[tier]?.evictions ?? {})) yield [[tier, reason], count];
  }
};

/** The rows of the cache in the list of all metrics. */
export const CACHE_METRICS: readonly MetricRow[] = [
  number(
    'counter',
    'cache_hits',
    '',
    ['tier'],
    1,
    'Lookups of the cache that a tier answered: memory, disk.',
    perTier((tier) => tier.hits),
  ),
  number(
    'counter',
    'cache_misses',
    '',
    ['tier'],
    1,
    'Lookups that a tier could not answer; those of memory go on to disk.',
    perTier((tier) => tier.misses),
  ),
  number(
    'gauge',
    'cache_hit_ratio',
    '',
    ['tier'],
    0.001,
    'Share of the lookups of a tier that it answered, 0 to 1, since the program started.',
    perTier((tier) => tier.hitRatio),
  ),
  number(
    'gauge',
    'cache_latency',
    'ms',
    ['tier'],
    DIGITS,
    'Mean time of a lookup in a tier, of a sample of them, since the program started.',
    perTier((tier) => tier.meanLatencyMs),
  ),
  number(
    'gauge',
    'cache_entries',
    'entries',
    ['tier'],
    1,
    'Entries in a tier.',
    perTier((tier) => tier.entries),
  ),
  number(
    'gauge',
    'cache_size',
    'bytes',
    ['tier'],
    SIZE_STEP,
    'Estimated size of the entries in a tier.',
    perTier((tier) => tier.bytes),
  ),
  number(
    'counter',
    'cache_evictions',
    'entries',
    ['tier', 'reason'],
    1,
    'Entries that a tier let go, by reason: budget, expired, invalidated, tooLarge, corrupt.',
    evictions,
  ),
  number(
    'gauge',
    'cache_degraded',
    '',
    [],
    1,
    '1 while the disk tier should be there and cannot be used, else 0.',
    single(({ cache }) => (cache?.degraded == null ? null : Number(cache.degraded))),
  ),
  number(
    'counter',
    'cache_dropped_writes',
    'entries',
    [],
    1,
    'Entries that never reached the disk tier.',
    single(({ cache }) => cache?.disk?.droppedWrites ?? null),
  ),
  number(
    'counter',
    'cache_set_aside',
    'files',
    [],
    1,
    'Corrupt files of the disk tier that were renamed.',
    single(({ cache }) => cache?.disk?.setAside ?? null),
  ),
  number(
    'counter',
    'cache_shared',
    'messages',
    ['outcome'],
    1,
    'Messages about invalidated tags to and from the other devices of the site: sent, unsent, received, refused.',
    function* ({ cache }) {
      for (const [outcome, count] of Object.entries(cache?.shared ?? {})) yield [[outcome], count];
    },
  ),
];

import { Cache } from '../src/cache/cache.js';
import { GhostCaches, hitRatioBetween } from '../src/cache/ghosts/ghost-caches.js';
import { type MemorySettings, STRATEGIES, type StrategyName } from '../src/cache/memory.js';
import { madeUpTraces } from './ghost/made-up.js';
import { readTraces, type Trace } from './ghost/traces.js';
import { lookUp, TunedCacheRun } from './ghost/tuned-cache.js';
import { place, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';

const USAGE = `npm run -s bench -- ghost [--lookups 200000] [--per-second 20] [--traces DIR] [--entries 16384]

How near the ghost caches' prediction is to a real cache of that strategy and budget, and whether a cache that begins with LRU and is tuned by
trials ends up at what the best strategy finds. A row for each trace and budget (a share of the trace's keys).

  --lookups N     of each trace at most, from its begin; shorter ones are repeated to half of that for the tuned run
  --per-second N  lookups a second, for the tuned run: its trials take minutes
  --traces DIR    Caffeine's traces, or *.txt with a key a line (default ../shared/data/cache beside the project)
  --entries N     that the ghosts may remember in all
`;

const SHARES = [0.05, 0.2, 0.5];
const NAMES = Object.keys(STRATEGIES) as StrategyName[];
const ERROR_GOAL = 0.02;
/** Of the hit ratio that the best strategy would have had over LRU's, what a tuned cache gets at least. */
const GAIN_GOAL = 0.5;
const LOSS_GOAL = 0.01;
/** Where strategies differ by less there is nothing to gain. */
const LEAST_DIFFERENCE = 0.02;

/** Prediction against real runs, and the tuned cache against fixed strategies. */
export async function run(args: string[]): Promise<BenchReport> {
  const {
    lookups,
    entries,
    traces: folder,
    'per-second': perSecond,
  } = readOptions(args, USAGE, {
    lookups: wholeNumber({ least: 1000, usual: 200_000 }),
    'per-second': wholeNumber({ least: 1, usual: 20 }),
    traces: place('../shared/data/cache'),
    entries: wholeNumber({ least: 100, usual: 16_384 }),
  });
  const { traces, notes } = readTraces(folder, lookups);
  const rows: Row[] = [];
  const errors: number[] = [];
  for (const trace of [...madeUpTraces(lookups), ...traces]) {
    for (const share of SHARES) {
      const predicted = predict(trace, share, entries);
      errors.push(...predicted.errors);
      rows.push({
        trace: trace.name,
        budget: `${share * 100} %`,
        ...predicted.row,
        ...(await tune(trace, share, lookups, perSecond)),
      });
    }
  }
  return { name: 'ghost', rows, goals: goalsOf(rows, errors), notes };
}

/** Bytes of so many entries of a trace. */
function budgetOf({ keys }: Trace, share: number): number {
  const cache = new Cache({ memory: { maxBytes: 2 ** 40, strategy: 'fifo' }, cleanupInterval: 0 });
  for (const key of keys) lookUp(cache, key);
  return Math.max(1000, Math.round(cache.getStats().memory!.bytes * share));
}

function predict(trace: Trace, share: number, maxEntries: number) {
  const maxBytes = budgetOf(trace, share);
  const settings: MemorySettings[] = [1, 2, 4].flatMap((times) =>
    NAMES.map((strategy) => ({ strategy, maxBytes: maxBytes * times })),
  );
  const ghosts = new GhostCaches({ settings, now: () => 0, maxEntries, maxLookups: Number.POSITIVE_INFINITY });
  const from = ghosts.counts();
  const watched = timed(trace, { strategy: 'lru', maxBytes }, ghosts);
  const real = settings.map((one) => timed(trace, one, null));
  const errors = settings.map((_, i) =>
    Math.abs((hitRatioBetween(from, ghosts.counts(), i) ?? Number.NaN) - real[i]!.hitRatio),
  );
  return {
    errors,
    row: {
      sampled: round(ghosts.counts().share),
      medianError: round(median(errors)),
      largestError: round(Math.max(...errors)),
      ghostsNs: Math.round(watched.nsPerLookup - real[0]!.nsPerLookup),
    },
  };
}

function timed({ keys }: Trace, memory: MemorySettings, ghosts: GhostCaches | null) {
  const cache = new Cache({ memory, cleanupInterval: 0, now: () => 0 });
  cache.watchMemory(ghosts);
  const begun = performance.now();
  for (const key of keys) lookUp(cache, key);
  const nsPerLookup = ((performance.now() - begun) * 1e6) / keys.length;
  return { hitRatio: cache.getStats().memory!.hitRatio!, nsPerLookup };
}

/** Hit ratios of the second half: LRU, the best of the fixed strategies, and one that begins with LRU and is tuned. */
async function tune(trace: Trace, share: number, lookups: number, perSecond: number) {
  const keys: number[] = [];
  while (keys.length < lookups / 2) keys.push(...trace.keys);
  const maxBytes = budgetOf(trace, share);
  const fixed = NAMES.map((strategy) => ({ strategy, hitRatio: secondHalf(keys, { strategy, maxBytes }) }));
  const best = fixed.reduce((a, b) => (b.hitRatio > a.hitRatio ? b : a));
  const tuned = new TunedCacheRun({ strategy: 'lru', maxBytes });
  const hitRatio = await tuned.run(keys, perSecond);
  const verdicts = tuned.ended.map(({ verdict }) => verdict);
  return {
    lru: round(fixed.find(({ strategy }) => strategy === 'lru')!.hitRatio),
    best: best.strategy,
    bestFixed: round(best.hitRatio),
    tuned: round(hitRatio),
    endedAt: tuned.strategy,
    kept: verdicts.filter((verdict) => verdict === 'kept').length,
    rolledBack: verdicts.filter((verdict) => verdict === 'rolled-back').length,
  };
}

function secondHalf(keys: readonly number[], memory: MemorySettings): number {
  const cache = new Cache({ memory, cleanupInterval: 0, now: () => 0 });
  let hits = 0;
  for (const [i, key] of keys.entries()) if (lookUp(cache, key) && i >= keys.length / 2) hits++;
  return hits / Math.ceil(keys.length / 2);
}

function goalsOf(rows: readonly Row[], errors: readonly number[]) {
  const number = (row: Row, name: string) => row[name] as number;
  const gains = rows
    .filter((row) => number(row, 'bestFixed') - number(row, 'lru') >= LEAST_DIFFERENCE)
    .map((row) => (number(row, 'tuned') - number(row, 'lru')) / (number(row, 'bestFixed') - number(row, 'lru')));
  const worst = Math.min(...rows.map((row) => number(row, 'tuned') - number(row, 'lru')));
  const error = round(median(errors));
  const gain = gains.length === 0 ? null : round(median(gains));
  return [
    {
      name: 'error of the predicted hit ratio, median',
      value: error,
      goal: `<= ${ERROR_GOAL}`,
      met: error <= ERROR_GOAL,
    },
    {
      name: "of what the best strategy finds beyond LRU, the tuned cache's part, median",
      value: gain,
      goal: `>= ${GAIN_GOAL}`,
      met: gain === null ? null : gain >= GAIN_GOAL,
    },
    { name: 'tuned against LRU, at worst', value: round(worst), goal: `>= -${LOSS_GOAL}`, met: worst >= -LOSS_GOAL },
  ];
}

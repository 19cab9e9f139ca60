/** What a database is held against; each can be set. */
export interface HealthBaselines {
  /** Share of the calls whose plan searches by an index. */
  readonly indexHitRatio: number;
  /** Share of the pages that were in memory when they were asked for. */
  readonly cacheHitRatio: number;
  readonly averageQueryMs: number;
  /** From so many ms on a query is slow. */
  readonly slowQueryMs: number;
  /** Share of the calls that may be slow. */
  readonly slowShare: number;
  /** Share of the file that is free pages. */
  readonly fragmentation: number;
  /** Of the write-ahead log beside the file, against it. */
  readonly walShare: number;
  /** Share of the calls that found it locked. */
  readonly lockedShare: number;
  readonly fsyncMs: number;
  /** Share of the file system that is free. */
  readonly freeShare: number;
}

/** What a database is held against unless somebody says otherwise. */
export const DEFAULT_BASELINES: HealthBaselines = {
  indexHitRatio: 0.95,
  cacheHitRatio: 0.9,
  averageQueryMs: 50,
  slowQueryMs: 500,
  slowShare: 0.01,
  fragmentation: 0.2,
  walShare: 0.5,
  lockedShare: 0.001,
  fsyncMs: 20,
  freeShare: 0.1,
};

/** The parts of health, as a report names them. */
export type HealthPartName =
  | 'integrity'
  | 'index hits'
  | 'cache hits'
  | 'average query'
  | 'slow queries'
  | 'fragmentation'
  | 'write-ahead log'
  | 'locks'
  | 'fsync'
  | 'free space'
  | 'statistics';

/** What was measured of a database. A missing reading is null, never good or bad. */
export interface HealthReadings {
  /** Problems found; empty: it is whole. */
  readonly integrity: readonly string[] | null;
  readonly indexHitRatio: number | null;
  readonly cacheHitRatio: number | null;
  readonly averageQueryMs: number | null;
  readonly slowShare: number | null;
  readonly fragmentation: number | null;
  readonly walShare: number | null;
  readonly lockedShare: number | null;
  readonly fsyncMs: number | null;
  readonly freeShare: number | null;
  /** Whether the planner knows how many rows there are. */
  readonly hasStatistics: boolean | null;
}

/** One thing that health is made of. */
export interface HealthPart {
  readonly name: HealthPartName;
  /** 0 to 1; null where it was not measured, and does not count. */
  readonly score: number | null;
  readonly weight: number;
  /** As people read it: `0.97`, `12 ms`. */
  readonly value: string;
  readonly goal: string;
  /** What to do; null where it is as it should be or was not measured. */
  readonly remedy: string | null;
}

/** Health as one number and as what it is made of. */
export interface DatabaseHealth {
  /** 0 to 100: the weighted mean of what was measured; null where nothing was. A database that is not whole has 0. */
  readonly score: number | null;
  readonly parts: readonly HealthPart[];
}

/** What to do about a part, where that is another thing than on SQLite. */
export type HealthRemedies = Partial<Readonly<Record<HealthPartName, string>>>;

/** How healthy a database is by its readings. */
export function databaseHealth(
  readings: HealthReadings,
  baselines: HealthBaselines = DEFAULT_BASELINES,
  remedies: HealthRemedies = {},
): DatabaseHealth {
  const parts = partsOf(readings, baselines).map((part) => ({
    ...part,
    remedy: part.remedy === null ? null : (remedies[part.name] ?? part.remedy),
  }));
  const measured = parts.filter((part) => part.score !== null);
  const weight = measured.reduce((sum, part) => sum + part.weight, 0);
  const sum = measured.reduce((total, part) => total + part.score! * part.weight, 0);
  const damaged = readings.integrity !== null && readings.integrity.length > 0;
  return { score: damaged ? 0 : weight === 0 ? null : Math.round((sum / weight) * 100), parts };
}

function partsOf(readings: HealthReadings, baselines: HealthBaselines): HealthPart[] {
  const { integrity, hasStatistics } = readings;
  return [
    {
      name: 'integrity',
      score: integrity === null ? null : integrity.length === 0 ? 1 : 0,
      weight: 3,
      value: integrity === null ? '-' : integrity.length === 0 ? 'whole' : integrity[0]!,
      goal: 'whole',
      remedy:
        integrity === null || integrity.length === 0
          ? null
          : 'restore the newest backup that is whole: PRAGMA integrity_check says what is damaged',
    },
    atLeast(
      'index hits',
      2,
      readings.indexHitRatio,
      baselines.indexHitRatio,
      ratio,
      '`db advise` with the workload finds the indexes that are missing',
    ),
    atLeast(
      'cache hits',
      1,
      readings.cacheHitRatio,
      baselines.cacheHitRatio,
      ratio,
      'more page cache: PRAGMA cache_size',
    ),
    atMost(
      'average query',
      2,
      readings.averageQueryMs,
      baselines.averageQueryMs,
      milliseconds,
      'the queries with most time are in the report, with what is wrong with each',
    ),
    atMost(
      'slow queries',
      2,
      readings.slowShare,
      baselines.slowShare,
      ratio,
      'the slow ones are in the report, with their plans',
    ),
    atMost(
      'fragmentation',
      1,
      readings.fragmentation,
      baselines.fragmentation,
      ratio,
      'give the free pages back: VACUUM, or PRAGMA incremental_vacuum',
    ),
    atMost(
      'write-ahead log',
      1,
      readings.walShare,
      baselines.walShare,
      ratio,
      'PRAGMA wal_checkpoint(TRUNCATE), and look for a reader that never ends its transaction',
    ),
    atMost(
      'locks',
      2,
      readings.lockedShare,
      baselines.lockedShare,
      ratio,
      'journal_mode = WAL, a busy_timeout, shorter transactions of whoever writes',
    ),
    atMost(
      'fsync',
      1,
      readings.fsyncMs,
      baselines.fsyncMs,
      milliseconds,
      'a faster medium, or fewer and larger transactions',
    ),
    atLeast(
      'free space',
      1,
      readings.freeShare,
      baselines.freeShare,
      ratio,
      'make room on the file system: a full one stops writing',
    ),
    {
      name: 'statistics',
      score: hasStatistics === null ? null : hasStatistics ? 1 : 0,
      weight: 1,
      value: hasStatistics === null ? '-' : hasStatistics ? 'there' : 'none',
      goal: 'there',
      remedy:
        hasStatistics === false
          ? 'ANALYZE, and PRAGMA optimize now and then: without it the planner guesses how many rows there are'
          : null,
    },
  ];
}

type Write = (value: number) => string;

const ratio: Write = (value) => value.toFixed(value < 0.01 && value > 0 ? 4 : 2);
const milliseconds: Write = (value) => `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;

type MeasuredPart = (
  name: HealthPartName,
  weight: number,
  value: number | null,
  goal: number,
  write: Write,
  remedy: string,
) => HealthPart;

const atLeast: MeasuredPart = measuredPart('>=', (value, goal) => (value >= goal ? 1 : Math.max(0, value / goal)));

/** Twice the goal is half as good. */
const atMost: MeasuredPart = measuredPart('<=', (value, goal) => (value <= goal ? 1 : goal / value));

/** @param scoreOf 1 where the value is within the goal */
function measuredPart(sign: '>=' | '<=', scoreOf: (value: number, goal: number) => number): MeasuredPart {
  return (name, weight, value, goal, write, remedy) => {
    const score = value === null ? null : scoreOf(value, goal);
    return {
      name,
      score,
      weight,
      value: value === null ? '-' : write(value),
      goal: `${sign} ${write(goal)}`,
      remedy: score === null || score === 1 ? null : remedy,
    };
  };
}

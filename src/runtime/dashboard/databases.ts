import { statSync } from 'node:fs';
import type { DatabaseQueryView, DatabasesPort, DatabasesReply, DatabaseView } from '../../dashboard/api/database.js';
import { databaseHealth, type HealthReadings } from '../../database/health/health.js';
import type { QueryStatistics } from '../../database/monitor/query-record.js';
import { querySmells } from '../../database/monitor/query-smells.js';
import type { WatchedDatabase } from '../../database/sqlite/watched-database.js';
import { watchedReadings } from '../../database/sqlite/watched-health.js';
import type { TrialStore } from '../../store/trials.js';
import { lastTrials } from './cache.js';
import type { Examinations } from './examinations.js';

/** What tells of the databases. */
export interface DatabaseSources {
  readonly databases: readonly WatchedDatabase[];
  readonly examinations: Examinations;
  /** ms that the medium took to have a block, at the start; null where it was not measured. */
  readonly fsyncMs: () => number | null;
  readonly trials: Pick<TrialStore, 'read'>;
  /** Unix ms. */
  readonly now: () => number;
}

const MOST_QUERIES = 30;
const MOST_LETTERS = 2000;
/** A smaller gain is not worth a hint. */
const LEAST_FREE_BYTES = 2 ** 20;
const LEAST_WAL_BYTES = 8 * 2 ** 20;
const LEAST_FREE_SHARE = 0.1;
const MOST_FRAGMENTED = 0.2;

/** What the page about databases is made of: nothing here reads more than the first pages of a file. */
export function databasePort(sources: DatabaseSources): DatabasesPort {
  const { examinations } = sources;
  return {
    databases: () => databasesOf(sources),
    examine: (name) => examinations.begin(name),
    examined: (name) => examinations.of(name),
  };
}

function databasesOf(sources: DatabaseSources): DatabasesReply {
  const { databases, trials, now } = sources;
  return {
    at: now(),
    databases: databases.map((database) => viewOf(database, sources)),
    trials: lastTrials(trials, 'database', now()),
  };
}

function viewOf(database: WatchedDatabase, { examinations, fsyncMs }: DatabaseSources): DatabaseView {
  const { name, file, monitor } = database;
  const statistics = monitor.statistics();
  const bytes = sizeOf(file);
  const walBytes = sizeOf(`${file}-wal`);
  const { readings, problem } = watchedReadings(database, fsyncMs());
  const health = readings && databaseHealth(readings);
  return {
    name,
    file,
    bytes,
    walBytes,
    isCounted: !monitor.isPaused,
    problem,
    health: health && { score: health.score, parts: health.parts.map((part) => ({ ...part })) },
    hints: readings === null ? [] : hintsOf(name, readings, bytes, walBytes),
    queries: statistics.slice(0, MOST_QUERIES).map(queryView),
    examination: examinations.of(name)!,
  };
}

/** What somebody may do for a database; of a thing that the program does by itself there is none. */
function hintsOf(
  name: string,
  { fragmentation, freeShare, hasStatistics, integrity }: HealthReadings,
  bytes: number | null,
  walBytes: number | null,
): DatabaseView['hints'] {
  const free = Math.round((fragmentation ?? 0) * (bytes ?? 0));
  const hints: DatabaseView['hints'] = [];
  if (integrity !== null && integrity.length > 0) hints.push({ what: 'damaged', bytes: null });
  if ((freeShare ?? 1) < LEAST_FREE_SHARE) hints.push({ what: 'room', bytes: null });
  if ((fragmentation ?? 0) > MOST_FRAGMENTED && free > LEAST_FREE_BYTES) hints.push({ what: 'vacuum', bytes: free });
  if ((walBytes ?? 0) > LEAST_WAL_BYTES && (walBytes ?? 0) > (bytes ?? 0) / 2)
    hints.push({ what: 'checkpoint', bytes: walBytes });
  if (hasStatistics === false) hints.push({ what: 'statistics', bytes: null });
  // all that cannot be had again is in that one
  if (name === 'history.db') hints.push({ what: 'backup', bytes });
  return hints;
}

function queryView(query: QueryStatistics): DatabaseQueryView {
  const { slowest, plan, bursts: _, text, ...numbers } = query;
  return {
    ...numbers,
    text: text.slice(0, MOST_LETTERS),
    slowestMs: slowest?.ms ?? null,
    slowestAt: slowest?.at ?? null,
    slowestValues: slowest?.parameters ?? null,
    plan: plan && [...plan],
    smells: querySmells(query, null).map(({ code, seen, remedy }) => ({ code, seen, remedy })),
  };
}

const sizeOf = (file: string): number | null => statSync(file, { throwIfNoEntry: false })?.size ?? null;

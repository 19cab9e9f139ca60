import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DiskRows } from '../../../cache/disk-rows.js';
import { explain } from '../../../foundation/errors.js';
import { alertStatements } from '../../../store/alert-history.js';
import type { DatabasePort } from '../../../store/database-port.js';
import { obstaclesIn, type QueryObstacles } from '../../../store/database-report.js';
import { OutboxTable } from '../../../store/outbox-table.js';
import { readDatabase } from '../../../store/read-database.js';
import { SeriesTables } from '../../../store/series/series-tables.js';
import { readTraffic, trafficStatements } from '../../../store/traffic-table.js';
import { trialStatements, trialsAsked } from '../../../store/trials.js';
import { STORE_MIGRATIONS } from '../../known-schemas.js';

/*
 * A process of its own, as that of quick-look-process.ts: it asks the databases what the program asks them while it runs, and
 * prints of each file what hinders queries and then how long they took, a line of JSON each. Nothing is written.
 */

/** What is printed of a file: once before it is asked, and once after. */
export interface PrintedTimes extends QueryObstacles {
  readonly file: string;
  /** Unix ms of the first line. */
  readonly begunAt: number;
  readonly isAsked: boolean;
  /** The statement that took longest, and its ms, the median of a few runs; null where none could be asked. */
  readonly slowest: { readonly query: string; readonly ms: number } | null;
  /** Why it could not be asked; null where it could. */
  readonly unreadable: string | null;
}

const RUNS = 3;
const DAY_MS = 86_400_000;
const PAGE = 100;

/** By the database's name: what the program asks of it, each by the name of its table. */
const QUERIES: Readonly<Record<string, (database: DatabasePort) => Readonly<Record<string, () => unknown>>>> = {
  'cache.db': (database) => {
    const rows = new DiskRows(database);
    return { entries: () => [rows.oldest(PAGE), rows.ended(Date.now(), PAGE), rows.has('a key that is not there')] };
  },
  'history.db': (database) => {
    const [traffic, trials] = [trafficStatements(database), trialStatements(database)];
    const alerts = alertStatements(database);
    const series = new SeriesTables(database);
    const now = Date.now();
    return {
      traffic: () => [readTraffic(traffic, { from: now - DAY_MS, to: now }), traffic.oldestFine.all(now)],
      trials: () => [trials.underWay.all(), trialsAsked(trials, { since: now - DAY_MS, limit: PAGE })],
      alert_states: () => alerts.states.all(),
      series: () => [series.catalog(), series.oldest(0), series.newest(0)],
    };
  },
  'outbox.db': (database) => {
    const table = new OutboxTable(database);
    return {
      messages: () => [table.oldest(), table.page(0, Number.MAX_SAFE_INTEGER, PAGE), table.newestReport('none')],
    };
  },
  'profiles.db': (database) => {
    const devices = database.prepare('SELECT id FROM devices ORDER BY seen_at DESC');
    const read = database.prepare('SELECT count(*) AS rows FROM measurements WHERE device = ? AND model = ?');
    return { measurements: () => [devices.all(), read.all('', '')] };
  },
};

function tell(file: string): void {
  const name = basename(file);
  const nothing = { bytes: 0, logBytes: 0, freeBytes: 0, lost: [] };
  const told = { file, begunAt: Date.now(), slowest: null, unreadable: null };
  try {
    const obstacles = obstaclesIn(file, STORE_MIGRATIONS[name] ?? []);
    print({ ...told, ...obstacles, isAsked: false });
    print({ ...told, ...obstacles, isAsked: true, slowest: slowestOf(file, name) });
  } catch (error) {
    print({ ...told, ...nothing, isAsked: true, unreadable: explain(error) });
  }
}

const print = (times: PrintedTimes): void => void process.stdout.write(`${JSON.stringify(times)}\n`);

function slowestOf(file: string, name: string): PrintedTimes['slowest'] {
  const queriesOf = QUERIES[name];
  if (queriesOf === undefined) return null;
  const database = readDatabase(file);
  try {
    const timed = Object.entries(queriesOf(database)).map(([query, ask]) => ({ query, ms: medianMs(ask) }));
    return timed.reduce((slow, one) => (one.ms > slow.ms ? one : slow));
  } finally {
    database.close();
  }
}

/** So that one that waited for the medium once does not count. */
function medianMs(ask: () => unknown): number {
  const all = Array.from({ length: RUNS }, () => {
    const began = performance.now();
    ask();
    return performance.now() - began;
  });
  return all.sort((a, b) => a - b)[Math.floor(RUNS / 2)]!;
}

for (const file of process.argv.slice(2)) tell(file);

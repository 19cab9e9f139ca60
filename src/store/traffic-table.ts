import type { DatabasePort, StatementPort } from './database-port.js';
import { addCounts, noCounts, type TrafficCounts, type TrafficInterval, type TrafficTotal } from './traffic-counts.js';

/** A total as it is kept. */
export interface StoredTotal extends TrafficTotal {
  /** Unix ms since when it is counted. */
  readonly since: number;
}

/** Which intervals to read. */
export interface TrafficQuery {
  /** Unix ms; intervals that begin then or later, and before `to`. */
  readonly from: number;
  readonly to: number;
  /** Ids; absent: of all. */
  readonly cameras?: readonly string[] | undefined;
}

/** How far an interval is. */
export type TrafficState = typeof OPEN | typeof CLOSED | typeof TOLD;

/** It goes on. */
export const OPEN = 0;
/** It is over, and nobody was told of it. */
export const CLOSED = 1;
/** Somebody was told of it. */
export const TOLD = 2;

/** A row of `traffic`. */
export interface StoredInterval {
  readonly camera: string;
  readonly start: number;
  readonly part: number;
  readonly interval_s: number;
  readonly covered_ms: number;
  readonly left_out: number;
  readonly counts: string;
}

const HOUR_MS = 3_600_000;
/** Of the cameras of a list in JSON, which is given twice; of all where that is null. */
const CHOSEN = '(? IS NULL OR camera IN (SELECT value FROM json_each(?)))';

/** What is asked of the tables. */
export interface TrafficStatements {
  readonly put: StatementPort;
  readonly close: StatementPort;
  readonly parts: StatementPort;
  readonly open: StatementPort;
  readonly untold: StatementPort;
  readonly read: StatementPort;
  readonly count: StatementPort;
  readonly oldestFine: StatementPort;
  readonly hour: StatementPort;
  readonly removeHour: StatementPort;
  readonly addTotal: StatementPort;
  readonly totals: StatementPort;
  readonly allTotals: StatementPort;
}

/** Prepares them, for a `history.db` of this version. */
export const trafficStatements = (database: DatabasePort): TrafficStatements => ({
  put: database.prepare(`INSERT INTO traffic (camera, start, part, interval_s, covered_ms, left_out, counts, state)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET interval_s = excluded.interval_s, covered_ms = excluded.covered_ms,
      left_out = excluded.left_out, counts = excluded.counts, state = excluded.state`),
  close: database.prepare(`UPDATE traffic SET state = ${CLOSED} WHERE camera = ? AND start = ? AND part = ?`),
  parts: database.prepare('SELECT max(part) AS part FROM traffic WHERE camera = ? AND start = ?'),
  open: database.prepare(
    `SELECT * FROM traffic WHERE state < ${TOLD} AND state = ${OPEN} AND camera = ? ORDER BY start`,
  ),
  untold: database.prepare(
    `SELECT * FROM traffic WHERE state < ${TOLD} AND state = ${CLOSED} AND camera = ? ORDER BY start`,
  ),
  read: database.prepare(
    `SELECT * FROM traffic WHERE start >= ? AND start < ? AND ${CHOSEN} ORDER BY start, camera, part`,
  ),
  count: database.prepare(`SELECT count(*) AS intervals FROM traffic WHERE start >= ? AND start < ? AND ${CHOSEN}`),
  // the hours of which all was told
  oldestFine: database.prepare(`SELECT camera, start FROM traffic AS fine WHERE interval_s < 3600 AND start < ?
    AND NOT EXISTS (SELECT 1 FROM traffic WHERE state < ${TOLD} AND camera = fine.camera
      AND start BETWEEN fine.start - fine.start % ${HOUR_MS} AND fine.start - fine.start % ${HOUR_MS} + ${HOUR_MS - 1})
    ORDER BY start LIMIT 1`),
  hour: database.prepare('SELECT * FROM traffic WHERE camera = ? AND start >= ? AND start < ? ORDER BY start, part'),
  removeHour: database.prepare('DELETE FROM traffic WHERE camera = ? AND start >= ? AND start < ?'),
  addTotal: database.prepare(`INSERT INTO traffic_totals (camera, kind, name, direction, class, since, count)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count`),
  totals: database.prepare(
    'SELECT kind, name, direction, class AS vehicleClass, since, count FROM traffic_totals WHERE camera = ?',
  ),
  // a class is counted since its line was, though it came later
  allTotals: database.prepare(`SELECT * FROM (
      SELECT camera, kind, name, direction, class AS vehicleClass,
        min(since) OVER (PARTITION BY camera, kind, name) AS since, count
      FROM traffic_totals WHERE ${CHOSEN})
    WHERE vehicleClass != '' ORDER BY camera, kind, name, direction, vehicleClass`),
});

/** What was counted, oldest first. */
export function readTraffic({ read }: TrafficStatements, { from, to, cameras }: TrafficQuery): TrafficInterval[] {
  return (read.all(from, to, ...chosen(cameras)) as StoredInterval[]).map(intervalOf);
}

/** What was counted in all, of these cameras or of all. */
export function readTrafficTotals(
  { allTotals }: TrafficStatements,
  cameras?: readonly string[],
): (StoredTotal & { readonly camera: string })[] {
  return allTotals.all(...chosen(cameras)) as (StoredTotal & { readonly camera: string })[];
}

const chosen = (cameras: readonly string[] | undefined): readonly (string | null)[] => {
  const list = cameras === undefined ? null : JSON.stringify(cameras);
  return [list, list];
};

/** How many intervals there are. */
export function countTraffic({ count }: TrafficStatements, { from, to, cameras }: TrafficQuery): number {
  return (count.get(from, to, ...chosen(cameras)) as { intervals: number }).intervals;
}

/** Writes an interval over what is there of it. */
export function putInterval({ put }: TrafficStatements, interval: TrafficInterval, state: TrafficState): void {
  const { camera, from, part, intervalS, coveredMs, leftOut, counts } = interval;
  put.run(camera, from, part, intervalS, coveredMs, leftOut, JSON.stringify(counts), state);
}

/** The interval that a row is. */
export function intervalOf(row: StoredInterval): TrafficInterval {
  const counts = noCounts();
  addCounts(counts, JSON.parse(row.counts) as TrafficCounts);
  const { camera, start, part, interval_s, covered_ms, left_out } = row;
  return { camera, from: start, intervalS: interval_s, part, coveredMs: covered_ms, leftOut: left_out, counts };
}

/** Makes one of the oldest hour's intervals of a camera, where that began before `before`. */
export function mergeHour(statements: TrafficStatements, before: number): void {
  const oldest = statements.oldestFine.get(Math.floor(before / HOUR_MS) * HOUR_MS) as StoredInterval | undefined;
  if (oldest === undefined) return;
  const from = Math.floor(oldest.start / HOUR_MS) * HOUR_MS;
  const counts = noCounts();
  let [coveredMs, leftOut] = [0, 0];
  for (const row of statements.hour.all(oldest.camera, from, from + HOUR_MS) as StoredInterval[]) {
    const interval = intervalOf(row);
    addCounts(counts, interval.counts);
    coveredMs += interval.coveredMs;
    leftOut += interval.leftOut;
  }
  statements.removeHour.run(oldest.camera, from, from + HOUR_MS);
  putInterval(statements, { camera: oldest.camera, from, intervalS: 3600, part: 1, coveredMs, leftOut, counts }, TOLD);
}

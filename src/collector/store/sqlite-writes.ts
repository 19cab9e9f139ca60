import { DEVICE_COLUMNS, deviceValues } from './fleet-rows.js';
import {
  type FleetChanges,
  INTERVAL_TABLES,
  type IntervalRow,
  type IntervalTable,
  LOG_TABLES,
  type LogRow,
  type LogTable,
} from './fleet-store.js';
import type { RowIds } from './row-ids.js';

/** What is bound to a statement. */
export type SqliteValue = string | number | null;

/** A statement that is run again and again. */
export interface RepeatedWrite {
  readonly statement: SqliteWriteName;
  /** Those of all runs, one run behind the other. */
  readonly values: readonly SqliteValue[];
}

/** A statement, and how many values one run of it takes. */
export interface SqliteWrite {
  readonly sql: string;
  readonly width: number;
}

/** Of a device: one that is born every half minute must not fill the disk with what it says of itself. */
const MOST_BIRTH_BODIES = 100;
const LOG_COLUMNS = 'id, device, stream, n, ts, at, subject, kind, body';
const INTERVAL_COLUMNS = 'id, device, subject, start, part, stream, n, ts, at, body';

const inserting = (into: string, columns: string, conflict: string): SqliteWrite => {
  const width = columns.split(',').length;
  return { sql: `INSERT INTO ${into} (${columns}) VALUES (${Array(width).fill('?').join(', ')}) ${conflict}`, width };
};

const logs = LOG_TABLES.map((table) => [table, inserting(table, LOG_COLUMNS, 'ON CONFLICT DO NOTHING')] as const);
const intervals = INTERVAL_TABLES.map((table) => {
  const conflict = `ON CONFLICT (device, subject, start, part) DO UPDATE SET
    stream = excluded.stream, n = excluded.n, ts = excluded.ts, at = excluded.at, body = excluded.body
    WHERE (excluded.ts, excluded.n) > (ts, n)`;
  return [table, inserting(table, INTERVAL_COLUMNS, conflict)] as const;
});
const STATES = {
  device: {
    sql: `UPDATE devices SET ${DEVICE_COLUMNS.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`,
    width: DEVICE_COLUMNS.length + 1,
  },
  body: inserting('birth_bodies', 'device, bd_seq, ts, received_at, body', 'ON CONFLICT DO NOTHING'),
  oldBodies: {
    sql: `DELETE FROM birth_bodies WHERE device = ? AND received_at <=
      (SELECT received_at FROM birth_bodies WHERE device = ? ORDER BY received_at DESC LIMIT 1 OFFSET ${MOST_BIRTH_BODIES})`,
    width: 2,
  },
  birth: inserting(
    'births',
    'device, bd_seq, ts, boot, received_at, ended_at, ended_by, seqs, missing',
    `ON CONFLICT (device, bd_seq, ts) DO UPDATE SET
      ended_at = excluded.ended_at, ended_by = excluded.ended_by, seqs = excluded.seqs, missing = excluded.missing`,
  ),
  stream: inserting(
    'streams',
    'device, stream, state, verdict, lost, heard_at',
    `ON CONFLICT (device, stream) DO UPDATE SET
      state = excluded.state, verdict = excluded.verdict, lost = excluded.lost, heard_at = excluded.heard_at`,
  ),
  alert: inserting(
    'alerts',
    'device, code, ts, holds, cleared_at, body',
    `ON CONFLICT (device, code) DO UPDATE SET
      ts = excluded.ts, holds = excluded.holds, cleared_at = excluded.cleared_at, body = excluded.body`,
  ),
  quarantined: inserting('quarantine', 'received_at, topic, reason, detail, bytes, sample', ''),
  oldQuarantine: { sql: 'DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?', width: 1 },
  count: inserting('counts', 'name, count', 'ON CONFLICT (name) DO UPDATE SET count = excluded.count'),
} as const;

export type SqliteWriteName = LogTable | IntervalTable | keyof typeof STATES;

/** The statements of a commit, by name. */
export const SQLITE_WRITES: Readonly<Record<SqliteWriteName, SqliteWrite>> = {
  ...(Object.fromEntries([...logs, ...intervals]) as Record<LogTable | IntervalTable, SqliteWrite>),
  ...STATES,
};

/**
 * What is to be run for one batch, in this order.
 *
 * @param ids of what is kept message by message
 * @param mostQuarantined messages put aside that are kept
 */
export function sqliteWrites(
  { devices, births, streams, alerts, rows, quarantined, counts }: FleetChanges,
  ids: RowIds,
  mostQuarantined: number,
): RepeatedWrite[] {
  const values = new Map<SqliteWriteName, SqliteValue[]>();
  const of = (statement: SqliteWriteName): SqliteValue[] => {
    let found = values.get(statement);
    if (found === undefined) values.set(statement, (found = []));
    return found;
  };
  for (const row of rows) pushRow(of(row.table), row, ids.next(row.receivedAt));
  for (const device of devices) of('device').push(...deviceValues(device));
  for (const { device, bdSeq, ts, body, receivedAt } of births)
    if (body !== null) {
      of('body').push(device, bdSeq, ts, receivedAt, body);
      of('oldBodies').push(device, device);
    }
  for (const { device, bdSeq, ts, boot, receivedAt, endedAt, endedBy, seqs, missing } of births)
    of('birth').push(device, bdSeq, ts, boot, receivedAt, endedAt, endedBy, JSON.stringify(seqs), missing);
  for (const { device, stream, state, verdict, heardAt } of streams)
    of('stream').push(...[device, stream, JSON.stringify(state), JSON.stringify(verdict), verdict.lostCount, heardAt]);
  for (const { device, code, ts, holds, clearedAt, body } of alerts)
    of('alert').push(device, code, ts, Number(holds), clearedAt, body);
  for (const { receivedAt, topic, reason, detail, bytes, sample } of quarantined)
    of('quarantined').push(receivedAt, topic, reason, detail, bytes, sample);
  if (quarantined.length > 0) of('oldQuarantine').push(mostQuarantined);
  for (const [name, count] of Object.entries(counts)) of('count').push(name, count);
  return [...values].map(([statement, those]) => ({ statement, values: those }));
}

function pushRow(values: SqliteValue[], row: LogRow | IntervalRow, id: number): void {
  const { device, stream, n, ts, at, subject, body } = row;
  if ('start' in row) values.push(id, device, subject ?? '', row.start, row.part, stream, n, ts, at, body);
  else values.push(id, device, stream, n, ts, at, subject, row.kind, body);
}

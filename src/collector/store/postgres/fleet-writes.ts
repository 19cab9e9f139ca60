import type { PostgresConnection } from '../../../database/postgres/server/postgres-connection.js';
import { DEVICE_COLUMNS, deviceValues } from '../fleet-rows.js';
import type { FleetChanges, IntervalRow, LogRow, QuarantinedMessage } from '../fleet-store.js';

/*
 * A batch as statements of PostgreSQL, one a table: its rows are sent as an array for each column, so that a statement is the same
 * however many rows there are.
 */

type Values = readonly (readonly unknown[])[];

/** A row with its place in the order of arrival. */
export interface PlacedRow<Row> {
  readonly id: number;
  readonly row: Row;
}

/** Of a device: one that is born every half minute must not fill the database with what it says of itself. */
const MOST_BIRTH_BODIES = 100;

const LOG_COLUMNS =
  'id bigint, device int, stream text, n bigint, ts bigint, at bigint, subject text, kind text, body text';
const INTERVAL_COLUMNS =
  'id bigint, device int, subject text, start bigint, part int, stream text, n bigint, ts bigint, at bigint, body text';

/** Rows of a table of messages, those that are there already excepted. */
export async function writeLogRows(
  connection: PostgresConnection,
  table: string,
  rows: readonly PlacedRow<LogRow>[],
): Promise<void> {
  const values = rows.map(({ id, row }) => {
    const { device, stream, n, ts, at, subject, kind, body } = row;
    return [id, device, stream, n, ts, at, subject, kind, body];
  });
  await insert(connection, `fleet.${table}`, LOG_COLUMNS, values, 'ON CONFLICT DO NOTHING');
}

/** Rows of a table of intervals: of each the latest message counts. */
export async function writeIntervalRows(
  connection: PostgresConnection,
  table: string,
  rows: readonly PlacedRow<IntervalRow>[],
): Promise<void> {
  // a statement may not write a row twice
  const latest = new Map<string, PlacedRow<IntervalRow>>();
  for (const one of rows) {
    const { device, subject, start, part, ts, n } = one.row;
    const key = JSON.stringify([device, subject, start, part]);
    const known = latest.get(key)?.row;
    if (known === undefined || ts > known.ts || (ts === known.ts && n > known.n)) latest.set(key, one);
  }
  const values = [...latest.values()].map(({ id, row }) => {
    const { device, subject, start, part, stream, n, ts, at, body } = row;
    return [id, device, subject ?? '', start, part, stream, n, ts, at, body];
  });
  await insert(
    connection,
    `fleet.${table} AS kept`,
    INTERVAL_COLUMNS,
    values,
    `ON CONFLICT (device, subject, start, part) DO UPDATE SET
       stream = excluded.stream, n = excluded.n, ts = excluded.ts, at = excluded.at, body = excluded.body
       WHERE (excluded.ts, excluded.n) > (kept.ts, kept.n)`,
  );
}

/** All of a batch but its rows. @param collector whose counts these are */
export async function writeKnown(
  connection: PostgresConnection,
  { devices, births, streams, alerts, quarantined, counts }: FleetChanges,
  collector: string,
  mostQuarantined: number,
): Promise<void> {
  if (devices.length > 0) await connection.rows(UPDATE_DEVICES, columnsOf(devices.map(deviceValues), DEVICE_WIDTH));
  const bodies = births.filter(({ body }) => body !== null);
  const bodyColumns = 'device int, bd_seq bigint, ts bigint, received_at bigint, body text';
  await insert(
    connection,
    'fleet.birth_bodies',
    bodyColumns,
    bodies.map(({ device, bdSeq, ts, receivedAt, body }) => [device, bdSeq, ts, receivedAt, body]),
    'ON CONFLICT DO NOTHING',
  );
  if (bodies.length > 0)
    await connection.rows(FORGET_BODIES, [[...new Set(bodies.map(({ device }) => device))], MOST_BIRTH_BODIES]);
  await insert(
    connection,
    'fleet.births',
    'device int, bd_seq bigint, ts bigint, boot text, received_at bigint, ended_at bigint, ended_by text, seqs text, missing bigint',
    births.map(({ device, bdSeq, ts, boot, receivedAt, endedAt, endedBy, seqs, missing }) => [
      ...[device, bdSeq, ts, boot, receivedAt, endedAt, endedBy],
      ...[JSON.stringify(seqs), missing],
    ]),
    `ON CONFLICT (device, bd_seq, ts) DO UPDATE SET
       ended_at = excluded.ended_at, ended_by = excluded.ended_by, seqs = excluded.seqs, missing = excluded.missing`,
  );
  await insert(
    connection,
    'fleet.streams',
    'device int, stream text, state text, verdict text, lost bigint, heard_at bigint',
    streams.map(({ device, stream, state, verdict, heardAt }) => [
      ...[device, stream, JSON.stringify(state), JSON.stringify(verdict)],
      ...[verdict.lostCount, heardAt],
    ]),
    `ON CONFLICT (device, stream) DO UPDATE SET state = excluded.state, verdict = excluded.verdict, lost = excluded.lost,
       heard_at = excluded.heard_at`,
  );
  await insert(
    connection,
    'fleet.alerts',
    'device int, code text, ts bigint, holds smallint, cleared_at bigint, body text',
    alerts.map(({ device, code, ts, holds, clearedAt, body }) => [device, code, ts, Number(holds), clearedAt, body]),
    `ON CONFLICT (device, code) DO UPDATE SET
       ts = excluded.ts, holds = excluded.holds, cleared_at = excluded.cleared_at, body = excluded.body`,
  );
  await setAside(connection, quarantined, mostQuarantined);
  await insert(
    connection,
    'fleet.counts',
    'collector text, name text, count bigint',
    Object.entries(counts).map(([name, count]) => [collector, name, count]),
    'ON CONFLICT (collector, name) DO UPDATE SET count = excluded.count',
  );
}

async function setAside(
  connection: PostgresConnection,
  messages: readonly QuarantinedMessage[],
  most: number,
): Promise<void> {
  if (messages.length === 0) return;
  await insert(
    connection,
    'fleet.quarantine',
    'received_at bigint, topic text, reason text, detail text, bytes int, sample text',
    messages.map(({ receivedAt, topic, reason, detail, bytes, sample }) => [
      ...[receivedAt, storable(topic), reason, storable(detail), bytes],
      storable(sample),
    ]),
    '',
  );
  await connection.rows(
    'DELETE FROM fleet.quarantine WHERE id <= (SELECT id FROM fleet.quarantine ORDER BY id DESC OFFSET $1 LIMIT 1)',
    [most],
  );
}

/** PostgreSQL has no text with a character of the number 0. */
const storable = (text: string): string => text.replaceAll('\0', '�');

/** @param columns with their types, `id bigint, …` */
async function insert(
  connection: PostgresConnection,
  table: string,
  columns: string,
  rows: Values,
  conflict: string,
): Promise<void> {
  if (rows.length === 0) return;
  const declared = columns.split(', ').map((column) => column.split(' ') as [string, string]);
  const names = declared.map(([name]) => name).join(', ');
  const arrays = declared.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ');
  await connection.rows(
    `INSERT INTO ${table} (${names}) SELECT * FROM unnest(${arrays}) ${conflict}`,
    columnsOf(rows, declared.length),
  );
}

/** An array for each column. */
const columnsOf = (rows: Values, width: number): unknown[][] =>
  Array.from({ length: width }, (_, column) => rows.map((row) => row[column]));

const DEVICE_TYPES: Readonly<Record<(typeof DEVICE_COLUMNS)[number], string>> = {
  online: 'smallint',
  reason: 'text',
  bd_seq: 'bigint',
  birth_ts: 'bigint',
  boot: 'text',
  version: 'text',
  model: 'text',
  variant: 'text',
  provider: 'text',
  tenant: 'text',
  board: 'text',
  configuration: 'text',
  heard_at: 'bigint',
  offset_ms: 'float8',
  clock: 'text',
  reported: 'text',
  under_bd_seq: 'bigint',
  under_ts: 'bigint',
};
const DEVICE_WIDTH = DEVICE_COLUMNS.length + 1;
const DEVICE_ARRAYS = [...DEVICE_COLUMNS.map((name) => DEVICE_TYPES[name]), 'int'].map(
  (type, index) => `$${index + 1}::${type}[]`,
);
const UPDATE_DEVICES = `UPDATE fleet.devices AS known
  SET ${DEVICE_COLUMNS.map((name) => `${name} = news.${name}`).join(', ')}
  FROM unnest(${DEVICE_ARRAYS.join(', ')}) AS news (${DEVICE_COLUMNS.join(', ')}, id) WHERE known.id = news.id`;
const FORGET_BODIES = `DELETE FROM fleet.birth_bodies USING unnest($1::int[]) AS of (device),
  LATERAL (SELECT received_at FROM fleet.birth_bodies AS kept WHERE kept.device = of.device
    ORDER BY received_at DESC OFFSET $2 LIMIT 1) AS oldest
  WHERE birth_bodies.device = of.device AND birth_bodies.received_at <= oldest.received_at`;

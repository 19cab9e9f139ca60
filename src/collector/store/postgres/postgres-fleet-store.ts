import type { PostgresConnection, PostgresRow } from '../../../database/postgres/server/postgres-connection.js';
import { ConfigError, EdgeError } from '../../../foundation/errors.js';
import { type Log, silentLog } from '../../../foundation/log.js';
import { AgeClock } from '../../../store/age-clock.js';
import { daysByTable, firstIdAt, forgottenActions, IDS_PER_MS, RETENTION_DAYS } from '../fleet-retention.js';
import { alertOf, birthOf, deviceOf, streamOf } from '../fleet-rows.js';
import {
  type AskedDevice,
  BIRTHS_AT_HAND,
  type FleetChanges,
  type FleetStore,
  type IntervalRow,
  type KnownDevice,
  type LogRow,
  STREAMS_AT_HAND,
} from '../fleet-store.js';
import { RowIds } from '../row-ids.js';
import { PARTED_TABLES } from './fleet-schema.js';
import { migrateFleet } from './fleet-upgrade.js';
import { type PlacedRow, writeIntervalRows, writeKnown, writeLogRows } from './fleet-writes.js';
import { PostgresActionStore } from './postgres-action-store.js';
import { PostgresFleetQuestions } from './postgres-fleet-questions.js';
import { PostgresLink, type PostgresLinkOptions } from './postgres-link.js';
import { type PartsKind, summarizeArrivals, TimeParts } from './time-parts.js';

export interface PostgresFleetOptions {
  /** `postgres://user@host/dbname`; a password may also be in PGPASSWORD or in the file that PGPASSFILE names. */
  readonly target: string;
  readonly log?: Log;
  /** Whether a batch is on the medium before it is acknowledged; default true. */
  readonly durable?: boolean;
  /** By table, in days, where it is not the usual one. */
  readonly retentionDays?: Readonly<Record<string, number>>;
  /** Quarantined messages that are kept; default 10,000. */
  readonly mostQuarantined?: number;
  /** Which one of several that share the load; null or absent: the only one, which refuses others. */
  readonly member?: FleetMember | null;
}

/** A collector among others at one database. */
export interface FleetMember {
  /** Its counts are kept under this name. */
  readonly name: string;
}

const MOST_QUARANTINED = 10_000;
/** ms between two looks for what is too old. */
const FORGET_EVERY_MS = 60_000;
const SUMMARIZE_EVERY_MS = 300_000;
/** Rows that are deleted at a time. */
const MOST_DELETED = 5000;
/** The one that says who writes; whoever is alone takes it alone. */
const WRITER_LOCK = "hashtext('edge-optimizer fleet'), 0";
const DAY_MS = 86_400_000;
/** So far back the newest row is looked for, in days: hardly any collector was away for longer. */
const LOOKED_BACK_DAYS = [1, 30, 400] as const;
const TIME_COLUMNS: Readonly<Record<string, string>> = {
  births: 'received_at',
  birth_bodies: 'received_at',
  streams: 'heard_at',
  quarantine: 'received_at',
};

const FIND = `SELECT devices.* FROM fleet.devices
  JOIN unnest($1::text[], $2::text[]) AS asked (site, device) USING (site, device)`;
// one whose answer was lost with its connection is there already
const ADD = `INSERT INTO fleet.devices AS known (site, device, first_heard_at, heard_at)
  SELECT site, device, at, at FROM unnest($1::text[], $2::text[], $3::bigint[]) AS asked (site, device, at)
  ON CONFLICT (site, device) DO UPDATE SET heard_at = known.heard_at RETURNING *`;
const newestOf = (table: string, order: string): string => `SELECT newest.* FROM unnest($1::bigint[]) AS asked (device)
  CROSS JOIN LATERAL (SELECT * FROM fleet.${table} WHERE ${table}.device = asked.device ORDER BY ${order} LIMIT $2) AS newest`;
const BIRTHS_OF = newestOf('births', 'id DESC');
const STREAMS_OF = newestOf('streams', 'heard_at DESC, id DESC');
const ALERTS_OF = 'SELECT * FROM fleet.alerts WHERE device = ANY ($1::bigint[]) ORDER BY device, code';

/** A fleet in PostgreSQL: in hypertables where TimescaleDB is installed, else in partitions by time. */
export class PostgresFleetStore extends PostgresFleetQuestions implements FleetStore {
  /** Writes, and asks what the next write depends on. */
  readonly #writer: PostgresLink;
  readonly #parts: TimeParts;
  readonly actions: PostgresActionStore;
  readonly #target: string;
  readonly #log: Log;
  readonly #member: string;
  readonly ids: RowIds;
  readonly #mostQuarantined: number;
  readonly #days: Readonly<Record<string, number>>;
  readonly #clock: AgeClock;
  #forgotAt: number | null = null;
  #summarizedAt: number | null = null;
  #connection = 0;
  /** The only connection that may write; null: any. What is held by locks is not held any more over another. */
  fence: number | null = null;

  private constructor(
    options: PostgresFleetOptions,
    links: { writer: PostgresLink; reader: PostgresLink },
    kind: PartsKind,
    lastId: number,
  ) {
    super(links.reader);
    this.#writer = links.writer;
    this.#parts = new TimeParts(kind);
    this.actions = new PostgresActionStore(links.writer, links.reader);
    this.#target = options.target;
    this.#log = options.log ?? silentLog;
    this.#member = options.member?.name ?? '';
    this.#mostQuarantined = options.mostQuarantined ?? MOST_QUARANTINED;
    this.#days = { ...RETENTION_DAYS, ...options.retentionDays };
    this.ids = new RowIds(lastId);
    this.#clock = new AgeClock(lastId === 0 ? null : lastId / IDS_PER_MS);
  }

  /**
   * Connects, and makes or brings up to date what is in the schema `fleet`.
   *
   * @throws ConfigError where another collector writes there, or the address is none
   * @throws EdgeError E_OUTPUT where the server cannot be reached or refuses, or its schema is of a newer program
   */
  static async open(options: PostgresFleetOptions): Promise<PostgresFleetStore> {
    const { target, log = silentLog, durable = true, member } = options;
    const isShared = member !== undefined && member !== null;
    let isFirst = true;
    const writer = new PostgresLink({
      target,
      name: 'edge-optimizer collect',
      log,
      // its locks say whose devices are whose
      endsWhenSilent: isShared,
      begin: async (connection) => {
        await connection.run(`SET synchronous_commit = ${durable ? 'on' : 'off'}`);
        const [{ got } = {}] = await connection.rows(
          `SELECT pg_try_advisory_lock${isShared ? '_shared' : ''}(${WRITER_LOCK}) AS got`,
        );
        if (got === true) return;
        const shown = connection.address.shown;
        const remedy = 'stop it, or let several share the load with --share';
        if (isFirst)
          throw new ConfigError('the fleet cannot be kept', [
            `--store: another collector writes to ${shown}: ${remedy}`,
          ]);
        throw new EdgeError('E_OUTPUT', `another collector writes to ${shown}: ${remedy}`);
      },
    });
    const reader = new PostgresLink({ target, name: 'edge-optimizer collect, API', log });
    try {
      const { kind, timescale } = await writer.use((connection) => migrateFleet(connection));
      isFirst = false;
      const newest = await newestId(writer);
      log.info({ database: writer.address.shown, tables: kind, timescale }, 'the fleet is kept in PostgreSQL');
      return new PostgresFleetStore(options, { writer, reader }, kind, newest);
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  /** Whether what comes message by message lies in hypertables of TimescaleDB, or in partitions. */
  get partsKind(): PartsKind {
    return this.#parts.kind;
  }

  /** For messages: no password. */
  get shown(): string {
    return this.#writer.address.shown;
  }

  /** Another connection to the same database, over which something is asked all the time. @param name as the server lists it @param begin see `PostgresLinkOptions` */
  link(name: string, begin: NonNullable<PostgresLinkOptions['begin']>): PostgresLink {
    return new PostgresLink({ target: this.#target, name, log: this.#log, begin, endsWhenSilent: true });
  }

  /** Which connection writes; 0: none. */
  get connection(): number {
    return this.#writer.connection;
  }

  /** Asks over the connection that writes. @throws as `commit` */
  async ask<Row extends PostgresRow>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    return this.#writer.use((connection) => {
      this.#requireFence();
      return connection.rows<Row>(sql, values);
    });
  }

  /** Of some numbers those whose lock was free. @param lock two keys of an advisory lock, the second one `part` */
  async locked(lock: string, parts: readonly number[]): Promise<number[]> {
    if (parts.length === 0) return [];
    const rows = await this.#writer.rows<{ part: number }>(
      `SELECT part FROM (SELECT part, pg_try_advisory_lock(${lock}) AS got FROM unnest($1::int[]) AS part) AS tried WHERE got`,
      [parts],
    );
    return rows.map(({ part }) => part);
  }

  async unlock(lock: string, parts: readonly number[]): Promise<void> {
    await this.#writer.rows(`SELECT pg_advisory_unlock(${lock}) FROM unnest($1::int[]) AS part`, [parts]);
  }

  async meet(asked: readonly AskedDevice[], room: number): Promise<(KnownDevice | null)[]> {
    const found = await this.reader.rows(FIND, [asked.map(({ site }) => site), asked.map(({ device }) => device)]);
    const devices = new Map(found.map(deviceOf).map((device) => [`${device.site}/${device.device}`, device]));
    const isKnown = ({ site, device }: AskedDevice): boolean => devices.has(`${site}/${device}`);
    const added = asked.filter((one) => one.addAt !== null && !isKnown(one)).slice(0, room);
    const ids = [...devices.values()].map(({ id }) => id);
    const births = grouped(await this.reader.rows(BIRTHS_OF, [ids, BIRTHS_AT_HAND]), birthOf);
    const streams = grouped(await this.reader.rows(STREAMS_OF, [ids, STREAMS_AT_HAND]), streamOf);
    const alerts = grouped(await this.reader.rows(ALERTS_OF, [ids]), alertOf);
    const known = new Map<string, KnownDevice>();
    for (const [name, device] of devices) {
      const { id } = device;
      const of = { births: births.get(id) ?? [], streams: streams.get(id) ?? [], alerts: alerts.get(id) ?? [] };
      known.set(name, { device, ...of });
    }
    if (added.length > 0) {
      const columns = [added.map(({ site }) => site), added.map(({ device }) => device), added.map((one) => one.addAt)];
      for (const device of (await this.#writer.rows(ADD, columns)).map(deviceOf))
        known.set(`${device.site}/${device.device}`, { device, isNew: true, births: [], streams: [], alerts: [] });
    }
    return asked.map(({ site, device }) => known.get(`${site}/${device}`) ?? null);
  }

  async commit(changes: FleetChanges): Promise<void> {
    const { last } = this.ids;
    try {
      await this.#writer.transaction((connection) => this.#write(connection, changes));
    } catch (error) {
      this.ids.backTo(last);
      this.#parts.forgetKnown();
      throw error;
    }
  }

  async forget(now: number): Promise<void> {
    const since = this.#forgotAt === null ? null : now - this.#forgotAt;
    if (since !== null && since >= 0 && since < FORGET_EVERY_MS) return;
    this.#forgotAt = now;
    await this.#summarize(now);
    if (!this.#clock.believes(now)) return;
    try {
      for (const [table, days] of daysByTable(this.#days))
        await this.#writer.transaction((connection) => this.#age(connection, table, now - days * DAY_MS));
      await this.actions.forget(forgottenActions(this.#days, now));
    } catch (error) {
      this.#parts.forgetKnown();
      throw error;
    }
  }

  async counts(): Promise<Readonly<Record<string, number>>> {
    const sql = 'SELECT name, count FROM fleet.counts WHERE collector = $1';
    const rows = await this.reader.rows<{ name: string; count: number }>(sql, [this.#member]);
    return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
  }

  async close(): Promise<void> {
    await Promise.all([this.#writer.close(), this.reader.close()]);
  }

  async #write(connection: PostgresConnection, changes: FleetChanges): Promise<void> {
    this.#requireFence();
    // what an earlier connection made may not be there: it was lost before the end
    if (this.#connection !== this.#writer.connection) this.#parts.forgetKnown();
    this.#connection = this.#writer.connection;
    const byTable = new Map<string, PlacedRow<LogRow | IntervalRow>[]>();
    for (const row of changes.rows) {
      const list = byTable.get(row.table) ?? [];
      list.push({ id: this.ids.next(row.receivedAt), row });
      byTable.set(row.table, list);
    }
    for (const [table, rows] of byTable) {
      const times = new Set(rows.map(({ row }) => ('start' in row ? row.start : row.ts)));
      const newest = Math.max(...rows.map(({ row }) => row.receivedAt));
      await this.#parts.make(connection, table, times, newest, this.#days[table]!);
      if ('start' in rows[0]!.row) await writeIntervalRows(connection, table, rows as PlacedRow<IntervalRow>[]);
      else await writeLogRows(connection, table, rows as PlacedRow<LogRow>[]);
    }
    await writeKnown(connection, changes, this.#member, this.#mostQuarantined);
  }

  async #summarize(now: number): Promise<void> {
    const since = this.#summarizedAt === null ? null : now - this.#summarizedAt;
    if (since !== null && since >= 0 && since < SUMMARIZE_EVERY_MS) return;
    this.#summarizedAt = now;
    await this.#writer.transaction(summarizeArrivals).catch((err: unknown) => {
      this.#log.debug({ err }, 'what arrived is not in the indexes yet');
    });
  }

  /** @param before Unix ms */
  async #age(connection: PostgresConnection, table: string, before: number): Promise<void> {
    if (table in PARTED_TABLES) {
      await this.#parts.drop(connection, table, before);
      return;
    }
    const column = TIME_COLUMNS[table]!;
    await connection.rows(
      `DELETE FROM fleet.${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM fleet.${table} WHERE ${column} < $1 LIMIT $2))`,
      [before, MOST_DELETED],
    );
  }

  #requireFence(): void {
    if (this.fence !== null && this.fence !== this.#writer.connection)
      throw new EdgeError('E_OUTPUT', `the connection to ${this.shown} was lost: others may have gone on meanwhile`);
  }
}

/** The highest id of any row; 0: there is none. Where the newest rows lie the index says only of ids that are bounded: without a bound all tables are read. */
async function newestId(writer: PostgresLink): Promise<number> {
  const tables = Object.keys(PARTED_TABLES).map((table) => `SELECT max(id) AS id FROM fleet.${table} WHERE id >= $1`);
  const sql = `SELECT max(id) AS id FROM (${tables.join(' UNION ALL ')}) AS newest`;
  const now = Date.now();
  for (const at of [...LOOKED_BACK_DAYS.map((days) => now - days * DAY_MS), 0]) {
    const [newest] = await writer.rows<{ id: number | null }>(sql, [firstIdAt(at)]);
    if (newest!.id !== null) return newest!.id;
  }
  return 0;
}

/** By their device. */
function grouped<One>(rows: readonly PostgresRow[], read: (row: PostgresRow) => One): Map<number, One[]> {
  const groups = new Map<number, One[]>();
  for (const row of rows) {
    const device = row['device'] as number;
    const group = groups.get(device) ?? [];
    group.push(read(row));
    groups.set(device, group);
  }
  return groups;
}

import { dirname } from 'node:path';
import { ConfigError, EdgeError } from '../../foundation/errors.js';
import { type Log, silentLog } from '../../foundation/log.js';
import { makePrivateFolder } from '../../foundation/private-files.js';
import { AgeClock } from '../../store/age-clock.js';
import { openDatabase } from '../../store/database.js';
import type { DatabasePort, StatementPort } from '../../store/database-port.js';
import { TableRetention } from '../../store/retention.js';
import { lockFile } from '../../store/sqlite.js';
import { Vacuum } from '../../store/vacuum.js';
import { SqliteActionStore } from '../actions/sqlite-action-store.js';
import type { DeviceName } from '../device/device-name.js';
import { FLEET_MIGRATIONS } from './fleet-migrations.js';
import { fleetRetention, forgottenActions, IDS_PER_MS } from './fleet-retention.js';
import { alertOf, birthOf, deviceOf, historyOf, quarantineOf, streamOf, withAlerts } from './fleet-rows.js';
import {
  type AskedDevice,
  atHand,
  type BirthKey,
  type ConnectionTimes,
  type DeviceAlert,
  type DeviceCondition,
  type FleetAlert,
  type FleetBirth,
  type FleetChanges,
  type FleetDevice,
  type FleetStore,
  type FleetStream,
  type FollowedRow,
  type FollowedTable,
  type HistoryQuery,
  type HistoryRow,
  INTERVAL_TABLES,
  type KeptQuarantine,
  type KnownDevice,
  LOG_TABLES,
  type TrafficMark,
} from './fleet-store.js';
import { RowIds } from './row-ids.js';
import { SqliteStatements } from './sqlite-statements.js';
import { type RepeatedWrite, SQLITE_WRITES, type SqliteWriteName, sqliteWrites } from './sqlite-writes.js';

export interface SqliteFleetOptions {
  readonly file: string;
  readonly log?: Log;
  /** Whether a batch is on the medium before it is acknowledged, so that a power cut takes nothing either; default true. */
  readonly durable?: boolean;
  /** By table, in days, where it is not the usual one. */
  readonly retentionDays?: Readonly<Record<string, number>>;
  /** Quarantined messages that are kept; default 10,000. */
  readonly mostQuarantined?: number;
  /** ms to wait for somebody else's lock on the file; default 5000. */
  readonly busyTimeoutMs?: number;
}

const MOST_QUARANTINED = 10_000;
/** Batches that one call deletes of each table: as many messages as are written at once must not come faster than old ones go. */
const MOST_RETENTION_STEPS = 10;

/** A fleet in one SQLite file, which one collector has for itself. */
export class SqliteFleetStore implements FleetStore {
  readonly actions: SqliteActionStore;
  readonly #database: DatabasePort;
  readonly #unlock: () => void;
  readonly #durable: boolean;
  readonly #mostQuarantined: number;
  readonly #retentions: readonly TableRetention[];
  readonly #days: Readonly<Record<string, number>> | undefined;
  readonly #clock: AgeClock;
  readonly #vacuum: Vacuum;
  readonly #sql: SqliteStatements;
  /** Prepared once: what every batch writes. */
  readonly #writes = new Map<SqliteWriteName, StatementPort>();
  readonly #ids: RowIds;

  /**
   * @throws ConfigError where another collector has the file
   * @throws EdgeError as `openDatabase`
   */
  constructor(options: SqliteFleetOptions) {
    const { file, log = silentLog, durable = true, retentionDays, mostQuarantined, busyTimeoutMs = 5000 } = options;
    makePrivateFolder(dirname(file));
    const unlock = lockFile(`${file}.lock`);
    if (unlock === null)
      throw new ConfigError('the fleet cannot be kept', [
        `--store: another collector has ${file}: stop it, or name another file`,
      ]);
    this.#unlock = unlock;
    try {
      const database = openDatabase({ file, migrations: FLEET_MIGRATIONS, log, busyTimeoutMs });
      this.#database = database;
      if (database.readOnly)
        throw new EdgeError('E_OUTPUT', `the fleet cannot be kept in ${file}: ${database.readOnlyBecause}`);
      this.#durable = durable;
      this.#sql = new SqliteStatements(file, database);
      this.actions = new SqliteActionStore(database, this.#sql);
      this.#mostQuarantined = mostQuarantined ?? MOST_QUARANTINED;
      this.#retentions = fleetRetention(retentionDays).map((rule) => new TableRetention(database, rule));
      this.#vacuum = new Vacuum(database);
      const newest = [...LOG_TABLES, ...INTERVAL_TABLES].map((table) => `SELECT max(id) AS id FROM ${table}`);
      const { id } = database.prepare(`SELECT max(id) AS id FROM (${newest.join(' UNION ALL ')})`).get() as Readonly<
        Record<string, unknown>
      >;
      this.#ids = new RowIds((id as number | null) ?? 0);
      this.#days = retentionDays;
      this.#clock = new AgeClock(this.#ids.last === 0 ? null : this.#ids.last / IDS_PER_MS);
    } catch (error) {
      unlock();
      throw error;
    }
  }

  async known(site: string, name: string): Promise<KnownDevice | null> {
    const row = this.#sql.get('SELECT * FROM devices WHERE site = ? AND device = ?', site, name);
    return row === undefined ? null : atHand(this, deviceOf(row));
  }

  async conditions(names: readonly DeviceName[]): Promise<DeviceCondition[]> {
    const wanted = JSON.stringify(names.map(({ site, device }) => [site, device]));
    const devices = this.#sql.all(DEVICES_CALLED, wanted).map(deviceOf);
    return withAlerts(devices, this.#sql.all(HOLDING_OF, JSON.stringify(devices.map(({ id }) => id))));
  }

  async meet(asked: readonly AskedDevice[], room: number): Promise<(KnownDevice | null)[]> {
    const met: (KnownDevice | null)[] = [];
    let left = room;
    for (const { site, device } of asked) met.push(await this.known(site, device));
    this.#sql.asking(() =>
      this.#database.transaction(() => {
        for (const [index, { site, device, addAt }] of asked.entries())
          if (met[index] === null && addAt !== null && left-- > 0)
            met[index] = { device: this.#added(site, device, addAt), isNew: true, births: [], streams: [], alerts: [] };
      }),
    );
    return met;
  }

  async birth(device: number, { bdSeq, ts }: BirthKey): Promise<FleetBirth | null> {
    const row = this.#sql.get('SELECT * FROM births WHERE device = ? AND bd_seq = ? AND ts = ?', device, bdSeq, ts);
    return row === undefined ? null : birthOf(row);
  }

  async hasBoot(device: number, boot: string): Promise<boolean> {
    return this.#sql.get('SELECT 1 FROM births WHERE device = ? AND boot = ? LIMIT 1', device, boot) !== undefined;
  }

  async stream(device: number, stream: string): Promise<FleetStream | null> {
    const row = this.#sql.get('SELECT * FROM streams WHERE device = ? AND stream = ?', device, stream);
    return row === undefined ? null : streamOf(row);
  }

  async commit(changes: FleetChanges): Promise<void> {
    this.write(sqliteWrites(changes, this.#ids, this.#mostQuarantined));
  }

  /** Writes what a batch comes to: all or nothing. @throws as `commit` */
  protected write(writes: readonly RepeatedWrite[]): void {
    this.#database.transaction(() => {
      for (const write of writes) this.#repeat(write);
    }, this.#durable);
  }

  async forget(now: number): Promise<void> {
    if (!this.#retentions.some((retention) => retention.isDue(now))) return;
    this.#database.transaction(() => {
      for (const retention of this.#retentions) {
        let steps = 0;
        do retention.step(now);
        while (++steps < MOST_RETENTION_STEPS && retention.isDue(now));
      }
      if (this.#clock.believes(now)) this.actions.forget(forgottenActions(this.#days, now));
      this.#vacuum.step(now);
    });
  }

  async deviceCount(): Promise<number> {
    return this.#sql.get('SELECT count(*) AS devices FROM devices')!['devices'] as number;
  }

  async counts(): Promise<Readonly<Record<string, number>>> {
    const rows = this.#sql.all('SELECT name, count FROM counts');
    return Object.fromEntries(rows.map(({ name, count }) => [name as string, count as number]));
  }

  async devices(limit: number, after: Pick<FleetDevice, 'site' | 'device'> | null): Promise<FleetDevice[]> {
    const { site, device } = after ?? { site: '', device: '' };
    return this.#sql
      .all('SELECT * FROM devices WHERE (site, device) > (?, ?) ORDER BY site, device LIMIT ?', site, device, limit)
      .map(deviceOf);
  }

  async heardSince(since: number): Promise<FleetDevice[]> {
    return this.#sql.all('SELECT * FROM devices WHERE heard_at >= ?', since).map(deviceOf);
  }

  async births(device: number, limit: number): Promise<FleetBirth[]> {
    return this.#sql.all('SELECT * FROM births WHERE device = ? ORDER BY id DESC LIMIT ?', device, limit).map(birthOf);
  }

  async streams(device: number, limit: number): Promise<FleetStream[]> {
    return this.#sql
      .all('SELECT * FROM streams WHERE device = ? ORDER BY heard_at DESC, id DESC LIMIT ?', device, limit)
      .map(streamOf);
  }

  async alerts(device: number): Promise<FleetAlert[]> {
    return this.#sql.all('SELECT * FROM alerts WHERE device = ? ORDER BY code', device).map(alertOf);
  }

  async history({ device, table, from, to, limit, subject, behind }: HistoryQuery): Promise<HistoryRow[]> {
    const ofSubject = subject === undefined ? '' : 'AND subject = ?';
    const isBehind = behind === undefined ? '' : 'AND (at, id) < (?, ?)';
    return this.#sql
      .all(
        `SELECT * FROM ${table} WHERE device = ? AND at >= ? AND at < ? ${ofSubject} ${isBehind} ORDER BY at DESC, id DESC LIMIT ?`,
        device,
        from,
        to,
        ...(subject === undefined ? [] : [subject]),
        ...(behind === undefined ? [] : [behind.at, behind.id]),
        limit,
      )
      .map(historyOf);
  }

  async quarantine(limit: number): Promise<KeptQuarantine[]> {
    return this.#sql.all('SELECT * FROM quarantine ORDER BY id DESC LIMIT ?', limit).map(quarantineOf);
  }

  async holding(limit: number): Promise<DeviceAlert[]> {
    return this.#sql.all('SELECT * FROM alerts WHERE holds = 1 LIMIT ?', limit).map((row) => ({
      ...alertOf(row),
      device: row['device'] as number,
    }));
  }

  async lostCounts(): Promise<ReadonlyMap<number, number>> {
    const rows = this.#sql.all('SELECT device, sum(lost) AS lost FROM streams WHERE lost > 0 GROUP BY device');
    return new Map(rows.map(({ device, lost }) => [device as number, lost as number]));
  }

  async arrived(table: FollowedTable, after: number, limit: number, before = Number.MAX_SAFE_INTEGER) {
    return this.#sql.all(
      `SELECT id, device, at, body FROM ${table} WHERE id > ? AND id < ? ORDER BY id LIMIT ?`,
      ...[after, before, limit],
    ) as unknown as FollowedRow[];
  }

  async trafficMark(fromId: number, toId: number, base: number): Promise<TrafficMark> {
    const sql = 'SELECT count(*) AS rows, total(ts - ?) AS ts, total(n) AS n FROM traffic WHERE id >= ? AND id < ?';
    return this.#sql.get(sql, base, fromId, toId) as unknown as TrafficMark;
  }

  async trafficFromElsewhere({ device, from, to, fromId, toId }: Parameters<FleetStore['trafficFromElsewhere']>[0]) {
    return this.#sql.all(
      // the index has the ids: rows of the time itself are not read
      'SELECT at, body FROM traffic WHERE device = ? AND at >= ? AND at < ? AND (id < ? OR id >= ?)',
      ...[device, from, to, fromId, toId],
    ) as unknown as { at: number; body: string }[];
  }

  async birthBody(device: number): Promise<string | null> {
    const row = this.#sql.get(
      'SELECT body FROM birth_bodies WHERE device = ? ORDER BY received_at DESC, bd_seq DESC LIMIT 1',
      device,
    );
    return (row?.['body'] as string | undefined) ?? null;
  }

  async connections(device: number, from: number, to: number): Promise<ConnectionTimes[]> {
    const rows = this.#sql.all(
      `SELECT received_at, ended_at FROM births WHERE device = ? AND received_at < ? AND received_at >= coalesce(
         (SELECT max(received_at) FROM births WHERE device = ? AND received_at < ?), 0) ORDER BY received_at, id`,
      device,
      to,
      device,
      from,
    );
    return rows.map((row) => ({
      receivedAt: row['received_at'] as number,
      endedAt: row['ended_at'] as number | null,
    }));
  }

  async close(): Promise<void> {
    this.#database.close();
    this.#unlock();
  }

  #added(site: string, device: string, at: number): FleetDevice {
    return deviceOf(
      this.#sql.get(
        'INSERT INTO devices (site, device, first_heard_at, heard_at) VALUES (?, ?, ?, ?) RETURNING *',
        site,
        device,
        at,
        at,
      )!,
    );
  }

  #repeat({ statement, values }: RepeatedWrite): void {
    const { sql, width } = SQLITE_WRITES[statement];
    let prepared = this.#writes.get(statement);
    if (prepared === undefined) this.#writes.set(statement, (prepared = this.#database.prepare(sql)));
    for (let at = 0; at < values.length; at += width) prepared.run(values.slice(at, at + width));
  }
}

const DEVICES_CALLED = `SELECT devices.* FROM json_each(?) AS name JOIN devices
  ON devices.site = json_extract(name.value, '$[0]') AND devices.device = json_extract(name.value, '$[1]')`;
const HOLDING_OF = 'SELECT * FROM alerts WHERE device IN (SELECT value FROM json_each(?)) AND holds = 1 ORDER BY code';

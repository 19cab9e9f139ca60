import type { PostgresRow } from '../../../database/postgres/server/postgres-connection.js';
import type { DeviceName } from '../../device/device-name.js';
import { firstIdAt } from '../fleet-retention.js';
import { alertOf, birthOf, deviceOf, historyOf, quarantineOf, streamOf, withAlerts } from '../fleet-rows.js';
import {
  atHand,
  type BirthKey,
  type ConnectionTimes,
  type DeviceAlert,
  type DeviceCondition,
  type FleetAlert,
  type FleetBirth,
  type FleetDevice,
  type FleetStore,
  type FleetStream,
  type FollowedRow,
  type FollowedTable,
  type HistoryQuery,
  type HistoryRow,
  type KeptQuarantine,
  type KnownDevice,
  type TrafficMark,
} from '../fleet-store.js';
import type { PostgresLink } from './postgres-link.js';

/** Ids of a stretch that is read in order: at first those of five minutes, and never fewer than those of a second. */
const FIRST_SPAN = firstIdAt(300_000);
const LEAST_SPAN = firstIdAt(1000);

/** What is asked of a fleet in PostgreSQL beside what is written, as `FleetStore` has it: nothing half written is seen. */
export class PostgresFleetQuestions {
  protected readonly reader: PostgresLink;
  /**
   * By table, ids of which the next page is looked for: the index knows where a stretch of them lies, and not their order, so that of all rows
   * behind one id all would be read for the first of them.
   */
  readonly #spans = new Map<FollowedTable, number>();

  constructor(reader: PostgresLink) {
    this.reader = reader;
  }

  async known(site: string, name: string): Promise<KnownDevice | null> {
    const [row] = await this.reader.rows('SELECT * FROM fleet.devices WHERE site = $1 AND device = $2', [site, name]);
    return row === undefined ? null : atHand(this, deviceOf(row));
  }

  async conditions(names: readonly DeviceName[]): Promise<DeviceCondition[]> {
    const sites = names.map(({ site }) => site);
    const devices = await this.#all(
      deviceOf,
      DEVICES_CALLED,
      sites,
      names.map(({ device }) => device),
    );
    const ids = devices.map(({ id }) => id);
    return withAlerts(devices, await this.reader.rows(HOLDING_OF, [ids]));
  }

  async birth(device: number, { bdSeq, ts }: BirthKey): Promise<FleetBirth | null> {
    const sql = 'SELECT * FROM fleet.births WHERE device = $1 AND bd_seq = $2 AND ts = $3';
    return (await this.#all(birthOf, sql, device, bdSeq, ts))[0] ?? null;
  }

  async hasBoot(device: number, boot: string): Promise<boolean> {
    const rows = await this.reader.rows('SELECT 1 FROM fleet.births WHERE device = $1 AND boot = $2 LIMIT 1', [
      device,
      boot,
    ]);
    return rows.length > 0;
  }

  async stream(device: number, stream: string): Promise<FleetStream | null> {
    const sql = 'SELECT * FROM fleet.streams WHERE device = $1 AND stream = $2';
    return (await this.#all(streamOf, sql, device, stream))[0] ?? null;
  }

  async deviceCount(): Promise<number> {
    const [row] = await this.reader.rows('SELECT count(*) AS devices FROM fleet.devices');
    return row!['devices'] as number;
  }

  async devices(limit: number, after: Pick<FleetDevice, 'site' | 'device'> | null): Promise<FleetDevice[]> {
    const { site, device } = after ?? { site: '', device: '' };
    const sql = 'SELECT * FROM fleet.devices WHERE (site, device) > ($1, $2) ORDER BY site, device LIMIT $3';
    return this.#all(deviceOf, sql, site, device, limit);
  }

  async heardSince(since: number): Promise<FleetDevice[]> {
    return this.#all(deviceOf, 'SELECT * FROM fleet.devices WHERE heard_at >= $1', since);
  }

  async births(device: number, limit: number): Promise<FleetBirth[]> {
    return this.#all(birthOf, 'SELECT * FROM fleet.births WHERE device = $1 ORDER BY id DESC LIMIT $2', device, limit);
  }

  async streams(device: number, limit: number): Promise<FleetStream[]> {
    const sql = 'SELECT * FROM fleet.streams WHERE device = $1 ORDER BY heard_at DESC, id DESC LIMIT $2';
    return this.#all(streamOf, sql, device, limit);
  }

  async alerts(device: number): Promise<FleetAlert[]> {
    return this.#all(alertOf, 'SELECT * FROM fleet.alerts WHERE device = $1 ORDER BY code', device);
  }

  async history({ device, table, from, to, limit, subject, behind }: HistoryQuery): Promise<HistoryRow[]> {
    // what is not asked for holds of every row
    const { at, id } = behind ?? { at: to, id: 0 };
    return this.#all(
      historyOf,
      `SELECT * FROM fleet.${table} WHERE device = $1 AND at >= $2 AND at < $3 AND (at, id) < ($5, $6)
         ${subject === undefined ? '' : 'AND subject = $7'} ORDER BY at DESC, id DESC LIMIT $4`,
      ...[device, from, to, limit, at, id],
      ...(subject === undefined ? [] : [subject]),
    );
  }

  async quarantine(limit: number): Promise<KeptQuarantine[]> {
    return this.#all(quarantineOf, 'SELECT * FROM fleet.quarantine ORDER BY id DESC LIMIT $1', limit);
  }

  async holding(limit: number): Promise<DeviceAlert[]> {
    const read = (row: PostgresRow) => ({ ...alertOf(row), device: row['device'] as number });
    return this.#all(read, 'SELECT * FROM fleet.alerts WHERE holds = 1 LIMIT $1', limit);
  }

  async lostCounts(): Promise<ReadonlyMap<number, number>> {
    const sql = 'SELECT device, sum(lost)::bigint AS lost FROM fleet.streams WHERE lost > 0 GROUP BY device';
    return new Map(await this.#all(({ device, lost }) => [device as number, lost as number] as const, sql));
  }

  async arrived(table: FollowedTable, after: number, limit: number, before = Number.MAX_SAFE_INTEGER) {
    const sql = `SELECT id, device, at, body FROM fleet.${table} WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3`;
    const found: FollowedRow[] = [];
    for (let from = after; found.length < limit && from < before - 1; ) {
      const span = this.#spans.get(table) ?? FIRST_SPAN;
      const isLast = from + span >= Math.min(before, firstIdAt(Date.now()));
      const end = isLast ? before : from + span + 1;
      const rows = await this.#all((row) => row as unknown as FollowedRow, sql, from, end, limit - found.length);
      found.push(...rows);
      // about a page in each
      this.#spans.set(table, found.length < limit ? span * 2 : Math.max(LEAST_SPAN, found.at(-1)!.id - after));
      from = end - 1;
    }
    return found;
  }

  async trafficMark(fromId: number, toId: number, base: number): Promise<TrafficMark> {
    const sql = `SELECT count(*)::int AS rows, coalesce(sum(ts - $1), 0)::float8 AS ts, coalesce(sum(n), 0)::float8 AS n
      FROM fleet.traffic WHERE id >= $2 AND id < $3`;
    return (await this.#all((row) => row as unknown as TrafficMark, sql, base, fromId, toId))[0]!;
  }

  async trafficFromElsewhere({ device, from, to, fromId, toId }: Parameters<FleetStore['trafficFromElsewhere']>[0]) {
    const sql = `SELECT at, body FROM fleet.traffic WHERE device = $1 AND at >= $2 AND at < $3 AND (id < $4 OR id >= $5)`;
    return this.#all((row) => row as unknown as { at: number; body: string }, sql, device, from, to, fromId, toId);
  }

  async birthBody(device: number): Promise<string | null> {
    const sql = 'SELECT body FROM fleet.birth_bodies WHERE device = $1 ORDER BY received_at DESC, bd_seq DESC LIMIT 1';
    return (await this.#all(({ body }) => body as string, sql, device))[0] ?? null;
  }

  async connections(device: number, from: number, to: number): Promise<ConnectionTimes[]> {
    return this.#all(
      (row) => ({ receivedAt: row['received_at'] as number, endedAt: row['ended_at'] as number | null }),
      `SELECT received_at, ended_at FROM fleet.births WHERE device = $1 AND received_at < $3 AND received_at >= coalesce(
         (SELECT max(received_at) FROM fleet.births WHERE device = $1 AND received_at < $2), 0) ORDER BY received_at, id`,
      device,
      from,
      to,
    );
  }

  async #all<One>(read: (row: PostgresRow) => One, sql: string, ...values: unknown[]): Promise<One[]> {
    return (await this.reader.rows(sql, values)).map(read);
  }
}

const DEVICES_CALLED = `SELECT devices.* FROM unnest($1::text[], $2::text[]) AS name (site, device)
  JOIN fleet.devices ON devices.site = name.site AND devices.device = name.device`;
const HOLDING_OF = 'SELECT * FROM fleet.alerts WHERE device = ANY ($1::int[]) AND holds = 1 ORDER BY code';

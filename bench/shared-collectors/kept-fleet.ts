import type { Cluster } from '../../test/database/postgres/cluster.js';
import { FLEET_DATABASE } from '../collector/fleet-server.js';
import { type DeviceNumbers, numbersDifference, PUBLISHED_TABLES, publishedOf } from './published.js';

/** How a database differs from what was published. */
export interface FleetDifference {
  readonly lost: number;
  readonly doubles: number;
  /** Messages that nobody published, and devices. */
  readonly unknown: number;
  /** Numbers that the collectors say are missing. */
  readonly saidMissing: number;
  /** Messages that came a second time and were told apart. */
  readonly cameAgain: number;
}

/** Rows of messages, and what waits to be worked on. */
export async function progressIn(server: Cluster): Promise<{ births: number; rows: number; waiting: number }> {
  const counts = PUBLISHED_TABLES.map((table) => `(SELECT count(*) FROM fleet.${table})`).join(' + ');
  const [row] = await server.sql(
    FLEET_DATABASE,
    `SELECT (SELECT count(*) FROM fleet.births) AS births, ${counts} AS rows, (SELECT count(*) FROM fleet.inbox) AS waiting`,
  );
  return { births: Number(row!['births']), rows: Number(row!['rows']), waiting: Number(row!['waiting']) };
}

/** Ids by the number in the device's name. */
export async function deviceIds(server: Cluster): Promise<Map<number, number>> {
  const rows = await server.sql(FLEET_DATABASE, 'SELECT id, device FROM fleet.devices');
  return new Map(rows.map(({ id, device }) => [Number(String(device).replace('cabinet-', '')), Number(id)]));
}

/** @param devices that publish @param sent messages of all, births included */
export async function differenceFrom(server: Cluster, devices: number, sent: number): Promise<FleetDifference> {
  const ids = await deviceIds(server);
  const there = await numbersById(server);
  let [lost, doubles, unknown] = [0, 0, Math.max(0, ids.size - devices)];
  for (let index = 0; index < devices; index++) {
    const found = there.get(ids.get(index) ?? -1) ?? { events: [], metrics: [], traffic: [] };
    const difference = numbersDifference(publishedOf(index, devices, sent), found);
    lost += difference.lost;
    doubles += difference.doubles;
    unknown += difference.unknown;
  }
  const [told] = await server.sql(
    FLEET_DATABASE,
    `SELECT (SELECT coalesce(sum(lost), 0) FROM fleet.streams) + (SELECT coalesce(sum(missing), 0) FROM fleet.births) AS missing,
      (SELECT coalesce(sum(count), 0) FROM fleet.counts WHERE name = 'doubles') AS again`,
  );
  return { lost, doubles, unknown, saidMissing: Number(told!['missing']), cameAgain: Number(told!['again']) };
}

async function numbersById(server: Cluster): Promise<Map<number, DeviceNumbers>> {
  const numbers = new Map<number, Record<keyof DeviceNumbers, number[]>>();
  for (const table of PUBLISHED_TABLES) {
    const rows = await server.sql(
      FLEET_DATABASE,
      `SELECT device, array_agg(n::int) AS n FROM fleet.${table} GROUP BY device`,
    );
    for (const { device, n } of rows) {
      const of = numbers.get(device as number) ?? { events: [], metrics: [], traffic: [] };
      of[table] = n as number[];
      numbers.set(device as number, of);
    }
  }
  return numbers;
}

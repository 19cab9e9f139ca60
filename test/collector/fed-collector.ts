import { join } from 'node:path';
import { Collector } from '../../src/collector/collector.js';
import { INTERVAL_TABLES, LOG_TABLES } from '../../src/collector/store/fleet-store.js';
import { type SqliteFleetOptions, SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import { loadSqlite } from '../../src/store/sqlite.js';

/** A collector with a store of its own, that is handed messages without a broker. */
export async function fedCollector(
  folder: string,
  options: Partial<SqliteFleetOptions> & { mostDevices?: number } = {},
) {
  const file = options.file ?? join(folder, 'fleet.sqlite');
  const store = new SqliteFleetStore({ durable: false, ...options, file });
  const asked: string[] = [];
  let now = 1_795_000_000_000;
  const collector = await Collector.open({
    store,
    askForBirth: (site, device) => asked.push(`${site}/${device}`),
    now: () => now,
    ...(options.mostDevices !== undefined && { mostDevices: options.mostDevices }),
  });
  return {
    file,
    store,
    collector,
    /** Devices whose birth was asked for. */
    asked,
    /** Resolves once all of them are kept. */
    feed: (messages: readonly FedMessage[]): Promise<void> =>
      new Promise((resolve) => {
        let left = messages.length;
        for (const { at, topic, payload, retained = false, late = false } of messages) {
          now = at;
          collector.take({ topic, payload: Buffer.from(payload), retained, late, receivedAt: at }, () => {
            if (--left === 0) resolve();
          });
        }
      }),
    close: async (): Promise<void> => {
      await collector.stop();
      await store.close();
    },
  };
}

export interface FedMessage {
  readonly at: number;
  readonly topic: string;
  readonly payload: string;
  readonly retained?: boolean;
  readonly late?: boolean;
}

const TABLES = ['devices', 'births', 'birth_bodies', 'streams', 'alerts', ...LOG_TABLES, ...INTERVAL_TABLES];

/** Every row that is kept, but for how often something was counted. */
export function contentOf(file: string): Record<string, unknown[]> {
  const sqlite = new (loadSqlite())(file, { readonly: true });
  try {
    return Object.fromEntries(TABLES.map((table) => [table, sqlite.prepare(`SELECT * FROM ${table}`).all()]));
  } finally {
    sqlite.close();
  }
}

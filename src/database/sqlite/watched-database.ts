import type { ConnectionWatch } from '../../store/connection-watch.js';
import type { SqliteConnection } from '../../store/sqlite.js';
import { QueryMonitor } from '../monitor/query-monitor.js';
import { monitoredConnection } from './monitored-connection.js';

/** How a connection works, which lasts as long as it does. */
export const CONNECTION_SETTINGS = ['cache_size', 'mmap_size'] as const;
/** The name of such a setting, as a PRAGMA has it. */
export type ConnectionSetting = (typeof CONNECTION_SETTINGS)[number];

/** Which database is watched. */
export interface WatchedDatabaseOptions {
  /** As people call it: `history.db`. */
  readonly name: string;
  readonly file: string;
  /** Whether an index has to stay, whatever is thought of it. */
  readonly keepsIndex: (name: string) => boolean;
}

/**
 * A database in use, whose queries are counted as long as `monitor` is not paused, and whose settings hold over its being closed and opened.
 * What has it open tells of that (`ConnectionWatch`).
 */
export class WatchedDatabase implements ConnectionWatch {
  readonly name: string;
  readonly file: string;
  readonly keepsIndex: (name: string) => boolean;
  readonly monitor = new QueryMonitor();
  readonly #settings = new Map<ConnectionSetting, number>();
  #connection: SqliteConnection | null = null;

  constructor({ name, file, keepsIndex }: WatchedDatabaseOptions) {
    this.name = name;
    this.file = file;
    this.keepsIndex = keepsIndex;
    this.monitor.isPaused = true;
  }

  /** Of whoever works with it; null while it is closed, or can only be read. */
  get connection(): SqliteConnection | null {
    return this.#connection?.open && !this.#connection.readonly ? this.#connection : null;
  }

  opened(connection: SqliteConnection): SqliteConnection {
    this.#connection = connection;
    for (const [setting, value] of this.#settings) connection.pragma(`${setting} = ${value}`);
    return monitoredConnection(connection, this.monitor);
  }

  closed(connection: SqliteConnection): void {
    if (this.#connection === connection) this.#connection = null;
  }

  /** @throws SqliteError where the connection is closed */
  setting(name: ConnectionSetting): number {
    return (this.#open().pragma(name, { simple: true }) as number | undefined) ?? 0;
  }

  /** From now on, and of each later connection. */
  set(name: ConnectionSetting, value: number): void {
    this.#settings.set(name, value);
    this.connection?.pragma(`${name} = ${value}`);
  }

  #open(): SqliteConnection {
    const { connection } = this;
    if (connection === null) throw new Error(`${this.name} cannot be written now`);
    return connection;
  }
}

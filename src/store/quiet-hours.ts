import type { DatabasePort, StatementPort } from './database-port.js';
import type { StoreFile, TablesLink } from './store-file.js';

/** One hour of a camera: how long it was without any vehicle at most. */
export interface QuietHour {
  /** Unix hour: Unix ms / 3,600,000. */
  readonly hour: number;
  /** ms, also of a silence that began in an earlier hour. */
  readonly longestMs: number;
}

interface PendingQuiet extends QuietHour {
  readonly camera: string;
}

const HOUR_MS = 3_600_000;
const WRITE_EVERY_MS = 60_000;
const KEPT_MS = 60 * 24 * HOUR_MS;
/** Of a hundred cameras. */
const MAX_BYTES = 16 * 2 ** 20;
/** About four days of eight cameras. */
const MAX_PENDING = 800;
const ADD = `INSERT INTO quiet_hours (camera, hour, longest_ms) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET longest_ms = max(longest_ms, excluded.longest_ms)`;
const READ = 'SELECT hour, longest_ms AS longestMs FROM quiet_hours WHERE camera = ? AND hour >= ? ORDER BY hour';

/**
 * How quiet each hour of each camera was, in `history.db` for 60 days. As with the history of audits nothing here throws:
 * what the disk refuses waits, bounded; the oldest hours are dropped first, and a kill loses a minute.
 */
export class QuietHours {
  readonly #now: () => number;
  readonly #pending = new Map<string, PendingQuiet>();
  readonly #link: TablesLink<QuietStatements>;

  /** @param file with `HISTORY_MIGRATIONS` @param now Unix ms */
  constructor(file: StoreFile, now: () => number = Date.now) {
    this.#now = now;
    this.#link = file.join({
      what: 'quiet hours',
      adopt: statementsOf,
      flush: (statements) => this.#write(statements),
      flushEveryMs: WRITE_EVERY_MS,
      retention: [
        { table: 'quiet_hours', timeColumn: 'hour', unitMs: HOUR_MS, maxAgeMs: KEPT_MS, maxBytes: MAX_BYTES },
      ],
    });
  }

  /** Keeps an hour; of one kept before, the longer silence stays. */
  add(camera: string, { hour, longestMs }: QuietHour): void {
    const key = `${camera}\n${hour}`;
    const before = this.#pending.get(key)?.longestMs ?? 0;
    this.#pending.set(key, { camera, hour, longestMs: Math.max(before, Math.round(longestMs)) });
    if (this.#pending.size <= MAX_PENDING) return;
    const [oldest] = this.#pending.keys();
    this.#pending.delete(oldest!);
    this.#link.drop();
  }

  /** Stores hours of before at once. @returns whether they are on the medium */
  restore(rows: readonly (QuietHour & { readonly camera: string })[]): boolean {
    return this.#link.write(({ add }) => {
      for (const { camera, hour, longestMs } of rows) add.run(camera, hour, longestMs);
    }, true);
  }

  /** The stored hours of the last `days` of a camera, oldest first; empty where nothing can be read. */
  read(camera: string, days: number): QuietHour[] {
    const since = Math.floor(this.#now() / HOUR_MS) - days * 24;
    return this.#link.read(({ read }) => read.all(camera, since) as QuietHour[]) ?? [];
  }

  #write({ add }: QuietStatements): (() => void) | null {
    if (this.#pending.size === 0) return null;
    for (const { camera, hour, longestMs } of this.#pending.values()) add.run(camera, hour, longestMs);
    return () => this.#pending.clear();
  }
}

interface QuietStatements {
  readonly add: StatementPort;
  readonly read: StatementPort;
}

const statementsOf = (database: DatabasePort): QuietStatements => ({
  add: database.prepare(ADD),
  read: database.prepare(READ),
});

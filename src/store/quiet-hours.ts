import type { Log } from '../foundation/log.js';
import type { DatabasePort, StatementPort } from './database-port.js';
import { type LinkHealth, StoreLink } from './link.js';

/** One hour of a camera: how long it was without any vehicle at most. */
export interface QuietHour {
  /** Unix hour: Unix ms / 3,600,000. */
  readonly hour: number;
  /** ms, also of a silence that began in an earlier hour. */
  readonly longestMs: number;
}

export interface QuietHoursOptions {
  /** Opens the database, with `QUIET_HOURS_MIGRATIONS` applied. May throw: it is tried again later. */
  readonly open: () => DatabasePort;
  /** Unix ms; default Date.now. */
  readonly now?: () => number;
  readonly log: Log;
}

interface PendingQuiet extends QuietHour {
  readonly camera: string;
}

const HOUR_MS = 3_600_000;
const WRITE_EVERY_MS = 60_000;
const KEPT_HOURS = 60 * 24;
/** About four days of eight cameras. */
const MAX_PENDING = 800;
const ADD = `INSERT INTO quiet_hours (camera, hour, longest_ms) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET longest_ms = max(longest_ms, excluded.longest_ms)`;
const READ = 'SELECT hour, longest_ms AS longestMs FROM quiet_hours WHERE camera = ? AND hour >= ? ORDER BY hour';
const FORGET = 'DELETE FROM quiet_hours WHERE hour < ?';

/**
 * How quiet each hour of each camera was, for 60 days. As with the history of audits nothing here throws: what the disk
 * refuses waits, bounded; the oldest hours are dropped first, and a kill loses a minute.
 */
export class QuietHours {
  readonly #now: () => number;
  readonly #pending = new Map<string, PendingQuiet>();
  readonly #link: StoreLink<QuietStatements>;
  #forgottenBefore = 0;

  constructor({ open, now = Date.now, log }: QuietHoursOptions) {
    this.#now = now;
    this.#link = new StoreLink({
      what: 'the record of quiet hours',
      open,
      adopt: statementsOf,
      flush: () => this.write(),
      flushEveryMs: WRITE_EVERY_MS,
      log,
      now,
    });
  }

  start(): void {
    this.#link.start();
  }

  /** Writes what waits and closes the database. */
  stop(): void {
    this.#link.stop();
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

  /** The stored hours of the last `days` of a camera, oldest first; empty where nothing can be read. */
  read(camera: string, days: number): QuietHour[] {
    const since = Math.floor(this.#now() / HOUR_MS) - days * 24;
    return this.#link.read(({ read }) => read.all(camera, since) as QuietHour[]) ?? [];
  }

  /** Writes what waits; the timer calls it. */
  write(): void {
    if (!this.#link.canWrite || (this.#pending.size === 0 && !this.#link.degraded)) return;
    const forgetBefore = Math.floor(this.#now() / HOUR_MS) - KEPT_HOURS;
    const written = this.#link.write(({ add, forget }) => {
      for (const { camera, hour, longestMs } of this.#pending.values()) add.run(camera, hour, longestMs);
      // once an hour is enough
      if (forgetBefore !== this.#forgottenBefore) forget.run(forgetBefore);
    });
    if (!written) return;
    this.#forgottenBefore = forgetBefore;
    this.#pending.clear();
  }

  health(): LinkHealth {
    return this.#link.health();
  }
}

interface QuietStatements {
  readonly add: StatementPort;
  readonly read: StatementPort;
  readonly forget: StatementPort;
}

const statementsOf = (database: DatabasePort): QuietStatements => ({
  add: database.prepare(ADD),
  read: database.prepare(READ),
  forget: database.prepare(FORGET),
});

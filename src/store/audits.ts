import { explain } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import type { AuditCounts, AuditHour } from './audit-counts.js';
import type { Database } from './database.js';

export interface AuditHistoryOptions {
  /** Opens the database, with `HISTORY_MIGRATIONS` applied. May throw: it is tried again at the next writing. */
  readonly open: () => Database;
  /** Unix ms; default Date.now. */
  readonly now?: () => number;
  readonly log: Log;
}

export interface AuditHistoryStats {
  readonly state: 'closed' | 'open' | 'degraded';
  /** Failed openings, readings and writings. */
  readonly errors: number;
  /** Hours that wait to be written. */
  readonly pending: number;
  /** Hours that never will be: nothing could be written for days. */
  readonly dropped: number;
}

interface PendingHour {
  readonly camera: string;
  readonly model: string;
  readonly hour: number;
  counts: Counts;
}

type Counts = { -readonly [name in keyof AuditCounts]: number };

const HOUR_MS = 3_600_000;
const WRITE_EVERY_MS = 60_000;
const KEPT_HOURS = 400 * 24;
/** About four days of eight cameras. */
const MAX_PENDING = 800;

const COLUMNS: readonly (readonly [keyof AuditCounts, string])[] = [
  ['audits', 'audits'],
  ['inferred', 'inferred'],
  ['reusedMemory', 'reused_memory'],
  ['reusedDisk', 'reused_disk'],
  ['propagated', 'propagated'],
  ['truePositives', 'true_positives'],
  ['falsePositives', 'false_positives'],
  ['misses', 'misses'],
  ['propagatedErrors', 'propagated_errors'],
  ['propagatedSize', 'propagated_size'],
  ['reuseAudits', 'reuse_audits'],
  ['wrongReuses', 'wrong_reuses'],
];
const NAMES = COLUMNS.map(([, column]) => column);
const ADD = `INSERT INTO audits (camera, model, hour, ${NAMES.join(', ')})
  VALUES (?, ?, ?, ${NAMES.map(() => '?').join(', ')})
  ON CONFLICT DO UPDATE SET ${NAMES.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`;
const READ = `SELECT hour, ${COLUMNS.map(([name, column]) => `${column} AS ${name}`).join(', ')} FROM audits
  WHERE camera = ? AND model = ? AND hour >= ? ORDER BY hour`;
const FORGET = 'DELETE FROM audits WHERE hour < ?';

/**
 * What the audits found, stored per camera, model and hour for 400 days. Counts wait in memory and are written once a
 * minute and at the end, so that a kill loses a minute. Nothing here throws: what the disk refuses is counted, told once,
 * and waits, bounded, for a disk that takes it; the oldest hours are dropped first.
 */
export class AuditHistory {
  readonly #options: AuditHistoryOptions;
  readonly #now: () => number;
  readonly #pending = new Map<string, PendingHour>();
  #database: Database | null = null;
  #timer: NodeJS.Timeout | null = null;
  #degraded = false;
  #errors = 0;
  #dropped = 0;
  #forgottenBefore = 0;

  constructor(options: AuditHistoryOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  start(): void {
    this.#ensureOpen();
    this.#timer = setInterval(() => this.write(), WRITE_EVERY_MS).unref();
  }

  /** Writes what waits and closes the database. */
  stop(): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    this.write();
    this.#close();
  }

  /** Adds to the camera's current hour. `model`: model and variant. */
  add(camera: string, model: string, counts: AuditCounts): void {
    const hour = Math.floor(this.#now() / HOUR_MS);
    const key = `${camera}\n${model}\n${hour}`;
    const pending = this.#pending.get(key);
    if (pending) {
      for (const [name] of COLUMNS) pending.counts[name] += counts[name];
      return;
    }
    this.#pending.set(key, { camera, model, hour, counts: { ...counts } });
    this.#shed();
  }

  /** The stored hours of the last `days` of a camera, oldest first; without what still waits. Empty where nothing can be read. */
  read(camera: string, model: string, days: number): AuditHour[] {
    const since = Math.floor(this.#now() / HOUR_MS) - days * 24;
    return this.#try((database) => database.prepare(READ).all(camera, model, since) as AuditHour[]) ?? [];
  }

  /** Writes what waits: called by the timer. */
  write(): void {
    if (this.#pending.size === 0) return;
    const written = this.#try((database) => {
      database.transaction(() => {
        this.#addPending(database);
        this.#forgetOld(database);
      });
      return true;
    });
    if (!written) return;
    this.#pending.clear();
    this.#recover();
  }

  getStats(): AuditHistoryStats {
    const state = this.#degraded ? 'degraded' : this.#database ? 'open' : 'closed';
    return { state, errors: this.#errors, pending: this.#pending.size, dropped: this.#dropped };
  }

  #addPending(database: Database): void {
    const add = database.prepare(ADD);
    for (const { camera, model, hour, counts } of this.#pending.values()) {
      add.run(camera, model, hour, ...COLUMNS.map(([name]) => counts[name]));
    }
  }

  /** Once an hour is enough. */
  #forgetOld(database: Database): void {
    const before = Math.floor(this.#now() / HOUR_MS) - KEPT_HOURS;
    if (before === this.#forgottenBefore) return;
    database.prepare(FORGET).run(before);
    this.#forgottenBefore = before;
  }

  #shed(): void {
    if (this.#pending.size <= MAX_PENDING) return;
    const [oldest] = this.#pending.keys();
    this.#pending.delete(oldest!);
    this.#dropped++;
  }

  #try<T>(work: (database: Database) => T): T | null {
    const database = this.#ensureOpen();
    if (!database) return null;
    try {
      return work(database);
    } catch (error) {
      this.#fail(error);
      // opening it anew sets a corrupt file aside
      if (/^SQLITE_(CORRUPT|NOTADB)/.test(String((error as { code?: unknown }).code))) this.#close();
      return null;
    }
  }

  #ensureOpen(): Database | null {
    try {
      return (this.#database ??= this.#options.open());
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  #fail(error: unknown): void {
    this.#errors++;
    if (this.#degraded) return;
    this.#degraded = true;
    this.#options.log.warn(
      { reason: explain(error) },
      'the history of audits cannot be stored: tried again every minute',
    );
  }

  #recover(): void {
    if (!this.#degraded) return;
    this.#degraded = false;
    this.#options.log.info({}, 'the history of audits is stored again');
  }

  #close(): void {
    this.#database?.close();
    this.#database = null;
  }
}

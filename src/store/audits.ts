import type { Log } from '../foundation/log.js';
import type { AuditCounts, AuditHour } from './audit-counts.js';
import type { DatabasePort, StatementPort } from './database-port.js';
import { type LinkHealth, type LinkListener, StoreLink } from './link.js';

export interface AuditHistoryOptions {
  /** Opens the database, with `HISTORY_MIGRATIONS` applied. May throw: it is tried again later. */
  readonly open: () => DatabasePort;
  /** Unix ms; default Date.now. */
  readonly now?: () => number;
  readonly log: Log;
  readonly listener?: LinkListener;
}

/** How the history is; `droppedWrites` counts hours. */
export interface AuditHistoryHealth extends LinkHealth {
  /** Hours that wait to be written. */
  readonly pending: number;
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
 * minute and at the end, so that a kill loses a minute. Nothing here throws: what the disk refuses waits, bounded, for a
 * disk that takes it; the oldest hours are dropped first.
 */
export class AuditHistory {
  readonly #now: () => number;
  readonly #pending = new Map<string, PendingHour>();
  readonly #link: StoreLink<AuditStatements>;
  #forgottenBefore = 0;

  constructor({ open, now = Date.now, log, listener }: AuditHistoryOptions) {
    this.#now = now;
    this.#link = new StoreLink({
      what: 'the history of audits',
      open,
      adopt: statementsOf,
      flush: () => this.write(),
      flushEveryMs: WRITE_EVERY_MS,
      log,
      now,
      ...(listener && { listener }),
    });
  }

  start(): void {
    this.#link.start();
  }

  /** Writes what waits and closes the database. */
  stop(): void {
    this.#link.stop();
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
    return this.#link.read(({ read }) => read.all(camera, model, since) as AuditHour[]) ?? [];
  }

  /** Writes what waits; the timer calls it. */
  write(): void {
    if (!this.#link.canWrite || (this.#pending.size === 0 && !this.#link.degraded)) return;
    const forgetBefore = Math.floor(this.#now() / HOUR_MS) - KEPT_HOURS;
    const written = this.#link.write(({ add, forget }) => {
      for (const { camera, model, hour, counts } of this.#pending.values()) {
        add.run(camera, model, hour, ...COLUMNS.map(([name]) => counts[name]));
      }
      // once an hour is enough
      if (forgetBefore !== this.#forgottenBefore) forget.run(forgetBefore);
    });
    if (!written) return;
    this.#forgottenBefore = forgetBefore;
    this.#pending.clear();
  }

  health(): AuditHistoryHealth {
    return { ...this.#link.health(), pending: this.#pending.size };
  }

  #shed(): void {
    if (this.#pending.size <= MAX_PENDING) return;
    const [oldest] = this.#pending.keys();
    this.#pending.delete(oldest!);
    this.#link.drop();
  }
}

interface AuditStatements {
  readonly add: StatementPort;
  readonly read: StatementPort;
  readonly forget: StatementPort;
}

const statementsOf = (database: DatabasePort): AuditStatements => ({
  add: database.prepare(ADD),
  read: database.prepare(READ),
  forget: database.prepare(FORGET),
});

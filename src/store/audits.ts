import type { AuditCounts, AuditHour } from './audit-counts.js';
import type { DatabasePort, StatementPort } from './database-port.js';
import type { StoreFile, TablesLink } from './store-file.js';

interface PendingHour {
  readonly camera: string;
  readonly model: string;
  readonly hour: number;
  counts: Counts;
}

type Counts = { -readonly [name in keyof AuditCounts]: number };

const HOUR_MS = 3_600_000;
const WRITE_EVERY_MS = 60_000;
const KEPT_MS = 400 * 24 * HOUR_MS;
/** Some forty years of a camera. */
const MAX_BYTES = 64 * 2 ** 20;
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

/**
 * What the audits found, in `history.db` per camera, model and hour for 400 days. Counts wait in memory and are written once a
 * minute and at the end, so that a kill loses a minute. Nothing here throws: what the disk refuses waits, bounded, for a
 * disk that takes it; the oldest hours are dropped first.
 */
export class AuditHistory {
  readonly #now: () => number;
  readonly #pending = new Map<string, PendingHour>();
  readonly #link: TablesLink<AuditStatements>;

  /** @param file with `HISTORY_MIGRATIONS` @param now Unix ms */
  constructor(file: StoreFile, now: () => number = Date.now) {
    this.#now = now;
    this.#link = file.join({
      what: 'audits',
      adopt: statementsOf,
      flush: (statements) => this.#write(statements),
      flushEveryMs: WRITE_EVERY_MS,
      retention: [{ table: 'audits', timeColumn: 'hour', unitMs: HOUR_MS, maxAgeMs: KEPT_MS, maxBytes: MAX_BYTES }],
    });
  }

  /** Hours that wait to be written. */
  get pending(): number {
    return this.#pending.size;
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

  #write({ add }: AuditStatements): (() => void) | null {
    if (this.#pending.size === 0) return null;
    for (const { camera, model, hour, counts } of this.#pending.values()) {
      add.run(camera, model, hour, ...COLUMNS.map(([name]) => counts[name]));
    }
    return () => this.#pending.clear();
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
}

const statementsOf = (database: DatabasePort): AuditStatements => ({
  add: database.prepare(ADD),
  read: database.prepare(READ),
});

import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EdgeError } from '../../foundation/errors.js';
import { measureFsync } from '../../store/fsync-latency.js';
import type { SqliteConnection } from '../../store/sqlite.js';
import { databaseHealth } from '../health/health.js';
import { type LockHolder, lockHolders } from './lock-holders.js';
import { openForReading } from './open-database.js';
import { fileReadings } from './sqlite-health.js';

/** How a database stands at one moment. */
export interface DatabaseSample {
  /** ISO 8601. */
  readonly at: string;
  readonly bytes: number;
  readonly walBytes: number;
  /** Bytes that the log grew by a second since the sample before, less than 0 where it began anew; null at the first one. */
  readonly walBytesPerS: number | null;
  readonly freeBytes: number;
  /** Times that somebody has changed it, since the sample before; null at the first one. */
  readonly changed: boolean | null;
  /** ms that the medium takes, median; measured each minute; null where nothing can be written beside the file. */
  readonly fsyncMs: number | null;
  /** Of what can be measured without reading all of it; null: of nothing. */
  readonly score: number | null;
  /** Who holds its locks; null where the machine does not tell. */
  readonly locks: readonly LockHolder[] | null;
}

/** The probe writes 60 kB: as seldom as that it wears no card out. */
const FSYNC_EVERY_MS = 60_000;

/** A database file looked at again and again, beside whoever uses it. Nothing of it is changed. */
export class DatabaseWatch {
  readonly #file: string;
  readonly #sqlite: SqliteConnection;
  readonly #inode: number;
  #last: { readonly at: number; readonly walBytes: number; readonly version: number } | null = null;
  #fsync: { readonly at: number; readonly ms: number | null } | null = null;

  /** @throws EdgeError E_OUTPUT where it cannot be read */
  constructor(file: string) {
    this.#file = file;
    this.#sqlite = openForReading(file);
    this.#inode = statSync(file).ino;
  }

  /** @throws EdgeError E_OUTPUT where the file is gone, or another one is in its place */
  async sample(): Promise<DatabaseSample> {
    const file = this.#file;
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined || stat.ino !== this.#inode) {
      const what = stat === undefined ? 'is not there any more' : 'is another file now';
      throw new EdgeError('E_OUTPUT', `the database ${file} ${what}: watch it anew`, { context: { file } });
    }
    const now = performance.now();
    const number = (pragma: string): number => this.#sqlite.pragma(pragma, { simple: true }) as number;
    const walBytes = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    const version = number('data_version');
    const fsyncMs = await this.#fsyncMs(now);
    const last = this.#last;
    this.#last = { at: now, walBytes, version };
    return {
      at: new Date().toISOString(),
      bytes: stat.size,
      walBytes,
      walBytesPerS: last === null ? null : (walBytes - last.walBytes) / Math.max(0.001, (now - last.at) / 1000),
      freeBytes: number('freelist_count') * number('page_size'),
      changed: last === null ? null : version !== last.version,
      fsyncMs,
      score: databaseHealth({ ...fileReadings(this.#sqlite, file), fsyncMs }).score,
      locks: lockHolders(file),
    };
  }

  close(): void {
    this.#sqlite.close();
  }

  async #fsyncMs(now: number): Promise<number | null> {
    if (this.#fsync === null || now - this.#fsync.at >= FSYNC_EVERY_MS) {
      this.#fsync = { at: now, ms: (await measureFsync(dirname(this.#file)))?.medianMs ?? null };
    }
    return this.#fsync.ms;
  }
}

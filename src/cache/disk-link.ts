import { explain } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import type { CacheDatabase } from './database-port.js';
import { DiskRows } from './disk-rows.js';

export interface DiskLinkOptions {
  /** Opens the database, with `CACHE_MIGRATIONS` applied and its integrity checked. May throw: it is tried again later. */
  readonly open: () => CacheDatabase;
  readonly now: () => number;
  readonly log: Log;
  /** Reads what has to be known of a database that was just opened; where it throws, the database is not used. */
  readonly onOpened: (rows: DiskRows) => void;
  readonly onDegraded: (reason: string) => void;
  readonly onRecovered: () => void;
  readonly onSetAside: (file: string) => void;
}

export interface OpenDisk {
  readonly database: CacheDatabase;
  readonly rows: DiskRows;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * The database of the disk tier as far as it can be had. Work is done through `attempt`, which never throws: after a
 * failure nothing is written or opened for 1 s to 1 min, and a database that is corrupt is closed and opened anew,
 * which sets its file aside.
 */
export class DiskLink {
  readonly #options: DiskLinkOptions;
  #open: OpenDisk | null = null;
  #started = false;
  #degraded = false;
  #pauseMs = 0;
  #retryAt = Number.NEGATIVE_INFINITY;
  #errors = 0;
  #setAside = 0;

  constructor(options: DiskLinkOptions) {
    this.#options = options;
  }

  get started(): boolean {
    return this.#started;
  }

  /** null while there is none. */
  get open(): OpenDisk | null {
    return this.#open;
  }

  /** Whether something failed and nothing was written since. */
  get degraded(): boolean {
    return this.#degraded;
  }

  /** Failed reads, writes and openings. */
  get errors(): number {
    return this.#errors;
  }

  /** Corrupt files that were renamed. */
  get setAside(): number {
    return this.#setAside;
  }

  start(): void {
    this.#started = true;
    this.#ensureOpen();
  }

  /** @param lastWork what is tried once more before, whatever pause there is */
  stop(lastWork: () => void): void {
    if (!this.#started) return;
    this.#retryAt = Number.NEGATIVE_INFINITY;
    lastWork();
    this.#started = false;
    this.#close();
  }

  /** The open database where a write may be tried now. */
  writable(): OpenDisk | null {
    if (!this.#started || this.#options.now() < this.#retryAt) return null;
    const open = this.#ensureOpen();
    return open && !open.database.readOnly ? open : null;
  }

  /** Whether the work was done; what it throws is counted, and told as `<what>: <why>`. */
  attempt(what: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.#errors++;
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2));
      this.#retryAt = this.#options.now() + this.#pauseMs;
      if (isBroken(error)) this.#close();
      this.#degrade(`${what}: ${explain(error)}`);
      return false;
    }
  }

  /** To be called when something was written. */
  recovered(): void {
    this.#pauseMs = 0;
    this.#retryAt = Number.NEGATIVE_INFINITY;
    if (!this.#degraded) return;
    this.#degraded = false;
    this.#options.log.info({}, 'the disk tier of the cache works again');
    this.#options.onRecovered();
  }

  #ensureOpen(): OpenDisk | null {
    if (this.#open || this.#options.now() < this.#retryAt) return this.#open;
    this.attempt('cannot be opened', () => {
      const database = this.#options.open();
      try {
        this.#adopt(database);
      } catch (error) {
        database.close();
        throw error;
      }
    });
    return this.#open;
  }

  #adopt(database: CacheDatabase): void {
    const rows = new DiskRows(database);
    this.#options.onOpened(rows);
    this.#open = { database, rows };
    if (database.setAside !== null) {
      this.#setAside++;
      this.#options.onSetAside(database.setAside);
    }
    if (database.readOnly) this.#degrade('its file system is read-only: nothing new is kept');
  }

  #degrade(reason: string): void {
    if (this.#degraded) return;
    this.#degraded = true;
    this.#options.log.warn({ reason }, 'the disk tier of the cache is out of order; the memory tier goes on');
    this.#options.onDegraded(reason);
  }

  #close(): void {
    const open = this.#open;
    this.#open = null;
    try {
      open?.database.close();
    } catch (error) {
      this.#options.log.warn({ error: explain(error) }, 'the database of the cache did not close');
    }
  }
}

/** Errors after which the file has to be checked again; whoever opens it then sets a corrupt one aside. */
function isBroken(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^SQLITE_(CORRUPT|NOTADB)/.test(code);
}

import { backoffDelay } from '../foundation/backoff.js';
import { explain } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import type { DatabasePort } from './database-port.js';
import { isBusy, isCorrupt } from './sqlite.js';

/** What a link tells whoever raises alerts. */
export interface LinkListener {
  /** It can be neither written nor opened, or not read; what stands upon it goes on in memory. */
  degraded(reason: string): void;
  recovered(): void;
  /** A corrupt file was renamed to `file` and a new one begun. */
  setAside(file: string): void;
}

export interface StoreLinkOptions<S> {
  /** What is kept there, as messages call it: `the disk tier of the cache`. */
  readonly what: string;
  /** Opens the database, migrated and checked, and waits for no lock. May throw: it is tried again later. */
  readonly open: () => DatabasePort;
  /** Prepares the statements and reads what must be known of a database just opened; where it throws, that one is not used. */
  readonly adopt: (database: DatabasePort) => S;
  /** Writes what waits, with `write`: called by the link's timer, and once more at the stop. */
  readonly flush: () => void;
  /** ms between two calls of `flush`. */
  readonly flushEveryMs: number;
  readonly log: Log;
  readonly listener?: LinkListener;
  /** Unix ms. */
  readonly now?: () => number;
  /** 0 ≤ x < 1, for the pauses. */
  readonly random?: () => number;
}

/** How a link is. */
export interface LinkHealth {
  readonly state: 'closed' | 'open' | 'degraded';
  /** What failed, and nothing was written since; null where nothing did. */
  readonly reason: string | null;
  /** Failed reads, writes and openings. */
  readonly errors: number;
  /** Corrupt files that were renamed. */
  readonly setAside: number;
  /** What never reached the disk, counted as whoever stands upon the link counts it. */
  readonly droppedWrites: number;
}

/** Pauses after failures. */
const PAUSES = { initialMs: 1000, maxMs: 60_000 };
/** A file that can only be read is opened anew so seldom, because that checks all of it. */
const READ_ONLY_PAUSE_MS = 600_000;
/** So long may others hold the file's lock before that is a failure. */
const LOCK_PATIENCE_MS = 10_000;

/**
 * One SQLite file that may fail. `read` and `write` never throw and never wait: what the disk refuses is counted, told
 * once, and tried again after a pause that grows from 1 s to 1 min; until then whoever stands upon the link keeps what
 * waits, within bounds. A corrupt file is closed and opened anew, which sets it aside. A lock that another process holds
 * is no failure unless it is held for 10 s.
 *
 * @template S what is done with an open database: prepared statements
 */
export class StoreLink<S> {
  readonly #options: StoreLinkOptions<S>;
  readonly #now: () => number;
  readonly #random: () => number;
  #open: { readonly database: DatabasePort; readonly statements: S } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #reason: string | null = null;
  #failure: unknown = null;
  /** Failures since something was last written. */
  #inARow = 0;
  /** Nothing is tried from the one to the other; a clock that is set back ends the pause. */
  #pause = { from: 0, to: 0 };
  #lockedSince: number | null = null;
  /** The last reading failed: a disk that is dying may take seconds to say so, so it is not asked during a pause. */
  #isBlind = false;
  #errors = 0;
  #setAside = 0;
  #droppedWrites = 0;

  constructor(options: StoreLinkOptions<S>) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
  }

  /** Opens the database and begins to call `flush`. */
  start(): void {
    if (this.#timer !== null) return;
    this.#timer = setInterval(() => this.#options.flush(), this.#options.flushEveryMs).unref();
    this.#ensureOpen();
  }

  /** Calls `flush` once more, whatever pause there is, and closes the database. */
  stop(): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#pause = { from: 0, to: 0 };
    this.#options.flush();
    this.#timer = null;
    this.#close();
  }

  /** Whether there is a database to read. */
  get isOpen(): boolean {
    return this.#open !== null;
  }

  get degraded(): boolean {
    return this.#reason !== null;
  }

  /** What failed last, for whoever rather throws it. */
  get failure(): unknown {
    return this.#failure;
  }

  health(): LinkHealth {
    return {
      state: this.degraded ? 'degraded' : this.#open ? 'open' : 'closed',
      reason: this.#reason,
      errors: this.#errors,
      setAside: this.#setAside,
      droppedWrites: this.#droppedWrites,
    };
  }

  /** What whoever stands upon the link found out about the disk by other means. */
  failed(doing: string, error: unknown): void {
    this.#fail(doing, error);
  }

  /** The file is not the one that is open any more: that one is left, and what is there now is opened after a pause. */
  moved(doing: string, error: unknown): void {
    this.#close();
    this.#fail(doing, error);
  }

  /** Counts what will never be written. */
  drop(count = 1): void {
    this.#droppedWrites += count;
  }

  /** What `work` gives; null where no database is open, reading fails, or failed a moment ago. */
  read<T>(work: (statements: S) => T): T | null {
    if (this.#open === null || (this.#isBlind && this.#isPausing())) return null;
    try {
      const found = work(this.#open.statements);
      this.#isBlind = false;
      return found;
    } catch (error) {
      this.#isBlind = true;
      this.#fail('cannot be read', error);
      return null;
    }
  }

  /**
   * All of `work` in one transaction, or nothing.
   *
   * @param durable on the medium when it returns, where otherwise a power cut may take it
   * @param doing what the reason says where it fails
   * @returns whether it was written; not tried during a pause, and where the file can only be read
   */
  write(work: (statements: S) => void, durable = false, doing = 'cannot be written'): boolean {
    const open = this.#writable();
    if (open === null) return false;
    try {
      open.database.transaction(() => work(open.statements), durable);
    } catch (error) {
      this.#fail(doing, error);
      return false;
    }
    this.#recover();
    return true;
  }

  /** Whether `write` would try now. */
  get canWrite(): boolean {
    return this.#writable() !== null;
  }

  #writable() {
    this.#ensureOpen();
    return this.#open === null || this.#open.database.readOnly || this.#isPausing() ? null : this.#open;
  }

  #isPausing(): boolean {
    const now = this.#now();
    return now >= this.#pause.from && now < this.#pause.to;
  }

  #ensureOpen(): void {
    if (this.#timer === null || this.#isPausing()) return;
    if (this.#open?.database.readOnly) this.#close();
    if (this.#open !== null) return;
    try {
      this.#open = this.#opened();
    } catch (error) {
      this.#fail('cannot be opened', error);
      return;
    }
    this.#lockedSince = null;
    if (this.#open.database.readOnly) this.#onlyRead(this.#open.database);
  }

  #opened() {
    const database = this.#options.open();
    try {
      const statements = this.#options.adopt(database);
      this.#tellSetAside(database.setAside);
      void database.damage?.then((reason) => this.#hearOfDamage(database, reason));
      return { database, statements };
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Of a large file, which was checked while it was in use already. */
  #hearOfDamage(database: DatabasePort, reason: string | null): void {
    if (reason === null || this.#open?.database !== database || !database.condemn) return;
    try {
      this.#tellSetAside(database.condemn(reason));
    } catch (error) {
      this.#options.log.warn(
        { error: explain(error) },
        `the damaged file of ${this.#options.what} cannot be moved away`,
      );
    }
    this.#fail('is damaged', Object.assign(new Error(reason), { code: 'SQLITE_CORRUPT' }));
  }

  #tellSetAside(setAside: string | null): void {
    if (setAside === null) return;
    this.#setAside++;
    this.#options.listener?.setAside(setAside);
  }

  #onlyRead({ readOnlyBecause }: DatabasePort): void {
    const now = this.#now();
    this.#pause = { from: now, to: now + READ_ONLY_PAUSE_MS };
    this.#degrade(`nothing new is kept (${readOnlyBecause ?? 'it can only be read'})`);
  }

  #fail(doing: string, error: unknown): void {
    this.#errors++;
    this.#failure = error;
    const now = this.#now();
    this.#pause = { from: now, to: now + backoffDelay(this.#inARow++, PAUSES, this.#random()) };
    if (isCorrupt(error)) this.#close();
    if (!this.#isPassing(error, now)) this.#degrade(`${doing}: ${explain(error)}`);
  }

  /** Whether it is a lock that may soon be gone. */
  #isPassing(error: unknown, now: number): boolean {
    if (!isBusy(error)) return false;
    this.#lockedSince ??= now;
    return now - this.#lockedSince < LOCK_PATIENCE_MS;
  }

  #degrade(reason: string): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#options.log.warn({ reason }, `${this.#options.what} is out of order: memory goes on, it is tried again`);
    this.#options.listener?.degraded(reason);
  }

  #recover(): void {
    this.#inARow = 0;
    this.#lockedSince = null;
    this.#pause = { from: 0, to: 0 };
    if (this.#reason === null) return;
    this.#reason = null;
    this.#options.log.info({}, `${this.#options.what} works again`);
    this.#options.listener?.recovered();
  }

  #close(): void {
    const open = this.#open;
    this.#open = null;
    try {
      open?.database.close();
    } catch (error) {
      this.#options.log.warn({ error: explain(error) }, `the file of ${this.#options.what} did not close`);
    }
  }
}

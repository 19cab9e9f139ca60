import { explain } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import type { Checkpointer } from './checkpointer.js';
import type { ConnectionWatch } from './connection-watch.js';
import { openDatabase } from './database.js';
import type { DatabasePort } from './database-port.js';
import { type LinkHealth, type LinkListener, StoreLink } from './link.js';
import { type Retention, TableRetention } from './retention.js';
import { codeOf } from './sqlite.js';
import { bytesOfTables } from './table-bytes.js';
import { Vacuum } from './vacuum.js';
import { WalSync } from './wal-sync.js';

export interface StoreFileOptions {
  /** What is kept there, as messages call it: `the history`. */
  readonly what: string;
  readonly file: string;
  /** SQL per schema version, oldest first; only ever appended to. */
  readonly migrations: readonly string[];
  readonly log: Log;
  /** Waits for the medium and reads whole files beside this thread; default: this thread does. */
  readonly checkpointer?: Checkpointer;
  /** Sees what is asked of it. */
  readonly watch?: ConnectionWatch | undefined;
  readonly listener?: LinkListener;
  /** Unix ms; default Date.now. */
  readonly now?: () => number;
  /** 0 ≤ x < 1, for the pauses. */
  readonly random?: () => number;
  /** For tests: what opens the file instead of `openDatabase`. */
  readonly open?: () => DatabasePort;
}

/**
 * Tables of one owner in a file that has several.
 *
 * @template S what is done with an open database: prepared statements
 */
export interface StoreTables<S> {
  /** What the owner keeps, as messages call it: `audits`. */
  readonly what: string;
  /** Prepares the statements and reads what must be known of a database just opened; where it throws, that one is not used. */
  readonly adopt: (database: DatabasePort) => S;
  /**
   * Writes what waits, in the one transaction of all owners. What waits may be forgotten only once that is committed: by
   * what this returns, which is called then; null where nothing waited. Where it throws for a reason of its own, what it
   * wrote is undone, told once, and the others go on.
   */
  readonly flush?: (statements: S) => (() => void) | null;
  /** ms between two calls of `flush`; default 1000, and no less. Each writes at least a page or two: 4096 bytes each. */
  readonly flushEveryMs?: number;
  /** How long rows stay; default for ever. */
  readonly retention?: readonly Retention[];
}

/** What the owner of tables reads and writes with, besides what `flush` does. As with a link nothing throws and nothing waits. */
export interface TablesLink<S> {
  /** Whether there is a database to read. */
  readonly isOpen: boolean;
  /** Whether `write` would try now. */
  readonly canWrite: boolean;
  /** Nothing can be written, or not read; it is tried again. */
  readonly degraded: boolean;
  /** What failed last, for whoever rather throws it. */
  readonly failure: unknown;
  /** What `work` gives; null where nothing can be read. */
  read<T>(work: (statements: S) => T): T | null;
  /**
   * All of `work` in a transaction of its own now, or nothing.
   *
   * @param durable on the medium when it returns, where otherwise a power cut may take it; this thread waits for the disk
   * @param doing what the reason says where it fails
   * @returns whether it was written
   */
  write(work: (statements: S) => void, durable?: boolean, doing?: string): boolean;
  /** Counts what will never be written. */
  drop(count?: number): void;
}

interface Owner {
  readonly tables: StoreTables<unknown>;
  flushedAt: number;
  /** Its last flush failed for a reason of its own. */
  isFaulty: boolean;
}

/** One opening of the file. */
interface Opened {
  readonly database: DatabasePort;
  /** Gives pages back that became free. */
  readonly vacuum: Vacuum;
  readonly statements: Map<StoreTables<unknown>, unknown>;
  readonly retentions: TableRetention[];
}

const FRAME_EVERY_MS = 1000;
/** A timer may be early by so much. */
const TOLERANCE_MS = 100;
/** ms between two measurements of how many bytes the tables take. */
const MEASURE_EVERY_MS = 3_600_000;

/**
 * One SQLite file with the tables of several owners, which `join` it: opened, migrated, checked and degraded once for all, and
 * what waits in any of them is written in one transaction a second. A part whose tables are in it needs no start and no stop.
 */
export class StoreFile {
  readonly file: string;
  readonly #link: StoreLink<Opened>;
  readonly #sync: WalSync;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #owners: Owner[] = [];
  #measuredAt = Number.NEGATIVE_INFINITY;
  #isStopping = false;
  #faults = 0;

  /** Touches no file before `start`. */
  constructor(options: StoreFileOptions) {
    const { what, file, migrations, log, checkpointer, watch, listener, now = Date.now, random } = options;
    this.file = file;
    this.#sync = new WalSync(file);
    this.#log = log;
    this.#now = now;
    this.#link = new StoreLink({
      what,
      open:
        options.open ?? (() => openDatabase({ file, migrations, log, watch, ...(checkpointer && { checkpointer }) })),
      adopt: (database) => this.#adopt(database),
      flush: () => this.flush(this.#isStopping),
      flushEveryMs: FRAME_EVERY_MS,
      log,
      now,
      ...(listener && { listener }),
      ...(random && { random }),
    });
  }

  /** Opens the database and begins to write. */
  start(): void {
    this.#isStopping = false;
    this.#link.start();
  }

  /** Writes what waits and closes the database. */
  stop(): void {
    this.#isStopping = true;
    this.#link.stop();
  }

  /** Tables of another owner, from now on and in each opening to come. */
  join<S>(tables: StoreTables<S>): TablesLink<S> {
    const owner: Owner = { tables: tables as StoreTables<unknown>, flushedAt: this.#now(), isFaulty: false };
    this.#owners.push(owner);
    const link = this.#link;
    const statementsIn = (opened: Opened): S => this.#statements(opened, owner.tables) as S;
    return {
      get isOpen() {
        return link.isOpen;
      },
      get canWrite() {
        return link.canWrite;
      },
      get degraded() {
        return link.degraded;
      },
      get failure() {
        return link.failure;
      },
      read: (work) => link.read((opened) => work(statementsIn(opened))),
      write: (work, durable, doing) => link.write((opened) => work(statementsIn(opened)), durable, doing),
      drop: (count) => link.drop(count),
    };
  }

  health(): LinkHealth {
    const health = this.#link.health();
    return { ...health, errors: health.errors + this.#faults };
  }

  /**
   * Brings all that was committed onto the medium, beside this thread; `kill -9` loses none of it anyway, a power cut would.
   *
   * @returns whether it is there
   */
  async sync(): Promise<boolean> {
    try {
      await this.#sync.sync();
      return this.#link.isOpen;
    } catch (error) {
      this.#link.failed('cannot be brought onto the medium', error);
      return false;
    }
  }

  /**
   * Writes what waits in one transaction, and deletes some of what is kept too long; the timer calls it.
   *
   * @param everything default: only of owners whose time has come
   */
  flush(everything = true): void {
    if (!this.#link.canWrite) return;
    const now = this.#now();
    const due = this.#owners.filter((owner) => everything || isDue(owner, now));
    const committed: (() => void)[] = [];
    const written = this.#link.write((opened) => {
      for (const owner of due) {
        const done = this.#flushed(owner, opened);
        if (done) committed.push(done);
      }
      if (!this.#isStopping) this.#forget(opened, now);
    });
    if (!written) return;
    for (const owner of due) owner.flushedAt = now;
    for (const done of committed) done();
  }

  #adopt(database: DatabasePort): Opened {
    const opened: Opened = { database, vacuum: new Vacuum(database), statements: new Map(), retentions: [] };
    this.#measuredAt = Number.NEGATIVE_INFINITY;
    for (const { tables } of this.#owners) this.#statements(opened, tables);
    return opened;
  }

  #statements(opened: Opened, tables: StoreTables<unknown>): unknown {
    const { database, statements, retentions } = opened;
    if (!statements.has(tables)) {
      statements.set(tables, tables.adopt(database));
      for (const rule of tables.retention ?? []) retentions.push(new TableRetention(database, rule));
    }
    return statements.get(tables);
  }

  /** One owner's part of the transaction; what is its own fault costs the others nothing. */
  #flushed(owner: Owner, opened: Opened): (() => void) | null {
    const { flush, what } = owner.tables;
    if (!flush) return null;
    let done: (() => void) | null = null;
    try {
      opened.database.transaction(() => {
        done = flush(this.#statements(opened, owner.tables));
      });
      owner.isFaulty = false;
    } catch (error) {
      if (isOfFile(error)) throw error;
      this.#faults++;
      if (!owner.isFaulty) this.#log.error({ what, error: explain(error) }, `${what} cannot be stored as they are`);
      owner.isFaulty = true;
      return null;
    }
    return done;
  }

  #forget(opened: Opened, now: number): void {
    const since = now - this.#measuredAt;
    if (since < 0 || since >= MEASURE_EVERY_MS) {
      this.#measuredAt = now;
      measure(opened);
    }
    for (const retention of opened.retentions) retention.step(now);
    opened.vacuum.step(now);
  }
}

function isDue({ tables, flushedAt }: Owner, now: number): boolean {
  const since = now - flushedAt;
  // a clock that was set back ends the waiting
  return since < 0 || since >= (tables.flushEveryMs ?? FRAME_EVERY_MS) - TOLERANCE_MS;
}

/** What concerns the whole file: a disk, a lock, damage; not what one owner asked wrongly. */
const isOfFile = (error: unknown): boolean =>
  /^(SQLITE_(?!(CONSTRAINT|MISMATCH|RANGE|TOOBIG|ERROR)))/.test(codeOf(error));

/** Tells each table's retention how many bytes it takes; a moment later where another thread measures. */
function measure({ database, retentions }: Opened): void {
  const bounded = retentions.filter(({ rule }) => rule.maxBytes !== undefined);
  if (bounded.length === 0) return;
  const tables = bounded.map(({ rule }) => rule.table);
  const tell = (sizes: ReadonlyMap<string, number>): void => {
    for (const retention of bounded) retention.measured(sizes.get(retention.rule.table) ?? 0);
  };
  if (database.keeper) void database.keeper.measure(tables).then(tell);
  else tell(bytesOfTables(database, tables));
}

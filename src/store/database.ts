import { closeSync, existsSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EdgeError, explain } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import { makePrivateFile, makePrivateFolder } from '../foundation/private-files.js';
import type { Checkpointer } from './checkpointer.js';
import type { ConnectionWatch } from './connection-watch.js';
import type { DatabasePort, FileKeeper, StatementPort } from './database-port.js';
import { diskTrouble } from './disk-trouble.js';
import { codeOf, isCorrupt, isReadOnly, loadSqlite, type SqliteConnection, type SqliteConstructor } from './sqlite.js';
import { judgePlace } from './store-place.js';
import { dropTrialIndexes } from './trial-indexes.js';

export interface DatabaseOptions {
  /** Made for its owner only, with its folder, where it is not there. */
  readonly file: string;
  /** SQL per schema version, oldest first; only ever appended to. */
  readonly migrations: readonly string[];
  readonly log: Log;
  /** Unix ms, for the name of a file set aside. */
  readonly now?: () => number;
  /**
   * ms to wait for another process's lock, in which this thread does nothing else; default 0: what is tried again later
   * need not wait.
   */
  readonly busyTimeoutMs?: number;
  /** Brings the log into the database beside this thread, and checks a large file; default: this thread does. */
  readonly checkpointer?: Checkpointer;
  /**
   * Bytes of a page of a file that is new; default 4096. Each commit writes whole pages: smaller ones spare the medium where
   * commits are many and small.
   */
  readonly pageSize?: 512 | 1024 | 2048 | 4096;
  /** Sees what is asked of it. */
  readonly watch?: ConnectionWatch | undefined;
  /** For tests: where the native module comes from. */
  readonly load?: () => SqliteConstructor;
  /** For tests: from how many bytes on a file is checked beside this thread. */
  readonly largeBytes?: number;
}

/** What is the disk's fault, or that of whoever else has the file open. */
const DISK_CODES = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|PROTOCOL|PERM|NOLFS)/;
const WAL_LIMIT_BYTES = 16 * 2 ** 20;
const PAGE_BYTES = 4096;
/** 64 MiB: this thread checkpoints only where the one that should does not. */
const LAST_RESORT_PAGES = 16_384;
/** Reading so much takes a slow card half a second. */
const LARGE_BYTES = 8 * 2 ** 20;
/** Of the corrupt files of one database, so many are kept for whoever wants to know. */
const KEPT_ASIDE = 3;

interface AboutDatabase {
  /** Why it can only be read. */
  readonly readOnlyBecause?: string | null;
  /** Where its corrupt predecessor went. */
  readonly setAside?: string | null;
  readonly keeper?: FileKeeper | null;
  /** False where the keeper is to check it. */
  readonly isChecked?: boolean;
}

/** An open SQLite database: write-ahead log, synchronous NORMAL, schema up to date, integrity checked. */
export class Database implements DatabasePort {
  readonly #sqlite: SqliteConnection;
  /** The same, as whoever watches sees it. */
  readonly #watched: SqliteConnection;
  readonly readOnlyBecause: string | null;
  readonly setAside: string | null;
  readonly keeper: FileKeeper | null;
  readonly damage: Promise<string | null> | null;
  readonly #options: DatabaseOptions;
  readonly #file: string;

  constructor(sqlite: SqliteConnection, options: DatabaseOptions, about: AboutDatabase) {
    this.#sqlite = sqlite;
    this.#watched = options.watch?.opened(sqlite) ?? sqlite;
    this.#options = options;
    this.#file = options.file;
    this.readOnlyBecause = about.readOnlyBecause ?? null;
    this.setAside = about.setAside ?? null;
    this.keeper = about.keeper ?? null;
    this.damage = about.isChecked === false ? (this.keeper?.check() ?? null) : null;
  }

  get readOnly(): boolean {
    return this.#sqlite.readonly;
  }

  prepare(sql: string): StatementPort {
    return this.#watched.prepare(sql);
  }

  /**
   * Within another one it is a savepoint, undone alone where `work` throws.
   *
   * @throws EdgeError E_OUTPUT with what to do where the disk refuses, and what `work` throws
   */
  transaction(work: () => void, durable = false): void {
    const transaction = this.#sqlite.transaction(work).immediate;
    if (this.#sqlite.inTransaction) {
      transaction();
      return;
    }
    if (durable) this.#sqlite.pragma('synchronous = FULL');
    try {
      transaction();
    } catch (cause) {
      throw asDiskError(this.#file, cause);
    } finally {
      if (durable) this.#sqlite.pragma('synchronous = NORMAL');
    }
  }

  giveBackPages(pages: number): void {
    this.#sqlite.exec(`PRAGMA incremental_vacuum(${pages})`);
  }

  close(): void {
    this.#options.watch?.closed(this.#sqlite);
    this.#sqlite.close();
    // who closes last checkpoints: not this thread
    this.keeper?.leave();
  }

  condemn(reason: string): string {
    this.close();
    return setFileAside(this.#options, reason);
  }
}

/** E_OUTPUT with what to do where an error of SQLite is the disk's fault or that of whoever else has the file; others as they are. */
export function asDiskError(file: string, cause: unknown): unknown {
  if (!DISK_CODES.test(codeOf(cause))) return cause;
  return new EdgeError('E_OUTPUT', diskTrouble(file, cause), { context: { file }, cause });
}

/**
 * Opens or makes the database. A corrupt file is renamed to `<file>.corrupt-<time>` with its log and a new one begun;
 * a file that cannot be written is opened for reading.
 *
 * Throws E_CONFIG where better-sqlite3 cannot be loaded, E_OUTPUT where the file cannot be used.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const Constructor = loadSqlite(options.load);
  refuseNetwork(options);
  try {
    makePrivateFolder(dirname(options.file));
    // SQLite would make it for everybody to read; its log and index get the mode of the file
    makePrivateFile(options.file);
    setForeignLogAside(options);
    return open(Constructor, options, null);
  } catch (error) {
    if (isCorrupt(error)) return replaceCorrupt(Constructor, options, error);
    if (isReadOnly(error) && existsSync(options.file)) return openForReading(Constructor, options, error);
    throw unusable(options.file, error);
  }
}

function refuseNetwork({ file }: DatabaseOptions): void {
  const { refusal } = judgePlace(dirname(file));
  if (refusal === null) return;
  throw new EdgeError('E_OUTPUT', `the database ${file} cannot be used: ${refusal}`, { context: { file } });
}

function open(Constructor: SqliteConstructor, options: DatabaseOptions, setAside: string | null): Database {
  const sqlite = new Constructor(options.file, { timeout: options.busyTimeoutMs ?? 0 });
  try {
    // both only where the file is new
    sqlite.pragma(`page_size = ${options.pageSize ?? PAGE_BYTES}`);
    // pages that become free can be given back bit by bit
    sqlite.pragma('auto_vacuum = INCREMENTAL');
    sqlite.pragma('journal_mode = WAL');
    // SQLite opens a write-protected file without a word: the first write would fail, so write what is there
    sqlite.pragma(`user_version = ${versionOf(sqlite)}`);
    sqlite.pragma('synchronous = NORMAL');
    sqlite.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
    const isChecked = !isLarge(options);
    if (isChecked) check(sqlite);
    migrate(sqlite, options);
    if (options.checkpointer) sqlite.pragma(`wal_autocheckpoint = ${LAST_RESORT_PAGES}`);
    const keeper = options.checkpointer?.attend(options.file) ?? null;
    return new Database(sqlite, options, { setAside, keeper, isChecked });
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/** Whether checking it would keep this thread, and another one can do it. */
const isLarge = ({ file, checkpointer, largeBytes = LARGE_BYTES }: DatabaseOptions): boolean =>
  checkpointer !== undefined && statSync(file).size > largeBytes;

function check(sqlite: SqliteConnection): void {
  const verdict = sqlite.pragma('quick_check(1)', { simple: true });
  if (verdict !== 'ok') throw Object.assign(new Error(String(verdict)), { code: 'SQLITE_CORRUPT' });
}

function migrate(sqlite: SqliteConnection, { file, migrations }: DatabaseOptions): void {
  const version = versionOf(sqlite);
  if (version > migrations.length) {
    const context = { file, version, known: migrations.length };
    const message = `${file} was written by a newer version of this program (schema ${version}, known here: ${migrations.length}): update the program, or move the file away`;
    throw new EdgeError('E_OUTPUT', message, { context });
  }
  if (sqlite.readonly && version < migrations.length) throw new Error('its schema is old and cannot be renewed');
  // a step that changes a column must not fail for an index that no version of the schema knows
  if (version < migrations.length) dropTrialIndexes(sqlite);
  for (let next = version; next < migrations.length; next++) {
    sqlite
      .transaction(() => {
        sqlite.exec(migrations[next]!);
        sqlite.pragma(`user_version = ${next + 1}`);
      })
      .immediate();
  }
}

const versionOf = (sqlite: SqliteConnection) => sqlite.pragma('user_version', { simple: true }) as number;

function openForReading(Constructor: SqliteConstructor, options: DatabaseOptions, cause: unknown): Database {
  let sqlite: SqliteConnection | null = null;
  try {
    sqlite = new Constructor(options.file, { readonly: true, timeout: options.busyTimeoutMs ?? 0 });
    check(sqlite);
    migrate(sqlite, options);
  } catch {
    sqlite?.close();
    throw unusable(options.file, cause);
  }
  const readOnlyBecause = diskTrouble(options.file, cause);
  options.log.warn({ file: options.file }, `the database cannot be written, it is only read: ${readOnlyBecause}`);
  return new Database(sqlite, options, { readOnlyBecause });
}

function replaceCorrupt(Constructor: SqliteConstructor, options: DatabaseOptions, cause: unknown): Database {
  const { file } = options;
  try {
    const aside = setFileAside(options, explain(cause));
    makePrivateFile(file);
    return open(Constructor, options, aside);
  } catch (error) {
    throw unusable(file, error);
  }
}

function setFileAside({ file, log, now = Date.now }: DatabaseOptions, reason: string): string {
  const aside = moveAside(file, now());
  log.error({ file, aside, reason }, 'the database was corrupt: set aside, a new one begun');
  return aside;
}

/** Renames the file and its log together: the log belongs to this file only. */
function moveAside(file: string, now: number): string {
  const stamp = timeStamp(now);
  let aside = `${file}.corrupt-${stamp}`;
  for (let n = 2; existsSync(aside); n++) aside = `${file}.corrupt-${stamp}-${n}`;
  renameSync(file, aside);
  for (const suffix of ['-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  forgetOldest(file);
  return aside;
}

/** Bytes 4 to 7 of a write-ahead log: the version of its format, the only one there has been. */
const WAL_VERSION = 3_007_000;
/** The first bytes of such a log, but for the last bit, which says how its sums are made. */
const WAL_MAGIC = 0x377f0682;

/**
 * SQLite opens no database beside a log in a format that it does not know. The database itself is as it was at its last
 * checkpoint: it serves without the log, which is renamed.
 */
function setForeignLogAside({ file, log, now }: DatabaseOptions): void {
  const wal = `${file}-wal`;
  if (!existsSync(wal)) return;
  const head = Buffer.alloc(8);
  const handle = openSync(wal, 'r');
  try {
    if (readSync(handle, head) < 8) return;
  } finally {
    closeSync(handle);
  }
  // another magic is no log at all, which SQLite ignores
  if ((head.readUInt32BE(0) & ~1) !== WAL_MAGIC || head.readUInt32BE(4) === WAL_VERSION) return;
  const aside = `${wal}.foreign-${timeStamp((now ?? Date.now)())}`;
  renameSync(wal, aside);
  log.error({ file, aside }, 'the log of the database was written by another version of SQLite: it is set aside');
}

const timeStamp = (now: number): string => new Date(now).toISOString().replace(/[:.]/g, '-');

function forgetOldest(file: string): void {
  const folder = dirname(file);
  const prefix = `${basename(file)}.corrupt-`;
  const found = readdirSync(folder).filter((name) => name.startsWith(prefix) && !/-(wal|shm)$/.test(name));
  for (const name of found.sort().slice(0, -KEPT_ASIDE)) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, name + suffix), { force: true });
  }
}

function unusable(file: string, cause: unknown): EdgeError {
  if (cause instanceof EdgeError) return cause;
  const message = `the database ${file} cannot be used: ${diskTrouble(file, cause)}`;
  return new EdgeError('E_OUTPUT', message, { context: { file }, cause });
}

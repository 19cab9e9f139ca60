import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { EdgeError, explain } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';

export interface DatabaseOptions {
  readonly file: string;
  /** SQL per schema version, oldest first; only ever appended to. */
  readonly migrations: readonly string[];
  readonly log: Log;
  /** Unix ms, for the name of a file set aside. */
  readonly now?: () => number;
  /** ms to wait for another process's lock; default 2000. */
  readonly busyTimeoutMs?: number;
  /** For tests: where the native module comes from. */
  readonly load?: () => typeof Sqlite;
}

const BUSY_TIMEOUT_MS = 2000;
const WAL_LIMIT_BYTES = 16 * 2 ** 20;
/** Of the corrupt files of one database, so many are kept for whoever wants to know. */
const KEPT_ASIDE = 3;

/** An open SQLite database: write-ahead log, synchronous NORMAL, schema up to date, integrity checked. */
export class Database {
  readonly #sqlite: Sqlite.Database;
  readonly readOnly: boolean;
  /** Where a corrupt predecessor was moved to while opening, if there was one. */
  readonly setAside: string | null;

  constructor(sqlite: Sqlite.Database, setAside: string | null) {
    this.#sqlite = sqlite;
    this.readOnly = sqlite.readonly;
    this.setAside = setAside;
  }

  prepare(sql: string): Sqlite.Statement<unknown[]> {
    return this.#sqlite.prepare(sql);
  }

  /** All of `work` or nothing. `durable`: on the medium when it returns, where otherwise a power cut may take it. */
  transaction(work: () => void, durable = false): void {
    const transaction = this.#sqlite.transaction(work).immediate;
    if (durable) this.#sqlite.pragma('synchronous = FULL');
    try {
      transaction();
    } finally {
      if (durable) this.#sqlite.pragma('synchronous = NORMAL');
    }
  }

  close(): void {
    this.#sqlite.close();
  }
}

/**
 * Opens or makes the database. A corrupt file is renamed to `<file>.corrupt-<time>` with its log and a new one begun;
 * a file that cannot be written is opened for reading.
 *
 * Throws E_CONFIG where better-sqlite3 cannot be loaded, E_OUTPUT where the file cannot be used.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const Constructor = loadSqlite(options.load ?? requireSqlite);
  try {
    mkdirSync(dirname(options.file), { recursive: true });
    return open(Constructor, options, null);
  } catch (error) {
    if (isCorrupt(error)) return replaceCorrupt(Constructor, options, error);
    if (isReadOnly(error) && existsSync(options.file)) return openForReading(Constructor, options, error);
    throw unusable(options.file, error);
  }
}

function open(Constructor: typeof Sqlite, options: DatabaseOptions, setAside: string | null): Database {
  const sqlite = new Constructor(options.file, { timeout: options.busyTimeoutMs ?? BUSY_TIMEOUT_MS });
  try {
    sqlite.pragma('journal_mode = WAL');
    // SQLite opens a write-protected file without a word: the first write would fail, so write what is there
    sqlite.pragma(`user_version = ${versionOf(sqlite)}`);
    sqlite.pragma('synchronous = NORMAL');
    sqlite.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
    check(sqlite);
    migrate(sqlite, options);
    return new Database(sqlite, setAside);
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

function check(sqlite: Sqlite.Database): void {
  const verdict = sqlite.pragma('quick_check(1)', { simple: true });
  if (verdict !== 'ok') throw Object.assign(new Error(String(verdict)), { code: 'SQLITE_CORRUPT' });
}

function migrate(sqlite: Sqlite.Database, { file, migrations }: DatabaseOptions): void {
  const version = versionOf(sqlite);
  if (version > migrations.length) {
    const context = { file, version, known: migrations.length };
    const message = `${file} was written by a newer version of this program (schema ${version}, known here: ${migrations.length}): update the program, or move the file away`;
    throw new EdgeError('E_OUTPUT', message, { context });
  }
  if (sqlite.readonly && version < migrations.length) throw new Error('its schema is old and cannot be renewed');
  for (let next = version; next < migrations.length; next++) {
    sqlite
      .transaction(() => {
        sqlite.exec(migrations[next]!);
        sqlite.pragma(`user_version = ${next + 1}`);
      })
      .immediate();
  }
}

const versionOf = (sqlite: Sqlite.Database) => sqlite.pragma('user_version', { simple: true }) as number;

function openForReading(Constructor: typeof Sqlite, options: DatabaseOptions, cause: unknown): Database {
  let sqlite: Sqlite.Database | null = null;
  try {
    sqlite = new Constructor(options.file, { readonly: true });
    check(sqlite);
    migrate(sqlite, options);
  } catch {
    sqlite?.close();
    throw unusable(options.file, cause);
  }
  options.log.warn({ file: options.file }, 'the database cannot be written: it is only read');
  return new Database(sqlite, null);
}

function replaceCorrupt(Constructor: typeof Sqlite, options: DatabaseOptions, cause: unknown): Database {
  const { file, log } = options;
  try {
    const aside = moveAside(file, (options.now ?? Date.now)());
    log.error({ file, aside, reason: explain(cause) }, 'the database was corrupt: set aside, a new one begun');
    return open(Constructor, options, aside);
  } catch (error) {
    throw unusable(file, error);
  }
}

/** Renames the file and its log together: the log belongs to this file only. */
function moveAside(file: string, now: number): string {
  const stamp = new Date(now).toISOString().replace(/[:.]/g, '-');
  let aside = `${file}.corrupt-${stamp}`;
  for (let n = 2; existsSync(aside); n++) aside = `${file}.corrupt-${stamp}-${n}`;
  renameSync(file, aside);
  for (const suffix of ['-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  forgetOldest(file);
  return aside;
}

function forgetOldest(file: string): void {
  const folder = dirname(file);
  const prefix = `${basename(file)}.corrupt-`;
  const found = readdirSync(folder).filter((name) => name.startsWith(prefix) && !/-(wal|shm)$/.test(name));
  for (const name of found.sort().slice(0, -KEPT_ASIDE)) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, name + suffix), { force: true });
  }
}

/** Why no database can be opened on this machine, whatever its file, with what to do; null where one can. */
export function sqliteProblem(load: () => typeof Sqlite = requireSqlite): string | null {
  try {
    loadSqlite(load);
    return null;
  } catch (error) {
    return explain(error);
  }
}

function loadSqlite(load: () => typeof Sqlite): typeof Sqlite {
  try {
    const Constructor = load();
    // its native library is loaded with the first database
    new Constructor(':memory:').close();
    return Constructor;
  } catch (error) {
    throw withoutSqlite(error);
  }
}

const requireSqlite = (): typeof Sqlite => createRequire(import.meta.url)('better-sqlite3');

/** For a missing package as well as for a missing or foreign native library. */
function withoutSqlite(cause: unknown): EdgeError {
  const message =
    'better-sqlite3 cannot be loaded, and nothing can be kept on disk without it: run `npm rebuild better-sqlite3` ' +
    '(it needs its prebuilt binary, or python3, make and a C++ compiler)';
  return new EdgeError('E_CONFIG', message, { cause });
}

function unusable(file: string, cause: unknown): EdgeError {
  if (cause instanceof EdgeError) return cause;
  const message = `the database ${file} cannot be used: check that its folder exists, can be written and has room`;
  return new EdgeError('E_OUTPUT', message, { context: { file }, cause });
}

function isCorrupt(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));
}

function isReadOnly(error: unknown): boolean {
  return /^(SQLITE_(READONLY|CANTOPEN)|EROFS|EACCES)/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? '');
}

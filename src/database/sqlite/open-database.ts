import { accessSync, chmodSync, constants, copyFileSync, existsSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigError, EdgeError } from '../../foundation/errors.js';
import { makeFolderOfProcess } from '../../foundation/remains.js';
import { diskTrouble } from '../../store/disk-trouble.js';
import { codeOf, isCorrupt, loadSqlite, type SqliteConnection } from '../../store/sqlite.js';
import { isAddress } from '../postgres/server/postgres-address.js';

/** ms to wait where somebody else holds the lock: a reader has nothing to lose by giving up, who changes an index has. */
const READING_MS = 2000;
const WRITING_MS = 10_000;

/**
 * The absolute path of a database file that somebody named.
 *
 * @throws ConfigError where it names no file
 */
export function databaseFile(target: string): string {
  // which is not shown: it may have a password
  if (isAddress(target)) throw noDatabase('expected a file of SQLite, got an address, which this cannot look at');
  const file = resolve(target);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw noDatabase(`expected a file, got ${file}, which is not there`);
  if (!stat.isFile()) throw noDatabase(`expected a file, got ${file}, which is none`);
  return file;
}

const noDatabase = (problem: string): ConfigError => new ConfigError('there is no database to look at', [problem]);

/**
 * Opens a database file to read it, beside whoever writes it. Nothing of it is changed: where SQLite would need files beside it that cannot be made (a
 * folder that takes no writing, a write-ahead log that was left there), a copy is opened, which goes when that is closed.
 *
 * @throws EdgeError E_OUTPUT where it cannot be read, E_CONFIG where better-sqlite3 cannot be loaded
 */
export function openForReading(file: string): SqliteConnection {
  const hadLog = existsSync(`${file}-wal`);
  try {
    const sqlite = opened(file, { readonly: true, timeout: READING_MS }, 'read');
    return hadLog ? sqlite : closing(sqlite, () => removeLogOf(file));
  } catch (error) {
    if (!WITHOUT_LOG.test(codeOf(error)) || !canRead(file)) throw error;
    return openCopy(file);
  }
}

/** What SQLite says where it may not make the files beside a database that it needs to read it, or bring in what they have. */
const WITHOUT_LOG = /^SQLITE_(CANTOPEN|READONLY_(DIRECTORY|CANTINIT|RECOVERY|ROLLBACK))$/;

function openCopy(file: string): SqliteConnection {
  const folder = makeFolderOfProcess(tmpdir(), 'edge-reading');
  try {
    const copy = join(folder, 'copy.db');
    const { bavail, bsize } = statfsSync(folder);
    if (statSync(file).size > bavail * bsize) {
      throw new EdgeError(
        'E_OUTPUT',
        `the database ${file} cannot be read where it lies, and ${tmpdir()} has no room for a copy: copy it with its -wal to a folder that you may write to`,
        { context: { file } },
      );
    }
    for (const suffix of ['', '-wal', '-journal']) {
      if (!existsSync(file + suffix)) continue;
      copyFileSync(file + suffix, copy + suffix, constants.COPYFILE_FICLONE);
      chmodSync(copy + suffix, 0o600);
    }
    return closing(opened(copy, { readonly: false, timeout: READING_MS }, 'read'), () =>
      rmSync(folder, { recursive: true, force: true }),
    );
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function closing(sqlite: SqliteConnection, then: () => void): SqliteConnection {
  const close = sqlite.close.bind(sqlite);
  sqlite.close = () => {
    const wasOpen = sqlite.open;
    close();
    if (wasOpen) then();
    return sqlite;
  };
  return sqlite;
}

/** A connection that only reads leaves an empty log behind, which its owner may not be able to write: one that may write removes it, if nobody else is there. */
function removeLogOf(file: string): void {
  try {
    const sqlite = new (loadSqlite())(file, { fileMustExist: true, timeout: 0 });
    try {
      sqlite.prepare('SELECT count(*) FROM sqlite_schema').get();
    } finally {
      sqlite.close();
    }
  } catch {
    // whoever has it open removes it
  }
}

function canRead(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Opens a database file to change it, beside whoever uses it.
 *
 * @throws EdgeError E_OUTPUT where it cannot be changed, E_CONFIG where better-sqlite3 cannot be loaded
 */
export function openForWriting(file: string): SqliteConnection {
  return opened(file, { readonly: false, timeout: WRITING_MS }, 'changed');
}

function opened(file: string, options: { readonly: boolean; timeout: number }, what: string): SqliteConnection {
  const Constructor = loadSqlite();
  try {
    const sqlite = new Constructor(file, { ...options, fileMustExist: true });
    try {
      sqlite.prepare('SELECT count(*) FROM sqlite_schema').get();
      return sqlite;
    } catch (error) {
      sqlite.close();
      throw error;
    }
  } catch (cause) {
    throw databaseTrouble(file, what, cause);
  }
}

/** What is told of a database of whatever program that cannot be used, with what to do; others' errors as they are. @param what `read`, `changed` ... */
export function databaseTrouble(file: string, what: string, cause: unknown): unknown {
  if (cause instanceof EdgeError || codeOf(cause) === '') return cause;
  const why = isCorrupt(cause) ? noWholeFile(cause) : diskTrouble(file, cause);
  return new EdgeError('E_OUTPUT', `the database ${file} cannot be ${what}: ${why}`, { context: { file }, cause });
}

/** Of a file that is not ours nothing is set aside: its owner has to mend it. */
function noWholeFile(cause: unknown): string {
  if (codeOf(cause) === 'SQLITE_NOTADB') return 'it is another kind of file than a database of SQLite, or is encrypted';
  return 'it is damaged: `sqlite3 FILE .recover`, or a backup, may have what is lost';
}

import { chownSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE_MIGRATIONS } from '../cache/migrations.js';
import { loadConfig } from '../config/load.js';
import { ConfigError, EdgeError, explain } from '../foundation/errors.js';
import { fileSystemOf } from '../foundation/file-system.js';
import { fromRoot } from '../foundation/home.js';
import { compactDatabase, type DatabaseReport, integrityOf, reportOn } from '../store/database-report.js';
import { diskTrouble } from '../store/disk-trouble.js';
import { measureFsync } from '../store/fsync-latency.js';
import { mediumOf } from '../store/medium.js';
import { HISTORY_MIGRATIONS, PROFILE_MIGRATIONS } from '../store/migrations.js';
import { OUTBOX_MIGRATIONS } from '../store/outbox-table.js';
import { isCorrupt } from '../store/sqlite.js';
import { LOCK_FILE, type LockOwner, lockOwnerOf, lockStore } from '../store/store-lock.js';
import { judgePlace } from '../store/store-place.js';
import { FAILED } from './exit-codes.js';
import { print, printJson, printTable } from './print.js';

export interface StoreFlags {
  readonly config?: string;
  readonly json?: boolean;
}

/** A database of `store.dir`. */
export interface StoredDatabase {
  /** `history.db`. */
  readonly name: string;
  readonly file: string;
}

/** Steps that this version of the program knows of each schema. */
const SCHEMAS: Readonly<Record<string, number>> = {
  'cache.db': CACHE_MIGRATIONS.length,
  'history.db': HISTORY_MIGRATIONS.length,
  'outbox.db': OUTBOX_MIGRATIONS.length,
  'profiles.db': PROFILE_MIGRATIONS.length,
};
const PATIENCE_MS = 0;

/** `edge-optimizer store info`. @returns the exit code: 1 where a database cannot be read */
export async function storeInfo(flags: StoreFlags): Promise<number> {
  const folder = storeFolder(flags);
  const databases = databasesIn(folder).map((database) => ({ ...database, ...looked(database.file) }));
  const place = {
    folder,
    fileSystem: fileSystemOf(folder)?.name || null,
    freeBytes: fileSystemOf(folder)?.freeBytes ?? null,
    medium: mediumOf(folder),
    fsync: await measureFsync(folder),
    runningSince: (await ownerOf(folder))?.since ?? null,
    ...judgePlace(folder),
  };
  if (flags.json) {
    const listed = databases.map(({ name, report, problem }) => ({
      name,
      problem,
      knownSchema: SCHEMAS[name] ?? null,
      ...report,
    }));
    printJson({ ...place, databases: listed });
  } else {
    describePlace(place);
    for (const database of databases) describeDatabase(database);
    if (databases.length === 0) print('no databases yet: they are made when the program runs');
  }
  return databases.some(({ problem }) => problem !== null) ? FAILED : 0;
}

/** `edge-optimizer store check`. @returns the exit code: 1 where a database is damaged or cannot be read */
export async function storeCheck(flags: StoreFlags): Promise<number> {
  const folder = storeFolder(flags);
  const verdicts = databasesIn(folder).map(({ name, file }) => ({ name, problems: checked(file) }));
  if (flags.json) printJson({ folder, databases: verdicts });
  else if (verdicts.length === 0) print(`no databases in ${folder}`);
  else
    printTable(
      ['database', 'verdict'],
      verdicts.map(({ name, problems }) => [name, problems.join('; ') || 'whole']),
    );
  const isBad = verdicts.some(({ problems }) => problems.length > 0);
  if (isBad && !flags.json) {
    print('a damaged database is set aside at the next start, and a new one begun; a backup may have what is lost');
  }
  return isBad ? FAILED : 0;
}

/** `edge-optimizer store vacuum`. @throws ConfigError while the program runs */
export async function storeVacuum(flags: StoreFlags): Promise<number> {
  const folder = storeFolder(flags);
  const release = await takeFolder(folder);
  try {
    const done = databasesIn(folder).map(({ name, file }) => ({ name, ...compacted(file) }));
    if (flags.json) printJson({ folder, databases: done });
    else {
      const rows = done.map(({ name, before, after, problem }) => [
        name,
        mebibytes(before),
        mebibytes(after),
        problem ?? 'done',
      ]);
      printTable(['database', 'before', 'after', ''], rows);
    }
    return done.some(({ problem }) => problem !== null) ? FAILED : 0;
  } finally {
    release();
  }
}

/** @throws ConfigError where there is no such folder, or databases cannot lie there */
export function storeFolder({ config: file }: StoreFlags): string {
  const { config } = loadConfig({ ...(file !== undefined && { file }), env: process.env });
  const folder = fromRoot(config.store.dir);
  const { refusal } = judgePlace(folder);
  if (refusal !== null) throw unusable(`expected a folder on a local disk: ${refusal}`);
  if (existsSync(folder)) return folder;
  throw unusable(
    `expected a folder, got ${folder}, which is not there: the program makes it when it runs; --config FILE names a site's configuration`,
  );
}

/** In the order of their names. */
export function databasesIn(folder: string): StoredDatabase[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.db'));
    return names.sort().map((name) => ({ name, file: join(folder, name) }));
  } catch (error) {
    throw unusable(`expected a folder that can be read, got ${folder}: ${explain(error)}`);
  }
}

const unusable = (problem: string): ConfigError => new ConfigError('there is no store', [`store.dir: ${problem}`]);

/** Who has the folder; null where nobody has. Makes nothing: where there is no lock file no program runs. */
async function ownerOf(folder: string): Promise<LockOwner | null> {
  if (!existsSync(join(folder, LOCK_FILE))) return null;
  try {
    const lock = await lockStore(folder, { patienceMs: PATIENCE_MS, signal: new AbortController().signal });
    if (lock.kind === 'held') lock.release();
    return lock.kind === 'taken' ? lock.owner : null;
  } catch {
    // whoever may not write there cannot try the lock
    return lockOwnerOf(folder);
  }
}

async function takeFolder(folder: string): Promise<() => void> {
  const lock = await lockStore(folder, { patienceMs: PATIENCE_MS, signal: new AbortController().signal }).catch(
    (cause: unknown) => {
      const reason = diskTrouble(join(folder, LOCK_FILE), cause);
      throw new EdgeError('E_OUTPUT', `${folder} cannot be locked: ${reason}`, { cause });
    },
  );
  if (lock.kind === 'held') {
    leaveToOwner(folder);
    return lock.release;
  }
  const who = lock.owner === null ? 'a program' : `process ${lock.owner.pid} on ${lock.owner.host}`;
  const message = `${folder} is in use by ${who}: stop it first (systemctl stop edge-optimizer), nothing was changed`;
  throw new EdgeError('E_OUTPUT', message);
}

/** A lock file that root made would shut the program out, which is another user. */
function leaveToOwner(folder: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  chownSync(join(folder, LOCK_FILE), uid, gid);
}

interface Looked {
  readonly report: DatabaseReport | null;
  readonly problem: string | null;
}

function looked(file: string): Looked {
  try {
    return { report: reportOn(file), problem: null };
  } catch (error) {
    return { report: null, problem: problemOf(file, error) };
  }
}

function checked(file: string): readonly string[] {
  try {
    return integrityOf(file);
  } catch (error) {
    return [problemOf(file, error)];
  }
}

export function problemOf(file: string, error: unknown): string {
  // SQLite itself is missing
  if (error instanceof EdgeError) return error.message;
  return isCorrupt(error) ? `damaged: ${explain(error)}` : `cannot be read: ${diskTrouble(file, error)}`;
}

function compacted(file: string): { before: number; after: number; problem: string | null } {
  let before = 0;
  try {
    const report = reportOn(file);
    before = report.bytes + report.logBytes;
    // the copy, and the log through which it comes back
    const needed = 2 * (report.bytes - report.freeBytes);
    const free = fileSystemOf(file)?.freeBytes ?? Number.POSITIVE_INFINITY;
    if (free < needed)
      return {
        before,
        after: before,
        problem: `needs ${mebibytes(needed)} of free room, there are ${mebibytes(free)}`,
      };
    compactDatabase(file);
    return { before, after: reportOn(file).bytes, problem: null };
  } catch (error) {
    return { before, after: before, problem: problemOf(file, error) };
  }
}

interface Place {
  readonly folder: string;
  readonly fileSystem: string | null;
  readonly freeBytes: number | null;
  readonly medium: ReturnType<typeof mediumOf>;
  readonly fsync: Awaited<ReturnType<typeof measureFsync>>;
  readonly runningSince: number | null;
  readonly warning: string | null;
}

function describePlace({ folder, freeBytes, medium, fsync, runningSince, warning }: Place): void {
  print(`folder   ${folder}${freeBytes === null ? '' : `, ${mebibytes(freeBytes)} free`}`);
  const name = medium === null ? 'not known' : [medium.kind, medium.device, medium.model].filter(Boolean).join(' ');
  const speed =
    fsync === null
      ? ''
      : `, has what is written after ${fsync.medianMs.toFixed(1)} ms, at worst ${fsync.worstMs.toFixed(1)} ms`;
  print(`medium   ${name}${speed}`);
  print(`in use   ${runningSince === null ? 'no' : `since ${new Date(runningSince).toISOString()}`}`);
  if (warning !== null) print(`warning  ${warning}`);
}

function describeDatabase({ name, report, problem }: StoredDatabase & Looked): void {
  print('');
  if (report === null) {
    print(`${name}: ${problem}`);
    return;
  }
  const known = SCHEMAS[name];
  const schema =
    known === undefined || known === report.schema
      ? `schema ${report.schema}`
      : `schema ${report.schema}, known here: ${known}`;
  const vacuum = report.incrementalVacuum ? '' : '; keeps what is free until `store vacuum`';
  print(
    `${name}: ${mebibytes(report.bytes)}, log ${mebibytes(report.logBytes)}, free ${mebibytes(report.freeBytes)}, ${schema}${vacuum}`,
  );
  printTable(
    ['  table', 'rows', 'size'],
    report.tables.map((table) => [`  ${table.name}`, String(table.rows), mebibytes(table.bytes)]),
  );
}

const mebibytes = (bytes: number): string =>
  bytes >= 100 * 2 ** 20 ? `${Math.round(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 20).toFixed(2)} MiB`;

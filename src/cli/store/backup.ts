import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigError, EdgeError, explain } from '../../foundation/errors.js';
import { PROJECT_ROOT } from '../../foundation/home.js';
import { mebibytes } from '../../foundation/mebibytes.js';
import { makePrivateFolder, PRIVATE_FILE } from '../../foundation/private-files.js';
import { sha256OfFile } from '../../foundation/sha256.js';
import { copyDatabase, integrityOf, reportOn } from '../../store/database-report.js';
import { diskTrouble } from '../../store/disk-trouble.js';
import { isCorrupt, isReadOnly } from '../../store/sqlite.js';
import { packTar } from '../../store/tar.js';
import { storeAround, tenantFoldersIn } from '../../store/tenant-folders.js';
import { print, printJson } from '../print.js';
import { databasesIn, problemOf, type StoredDatabase, type StoreFlags, storeFolder, tellOfTenants } from './folder.js';

export interface BackupFlags extends StoreFlags {
  readonly all?: boolean;
  readonly force?: boolean;
}

/** What a backup says of itself, in `backup.json`. */
interface BackupContents {
  readonly version: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly databases: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly schema: number;
    readonly sha256: string;
  }[];
}

const CONTENTS = 'backup.json';
/** Not worth keeping, or not to be restored. */
const LEFT_OUT = new Set(['cache.db', 'outbox.db']);

/**
 * `edge-optimizer store backup FILE`: copies beside a running program; what has the name is replaced in one step, or stays.
 *
 * @throws ConfigError where the name is taken, EdgeError E_OUTPUT where a database cannot be read or the copy not be written
 */
export async function storeBackup(name: string, flags: BackupFlags): Promise<number> {
  const folder = storeFolder(flags);
  const databases = databasesIn(folder).filter((database) => flags.all || !LEFT_OUT.has(database.name));
  if (databases.length === 0) throw new EdgeError('E_OUTPUT', 'there is nothing to back up yet');
  const target = resolve(name);
  const intoFolder = name.endsWith('/') || isFolder(target);
  const names = [...databases.map((database) => database.name), CONTENTS];
  const around = intoFolder ? target : dirname(target);
  const files = intoFolder ? names.map((one) => join(target, one)) : [target];
  refuseStore(folder, around, files);
  refuseTaken(files, flags.force ?? false);
  const workshop = workshopIn(around);
  try {
    const contents = await copyAll(databases, workshop);
    const made = names.map((one) => join(workshop, one));
    if (intoFolder) {
      for (const file of made) await ontoMedium(file);
      for (const file of made) renameSync(file, join(target, basename(file)));
    } else {
      const archive = join(workshop, 'backup.tar');
      await packTar(archive, made);
      renameSync(archive, target);
    }
    await ontoMedium(around);
    tell(target, contents, flags);
    tellOfTenants(folder, 'backup FILE', flags);
  } catch (error) {
    if (error instanceof EdgeError) throw error;
    throw notWritten(join(workshop, CONTENTS), error);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
  return 0;
}

/** Whatever --force says: what a program may have open, or begins with next time, is not replaced behind its back. */
function refuseStore(folder: string, around: string, files: readonly string[]): void {
  const store = storeAround(folder);
  const places = [store, ...tenantFoldersIn(store).map((tenant) => tenant.folder)];
  if (!existsSync(around) || !places.some((place) => realpathSync(place) === realpathSync(around))) return;
  const own = files.filter((file) => /\.db(-wal|-shm)?$/.test(file) || /^running\./.test(basename(file)));
  if (own.length === 0) return;
  throw new ConfigError('the backup would replace the store itself', [
    `expected a place outside of ${store}, got ${own.join(', ')}: choose another one`,
  ]);
}

/** On the same file system as what is made there, so that a rename is one step. */
function workshopIn(around: string): string {
  try {
    makePrivateFolder(around);
    return mkdtempSync(join(around, '.backup-'));
  } catch (error) {
    throw notWritten(join(around, CONTENTS), error);
  }
}

function refuseTaken(files: readonly string[], force: boolean): void {
  const taken = files.filter((file) => existsSync(file));
  const special = taken.filter((file) => !statSync(file).isFile());
  if (special.length > 0) {
    throw new ConfigError('the backup would replace something', [
      `expected the name of a file, got ${special.join(', ')}, which is none`,
    ]);
  }
  if (taken.length === 0 || force) return;
  throw new ConfigError('the backup would replace something', [
    `expected a name that nothing has, got ${taken.join(', ')}: choose another one, or say --force`,
  ]);
}

async function copyAll(databases: readonly StoredDatabase[], workshop: string): Promise<BackupContents> {
  const copied: BackupContents['databases'][number][] = [];
  for (const { name, file } of databases) {
    const copy = join(workshop, name);
    copyOne(file, copy);
    const { bytes, schema } = reportOn(copy);
    copied.push({ name, bytes, schema, sha256: await sha256OfFile(copy) });
  }
  const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string };
  const contents: BackupContents = { version, madeAt: new Date().toISOString(), databases: copied };
  writeFileSync(join(workshop, CONTENTS), `${JSON.stringify(contents, null, 2)}\n`, { mode: PRIVATE_FILE });
  return contents;
}

function copyOne(file: string, copy: string): void {
  try {
    // SQLite writes into an empty file as well, and leaves its mode
    writeFileSync(copy, '', { mode: PRIVATE_FILE });
    copyDatabase(file, copy);
  } catch (error) {
    if (isCorrupt(error)) throw notWhole(file, explain(error));
    // who cannot be read says so; else it is the disk that the copy is to lie on
    const reason = isReadOnly(error) ? problemOf(file, error) : diskTrouble(copy, error);
    throw new EdgeError('E_OUTPUT', `${file} cannot be copied: ${reason}`, { cause: error });
  }
  const [problem] = integrityOf(copy);
  if (problem !== undefined) throw notWhole(file, problem);
}

function notWhole(file: string, problem: string): EdgeError {
  const advice = 'to back up the others move it away first';
  return new EdgeError('E_OUTPUT', `${file} is damaged, so there is no backup: ${problem}; ${advice}`);
}

function tell(target: string, contents: BackupContents, { json }: BackupFlags): void {
  if (json) {
    printJson({ file: target, ...contents });
    return;
  }
  for (const { name, bytes } of contents.databases) print(`${name}  ${mebibytes(bytes)}`);
  print(`backed up to ${target}`);
}

function notWritten(file: string, cause: unknown): EdgeError {
  return new EdgeError('E_OUTPUT', `the backup cannot be written: ${diskTrouble(file, cause)}`, { cause });
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

async function ontoMedium(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

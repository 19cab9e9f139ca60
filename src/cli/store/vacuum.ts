import { chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { STORE_MIGRATIONS } from '../../diagnose/known-schemas.js';
import { EdgeError } from '../../foundation/errors.js';
import { fileSystemOf } from '../../foundation/file-system.js';
import { mebibytes } from '../../foundation/mebibytes.js';
import { compactDatabase, reportOn } from '../../store/database-report.js';
import { diskTrouble } from '../../store/disk-trouble.js';
import { LOCK_FILE, lockStore } from '../../store/store-lock.js';
import { storeAround } from '../../store/tenant-folders.js';
import { FAILED } from '../exit-codes.js';
import { printJson, printTable } from '../print.js';
import { databasesIn, problemOf, type StoreFlags, storeFolder, tellOfTenants } from './folder.js';

/** `edge-optimizer store vacuum`. @throws ConfigError while the program runs */
export async function storeVacuum(flags: StoreFlags): Promise<number> {
  const folder = storeFolder(flags);
  const release = await takeStore(storeAround(folder));
  try {
    const done = databasesIn(folder).map(({ name, file }) => ({
      name,
      ...compacted(file, STORE_MIGRATIONS[name] ?? []),
    }));
    if (flags.json) printJson({ folder, databases: done });
    else {
      const rows = done.map(({ name, before, after, problem, indexes }) => [
        name,
        mebibytes(before),
        mebibytes(after),
        problem ?? ['done', ...indexes.map((index) => `made index ${index} again`)].join(', '),
      ]);
      printTable(['database', 'before', 'after', ''], rows);
    }
    tellOfTenants(folder, 'vacuum', flags);
    return done.some(({ problem }) => problem !== null) ? FAILED : 0;
  } finally {
    release();
  }
}

async function takeStore(folder: string): Promise<() => void> {
  const lock = await lockStore(folder, { patienceMs: 0, signal: new AbortController().signal }).catch(
    (cause: unknown) => {
      throw notLocked(folder, cause);
    },
  );
  if (lock.kind === 'held') {
    try {
      leaveToOwner(folder);
    } catch (cause) {
      lock.release();
      throw notLocked(folder, cause);
    }
    return lock.release;
  }
  const who = lock.owner === null ? 'a program' : `process ${lock.owner.pid} on ${lock.owner.host}`;
  const message = `${folder} is in use by ${who}: stop it first (systemctl stop edge-optimizer), nothing was changed`;
  throw new EdgeError('E_OUTPUT', message);
}

function notLocked(folder: string, cause: unknown): EdgeError {
  const reason = diskTrouble(join(folder, LOCK_FILE), cause);
  return new EdgeError('E_OUTPUT', `${folder} cannot be locked: ${reason}`, { cause });
}

/** A lock file that root made would shut the program out, which is another user. */
function leaveToOwner(folder: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  chownSync(join(folder, LOCK_FILE), uid, gid);
}

interface Compacted {
  readonly before: number;
  readonly after: number;
  readonly problem: string | null;
  /** Those that were missing and were made again. */
  readonly indexes: readonly string[];
}

function compacted(file: string, migrations: readonly string[]): Compacted {
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
        indexes: [],
      };
    const indexes = compactDatabase(file, migrations);
    return { before, after: reportOn(file).bytes, problem: null, indexes };
  } catch (error) {
    return { before, after: before, problem: problemOf(file, error), indexes: [] };
  }
}

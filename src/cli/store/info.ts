import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KNOWN_SCHEMAS } from '../../diagnose/known-schemas.js';
import { fileSystemOf } from '../../foundation/file-system.js';
import { mebibytes } from '../../foundation/mebibytes.js';
import { type DatabaseReport, reportOn } from '../../store/database-report.js';
import { measureFsync } from '../../store/fsync-latency.js';
import { mediumOf } from '../../store/medium.js';
import { LOCK_FILE, type LockOwner, lockOwnerOf, lockStore } from '../../store/store-lock.js';
import { judgePlace } from '../../store/store-place.js';
import { storeAround } from '../../store/tenant-folders.js';
import { FAILED } from '../exit-codes.js';
import { print, printJson, printTable } from '../print.js';
import { longTime } from '../times.js';
import { databasesIn, problemOf, type StoredDatabase, type StoreFlags, storeFolder, tellOfTenants } from './folder.js';

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
    runningSince: (await ownerOf(storeAround(folder)))?.since ?? null,
    ...judgePlace(folder),
  };
  if (flags.json) {
    const listed = databases.map(({ name, report, problem }) => ({
      name,
      problem,
      knownSchema: KNOWN_SCHEMAS[name] ?? null,
      ...report,
    }));
    printJson({ ...place, databases: listed });
  } else {
    describePlace(place);
    for (const database of databases) describeDatabase(database);
    if (databases.length === 0) print('no databases yet: they are made when the program runs');
  }
  tellOfTenants(folder, 'info', flags);
  return databases.some(({ problem }) => problem !== null) ? FAILED : 0;
}

/** Who has the folder; null where nobody has. Makes nothing: where there is no lock file no program runs. */
async function ownerOf(folder: string): Promise<LockOwner | null> {
  if (!existsSync(join(folder, LOCK_FILE))) return null;
  try {
    const lock = await lockStore(folder, { patienceMs: 0, signal: new AbortController().signal });
    if (lock.kind === 'held') lock.release();
    return lock.kind === 'taken' ? lock.owner : null;
  } catch {
    // whoever may not write there cannot try the lock
    return lockOwnerOf(folder);
  }
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
  print(`in use   ${runningSince === null ? 'no' : `since ${longTime(runningSince)} UTC`}`);
  if (warning !== null) print(`warning  ${warning}`);
}

function describeDatabase({ name, report, problem }: StoredDatabase & Looked): void {
  print('');
  if (report === null) {
    print(`${name}: ${problem}`);
    return;
  }
  const known = KNOWN_SCHEMAS[name];
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

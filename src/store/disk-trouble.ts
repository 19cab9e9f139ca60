import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type FileSystem, fileSystemOf } from '../foundation/file-system.js';
import { codeOf, isBusy, isCorrupt } from './sqlite.js';

/*
 * SQLite says "unable to open database file" for a dozen different things, and "disk I/O error" for the rest. What is
 * really so is looked up when it has failed, and put into words with what to do.
 */

/** A database lies in these files. */
const SUFFIXES = ['', '-wal', '-shm'];
const NO_ROOM = /^(SQLITE_FULL|ENOSPC)/;
const NO_ACCESS = /^(SQLITE_(CANTOPEN|READONLY|PERM|AUTH)|EACCES|EPERM|EROFS)/;
/** What SQLite makes of a lock or of shared memory that the file system does not have. */
const NO_LOCKS =
  /^SQLITE_(PROTOCOL|BUSY|LOCKED|NOLFS|IOERR_(LOCK|UNLOCK|RDLOCK|CHECKRESERVEDLOCK|SHM(OPEN|LOCK|MAP)|BLOCKED))/;
/** Index and log of a small database take about as much. */
const LITTLE_ROOM_BYTES = 64 * 1024;
const DISK_ERROR = /^(SQLITE_IOERR|EIO)/;

/**
 * Why a database cannot be used, or not be written, and what to do: a part of a sentence. Asks the file system, for which
 * it makes a small file beside the database where SQLite does not tell what the disk refused.
 *
 * @param error as the file system, SQLite or one of our errors about them
 */
export function diskTrouble(file: string, error: unknown): string {
  if (isCorrupt(error)) return 'it is damaged: it is set aside at the next start; a backup may have what is lost';
  const code = codeOf(error);
  const fileSystem = fileSystemOf(file);
  const words =
    noPlace(file, code, fileSystem) ??
    noRoom(code, fileSystem) ??
    (NO_LOCKS.test(code) ? locked(file, error, fileSystem) : null) ??
    noAccess(file, code) ??
    (DISK_ERROR.test(code) ? diskError(file, fileSystem) : null);
  return words ?? 'check that its folder exists, can be written and has room';
}

/** What stands where the file or a folder above it should be. */
function noPlace(file: string, code: string, fileSystem: FileSystem | null): string | null {
  if (code === 'EMFILE' || code === 'ENFILE')
    return 'too many files are open: raise the limit (LimitNOFILE=, ulimit -n)';
  if (code === 'ENAMETOOLONG') return 'the name of its folder is too long: choose a shorter one';
  if (code === 'ELOOP') return 'its path is a symbolic link that leads back to itself: remove that link';
  if (fileSystem?.kind === 'kernel') {
    return `${dirname(file)} lies in ${fileSystem.name}, which the kernel makes up and which holds no files: choose a folder on a disk`;
  }
  for (let at = dirname(file), below = file; below !== at; below = at, at = dirname(at)) {
    const found = statOf(at);
    if (found !== null && !found.isDirectory())
      return `${at} is a file, not a folder: move it away, or choose another folder`;
    if (found === null && isLink(at)) return `${at} is a symbolic link to something that is not there`;
    if (found !== null) break;
  }
  for (const suffix of SUFFIXES) {
    if (statOf(file + suffix)?.isDirectory()) return `a folder has the name ${file + suffix}: move it away`;
  }
  const found = statOf(file);
  if (found !== null && !found.isFile()) return `${file} is no file but a device or a pipe: move it away`;
  return null;
}

function noRoom(code: string, fileSystem: FileSystem | null): string | null {
  if (code === 'EDQUOT') return "this user's quota on the disk is used up: raise it, or remove files";
  if (!NO_ROOM.test(code)) return null;
  if (fileSystem?.freeFiles === 0) return 'the disk can hold no more files (its inodes are used up): remove some';
  const free = fileSystem === null ? '' : ` (${(fileSystem.freeBytes / 1e6).toFixed(1)} MB free)`;
  return `the disk is full${free}: make room, or choose another one`;
}

function locked(file: string, error: unknown, fileSystem: FileSystem | null): string {
  const what = isBusy(error)
    ? `it is locked by another process: close what has it open (fuser ${file} names it)`
    : 'its file system refuses the locks or the shared memory that SQLite needs';
  if (fileSystem?.kind === 'network' || fileSystem?.kind === 'program') {
    return `${what}; is ${dirname(file)} on a network share (${fileSystem.name})? Locks seldom work there: choose a folder on a local disk`;
  }
  if (fileSystem?.kind === 'layer') {
    return `${what}; ${dirname(file)} lies in a layer of a container (${fileSystem.name}): a volume is a better place`;
  }
  return what;
}

/** Whether it is the file system, the owner, the mode or an attribute that refuses. */
function noAccess(file: string, code: string): string | null {
  if (!NO_ACCESS.test(code)) return null;
  const folder = dirname(file);
  for (const suffix of SUFFIXES) {
    const words = refusalOf(file + suffix, constants.R_OK | constants.W_OK, folder);
    if (words !== null) return words;
  }
  let nearest = folder;
  while (statOf(nearest) === null && nearest !== dirname(nearest)) nearest = dirname(nearest);
  return refusalOf(nearest, constants.W_OK | constants.X_OK, folder) ?? (code === 'EROFS' ? READ_ONLY : null);
}

const READ_ONLY = 'its file system is read-only: mount it for writing, or choose another folder';

/** Why a file or folder that is there cannot be used so; null where it can. */
function refusalOf(path: string, access: number, folder: string): string | null {
  try {
    accessSync(path, access);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EROFS') return READ_ONLY;
    if (code === 'EPERM') return `${path} is protected against every change: chattr -i ${path}`;
    if (code !== 'EACCES') return null;
    const found = statOf(path);
    if (found === null) return `this user may not enter the folders above ${path}`;
    const me = process.getuid?.() ?? found.uid;
    if (found.uid === me) {
      return `${path} may not be written by its own user (mode ${(found.mode & 0o777).toString(8)}): chmod u+rw${found.isDirectory() ? 'x' : ''} ${path}`;
    }
    const group = process.getgid?.() ?? found.gid;
    return `${path} belongs to ${userName(found.uid)}, and this program runs as ${userName(me)}: chown -R ${me}:${group} ${folder}`;
  }
}

function userName(uid: number): string {
  if (uid === 0) return 'root';
  try {
    const { uid: mine, username } = userInfo();
    return mine === uid ? `${username} (uid ${uid})` : `uid ${uid}`;
  } catch {
    return `uid ${uid}`;
  }
}

/** SQLite does not say what the disk said: a small file beside the database is asked instead. */
function diskError(file: string, fileSystem: FileSystem | null): string {
  const probe = join(dirname(file), `.${basename(file)}.probe-${process.pid}`);
  let code = fileSystem !== null && fileSystem.freeBytes < LITTLE_ROOM_BYTES ? 'ENOSPC' : 'EIO';
  try {
    const handle = openSync(probe, 'w', 0o600);
    try {
      writeSync(handle, new Uint8Array(4096));
    } finally {
      closeSync(handle);
      unlinkSync(probe);
    }
  } catch (error) {
    code = (error as NodeJS.ErrnoException).code ?? code;
  }
  const words = noRoom(code, fileSystem) ?? (code === 'EROFS' ? READ_ONLY : null);
  if (words !== null) return words;
  const share = fileSystem?.kind === 'network' ? ` (a network share, ${fileSystem.name}, is no place for it)` : '';
  return `the disk reports errors${share}: look at what the kernel says of it (dmesg)`;
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

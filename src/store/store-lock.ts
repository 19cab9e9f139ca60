import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pause } from '../foundation/pause.js';
import { PRIVATE_FILE } from '../foundation/private-files.js';
import { lockFile } from './sqlite.js';

/** Who holds the lock of a folder. */
export interface LockOwner {
  /** Its process id, in its own container where it runs in one. */
  readonly pid: number;
  readonly host: string;
  /** Unix ms. */
  readonly since: number;
}

export type StoreLock =
  | { readonly kind: 'held'; readonly release: () => void }
  /** `owner`: null where it does not say who it is. */
  | { readonly kind: 'taken'; readonly owner: LockOwner | null };

export interface StoreLockOptions {
  /** ms to wait for an owner that is just stopping. */
  readonly patienceMs: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** In the folder that it is the lock of. */
export const LOCK_FILE = 'running.lock';
/** Not the locked file itself: a process that opens and closes that one loses its own lock on it, as POSIX wants it. */
const OWNER = 'running.json';
const LOOK_EVERY_MS = 100;

/**
 * Takes a folder for this process alone: the exclusive lock of an empty file in it, which the kernel releases however the
 * process ends, so that nothing is left behind by a crash or a power cut. It works between containers that share the folder
 * on one machine; between machines only where the file system passes locks on, as NFS does with its lock daemon.
 *
 * @throws what the file system or SQLite throws where the folder cannot be locked at all
 */
export async function lockStore(folder: string, { patienceMs, signal }: StoreLockOptions): Promise<StoreLock> {
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const release = lockFile(join(folder, LOCK_FILE));
    if (release !== null) return { kind: 'held', release: introduce(folder, release) };
    if (waitedMs >= patienceMs || signal.aborted) return { kind: 'taken', owner: lockOwnerOf(folder) };
    await pause(LOOK_EVERY_MS, signal);
  }
}

/** Says who has the lock, for whoever wants it too. */
function introduce(folder: string, release: () => void): () => void {
  const file = join(folder, OWNER);
  const owner: LockOwner = { pid: process.pid, host: hostname(), since: Date.now() };
  try {
    writeFileSync(file, `${JSON.stringify(owner)}\n`, { mode: PRIVATE_FILE });
  } catch {
    // on a full disk the lock holds as well, without a name
  }
  return () => {
    rmSync(file, { force: true });
    release();
  };
}

/** Who says to have the lock of a folder; null where nobody does. After a crash that is who had it. */
export function lockOwnerOf(folder: string): LockOwner | null {
  try {
    const { pid, host, since } = JSON.parse(readFileSync(join(folder, OWNER), 'utf8')) as Partial<LockOwner>;
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'number') return null;
    return { pid, host, since };
  } catch {
    return null;
  }
}

/** Whether a running program has the lock of a folder; false too where that cannot be found out. Nothing is made there. */
export function isStoreHeld(folder: string): boolean {
  const file = join(folder, LOCK_FILE);
  if (!existsSync(file)) return false;
  try {
    const release = lockFile(file);
    release?.();
    return release === null;
  } catch {
    return false;
  }
}

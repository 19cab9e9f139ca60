import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BundleError } from '../foundation/errors.js';

/** Who changes the versions of a prefix now. */
export interface UpdateOwner {
  readonly pid: number;
  /** Of its process, in clock ticks since the boot: another process may get the same number later. */
  readonly startedTicks: string;
  /** Of this boot of the machine and no other. */
  readonly boot: string;
  /** Unix ms. */
  readonly since: number;
}

const LOCK = 'update.lock';

/**
 * Keeps a second update out until it is released. It is a file of its own and no lock of the kernel's, since
 * Node has none: what a dead process, or one of an earlier boot, has left is taken over.
 *
 * @returns what releases it
 * @throws BundleError where another one is at work; the file system's error
 */
export function lockUpdates(prefix: string, now = Date.now()): () => void {
  const file = join(prefix, LOCK);
  const mine = `${file}.${process.pid}`;
  const owner: UpdateOwner = { pid: process.pid, startedTicks: startOf(process.pid) ?? '', boot: bootId(), since: now };
  writeFileSync(mine, `${JSON.stringify(owner)}\n`, { mode: 0o644 });
  try {
    while (!isLinked(mine, file)) removeStale(file, `${mine}.stale`);
  } finally {
    rmSync(mine, { force: true });
  }
  return () => rmSync(file, { force: true });
}

/** Who is at work now; null where nobody is. */
export function updateOwnerOf(prefix: string): UpdateOwner | null {
  const owner = ownerIn(join(prefix, LOCK));
  return owner !== null && isAtWork(owner) ? owner : null;
}

/** One step that only one of two can do: the file comes with what is in it. */
function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** Takes the lock of nobody away, and gives it back where somebody took it over in between. */
function removeStale(file: string, aside: string): void {
  refuseWhereHeld(ownerIn(file));
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const taken = ownerIn(aside);
  const isOfSomebody = taken !== null && isAtWork(taken);
  if (isOfSomebody) isLinked(aside, file);
  rmSync(aside, { force: true });
  if (isOfSomebody) refuseWhereHeld(taken);
}

function refuseWhereHeld(owner: UpdateOwner | null): void {
  if (owner === null || !isAtWork(owner)) return;
  const since = new Date(owner.since).toISOString().slice(0, 19);
  throw new BundleError(`another update is at work: process ${owner.pid}, since ${since}Z; wait until it has ended`);
}

/** Null where there is none, or it says nothing: half a file is never seen, since it is linked when it is whole. */
function ownerIn(file: string): UpdateOwner | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as UpdateOwner;
  } catch {
    return null;
  }
}

const isAtWork = ({ pid, startedTicks, boot }: UpdateOwner): boolean =>
  boot === bootId() && startOf(pid) === startedTicks;

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** The 22nd field of /proc/PID/stat, counted behind the name, which may hold anything; null where no such process lives. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

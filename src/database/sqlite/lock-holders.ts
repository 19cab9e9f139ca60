import { readFileSync, statSync } from 'node:fs';

/** A process that holds a lock of a database now. */
export interface LockHolder {
  readonly pid: number;
  /** Its name; null where it cannot be told, as of another container. */
  readonly name: string | null;
  readonly doing: 'reading' | 'writing' | 'checkpointing' | 'exclusive';
}

/** Bytes that SQLite locks: of the database itself without a write-ahead log, of the log's index with one (120: write, 121: checkpoint, 123 to 127: read). */
const PENDING = 0x40000000;
const [WAL_WRITE, WAL_CHECKPOINT, WAL_READ, WAL_END] = [120, 121, 123, 127];

/**
 * Who holds locks of a database, as the kernel tells of files on this machine; null where it does not.
 *
 * @param table for tests: Linux's /proc/locks
 */
export function lockHolders(file: string, table = '/proc/locks'): LockHolder[] | null {
  const lines = textOf(table)?.split('\n') ?? null;
  if (lines === null) return null;
  const [database, index] = [file, `${file}-shm`].map((path) => statSync(path, { throwIfNoEntry: false })?.ino);
  const holders = new Map<string, LockHolder>();
  for (const line of lines) {
    // 1: POSIX  ADVISORY  WRITE 4242 08:01:131 120 120; one that waits has an arrow
    const found = /^\d+: (?:POSIX|OFDLCK)\s+\S+\s+(READ|WRITE)\s+(\d+) \w+:\w+:(\d+) (\d+) (\d+|EOF)$/.exec(
      line.trim(),
    );
    if (found === null) continue;
    const [kind, pid, inode, from] = [found[1]!, Number(found[2]), Number(found[3]), Number(found[4])];
    const doing =
      inode === index ? doingOfLog(kind, from) : inode === database && from >= PENDING ? doingOfFile(kind, from) : null;
    if (doing !== null) holders.set(`${pid} ${doing}`, { pid, name: nameOf(pid), doing });
  }
  return [...holders.values()];
}

function doingOfLog(kind: string, from: number): LockHolder['doing'] | null {
  if (from === WAL_WRITE && kind === 'WRITE') return 'writing';
  if (from === WAL_CHECKPOINT && kind === 'WRITE') return 'checkpointing';
  return from >= WAL_READ! && from <= WAL_END! && kind === 'READ' ? 'reading' : null;
}

/** A connection with a write-ahead log has a shared lock of the file as long as it is open: that is no reading. */
function doingOfFile(kind: string, from: number): LockHolder['doing'] | null {
  if (kind === 'READ') return null;
  return from === PENDING + 1 ? 'writing' : 'exclusive';
}

const nameOf = (pid: number): string | null => textOf(`/proc/${pid}/comm`)?.trim() ?? null;

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

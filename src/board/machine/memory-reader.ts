import { join } from 'node:path';
import { groupFolders } from '../control-groups.js';
import { numberIn } from '../kernel-files.js';
import { HeldFile } from './held-file.js';
import { TextCursor } from './kernel-text.js';
import type { MachineReader } from './machine-reader.js';

/** Memory in bytes. */
export interface Memory {
  /** What there is: of the machine, or what a control group allows where that is less. */
  readonly total: number;
  /** What can be had without anything being swapped out. */
  readonly available: number;
}

/** Swap in bytes. */
export interface Swap {
  readonly total: number;
  readonly used: number;
}

/** Memory and swap, from /proc/meminfo and the control groups of the program: where these allow less, that is what binds. */
export class MemoryReader implements MachineReader {
  readonly name = 'memory';
  /** What binds this program; null where it cannot be read. */
  memory: Memory | null = null;
  /** Of the machine, whatever groups allow. */
  machine: Memory | null = null;
  /** Null where there is none. */
  swap: Swap | null = null;
  /** Bytes that control groups allow; null where they allow everything. */
  limit: number | null = null;
  readonly #root: string;
  readonly #pid: number | 'self';
  readonly #meminfo: HeldFile;
  readonly #cursor = new TextCursor();
  #groups: MemoryGroup[] = [];

  /**
   * @param root `/`; tests give trees
   * @param pid whose groups they are, where not this process's
   */
  constructor(root: string, pid: number | 'self' = 'self') {
    this.#root = root;
    this.#pid = pid;
    this.#meminfo = new HeldFile(join(root, 'proc/meminfo'));
  }

  look(): void {
    this.#meminfo.look();
    for (const group of this.#groups) group.close();
    this.#groups = limitedGroups(this.#root, this.#pid);
  }

  read(): void {
    const text = this.#meminfo.read() ?? '';
    const cursor = this.#cursor.over(text);
    const total = bytesAt(cursor, 'MemTotal:');
    const available = bytesAt(cursor, 'MemAvailable:') ?? estimatedAvailable(new TextCursor().over(text));
    const swapTotal = bytesAt(cursor, 'SwapTotal:');
    const swapFree = bytesAt(cursor, 'SwapFree:');
    this.machine = total === null || available === null || total === 0 ? null : { total, available };
    this.swap =
      swapTotal === null || swapFree === null || swapTotal === 0
        ? null
        : { total: swapTotal, used: Math.max(0, swapTotal - swapFree) };
    this.#readGroups();
  }

  close(): void {
    this.#meminfo.close();
    for (const group of this.#groups) group.close();
    this.#groups = [];
    this.read();
  }

  /** Each group allows what it has left; the least of them is what can be had. */
  #readGroups(): void {
    this.limit = null;
    this.memory = this.machine;
    for (const group of this.#groups) {
      const { limit } = group;
      // one that allows more than there is limits nothing
      if (this.machine !== null && limit >= this.machine.total) continue;
      this.limit = Math.min(this.limit ?? limit, limit);
      const available = group.available();
      if (available === null) continue;
      this.memory = {
        total: Math.min(this.memory?.total ?? limit, limit),
        available: Math.min(this.memory?.available ?? available, available),
      };
    }
  }
}

/** A control group with a limit, and what it uses. */
class MemoryGroup {
  readonly limit: number;
  readonly #usage: HeldFile;
  readonly #stat: HeldFile;
  readonly #cacheName: string;
  readonly #cursor = new TextCursor();

  /** @param cacheName what `memory.stat` calls the page cache that can be given up at once */
  constructor(limit: number, usage: string, stat: string, cacheName: string) {
    this.limit = limit;
    this.#usage = new HeldFile(usage);
    this.#stat = new HeldFile(stat);
    this.#cacheName = cacheName;
    this.#usage.look();
    this.#stat.look();
  }

  /** Bytes that it may still take: page cache counts as used, and is given up before anything fails. */
  available(): number | null {
    const usage = this.#cursor.over(this.#usage.read() ?? '').number();
    if (usage === null) return null;
    const stat = this.#cursor.over(this.#stat.read() ?? '');
    const cache = (stat.toLine(this.#cacheName) ? stat.number() : null) ?? 0;
    return Math.max(0, this.limit - Math.max(0, usage - cache));
  }

  close(): void {
    this.#usage.close();
    this.#stat.close();
  }
}

function limitedGroups(root: string, pid: number | 'self'): MemoryGroup[] {
  const { version2, version1 } = groupFolders(root, 'memory', pid);
  const unified = version2.flatMap((folder) => {
    // `max` where there is none
    const limit = numberIn(join(folder, 'memory.max'));
    if (limit === null) return [];
    return new MemoryGroup(limit, join(folder, 'memory.current'), join(folder, 'memory.stat'), 'inactive_file ');
  });
  const controllers = version1.flatMap((folder) => {
    // without a limit: the largest number of pages that there is, 9223372036854771712
    const limit = numberIn(join(folder, 'memory.limit_in_bytes'));
    if (limit === null || limit > Number.MAX_SAFE_INTEGER) return [];
    const usage = join(folder, 'memory.usage_in_bytes');
    return new MemoryGroup(limit, usage, join(folder, 'memory.stat'), 'total_inactive_file ');
  });
  return [...unified, ...controllers];
}

/** Kernels before 3.14 do not say: what is free and the page cache, of which memory that is shared cannot be given up. */
function estimatedAvailable(cursor: TextCursor): number | null {
  const free = bytesAt(cursor, 'MemFree:');
  if (free === null) return null;
  const [buffers, cached, shared] = ['Buffers:', 'Cached:', 'Shmem:'].map((name) => bytesAt(cursor, name) ?? 0);
  return free + Math.max(0, buffers! + cached! - shared!);
}

/** The value of the next line of that name, which is in kB. */
function bytesAt(cursor: TextCursor, name: string): number | null {
  const kilobytes = cursor.toLine(name) ? cursor.number() : null;
  return kilobytes === null ? null : kilobytes * 1024;
}

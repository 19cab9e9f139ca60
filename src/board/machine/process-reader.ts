import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { GrowingCount } from './counted.js';
import { HeldFile } from './held-file.js';
import { TextCursor } from './kernel-text.js';
import type { ReadAt } from './machine-reader.js';

/** ms between two readings of the proportional memory: the kernel walks all its pages for it, and holds the process meanwhile. */
const PROPORTIONAL_EVERY_MS = 60_000;

/** What a process uses; all null while it does not run, or the system does not tell (only Linux does). */
export interface ProcessUse {
  /** Percent of one core since the reading before; null before the second. */
  readonly cpuPercent: number | null;
  /** ms of processor time, its threads' too, since it was first watched, over all processes of its name. */
  readonly cpuMs: number | null;
  /** Bytes in memory; pages that are shared count in each process. */
  readonly residentBytes: number | null;
  /** Bytes in memory, shared pages divided among those that share them; read once a minute. */
  readonly proportionalBytes: number | null;
  readonly threads: number | null;
  readonly openFiles: number | null;
}

export const NOT_RUNNING: ProcessUse = {
  cpuPercent: null,
  cpuMs: null,
  residentBytes: null,
  proportionalBytes: null,
  threads: null,
  openFiles: null,
};

/** Reads what one process uses. Its files are held open: they never show another process that got its number later. */
export class ProcessReader {
  use: ProcessUse = NOT_RUNNING;
  readonly #root: string;
  readonly #pid: () => number | null;
  readonly #cursor = new TextCursor();
  readonly #units: KernelUnits;
  readonly #ticks = new GrowingCount();
  #stat: HeldFile | null = null;
  #held: number | null = null;
  #readAt = 0;
  #proportional: number | null = null;
  #proportionalReadAt = Number.NEGATIVE_INFINITY;

  /**
   * @param root `/`; tests give trees
   * @param pid null while it does not run
   */
  constructor(root: string, pid: () => number | null) {
    this.#root = root;
    this.#pid = pid;
    this.#units = kernelUnits(root);
  }

  read({ now }: ReadAt): void {
    const pid = this.#pid();
    if (pid !== this.#held) this.#hold(pid);
    const stat = this.#stat?.read() ?? null;
    if (pid === null || stat === null) {
      this.#forget();
      // other systems tell a process about itself
      if (pid === process.pid) this.use = { ...NOT_RUNNING, residentBytes: process.memoryUsage.rss() };
      return;
    }
    // the name stands in parentheses and may hold anything; after it: state, and the parent is field 4 of proc(5)
    const cursor = this.#cursor.over(stat.slice(stat.lastIndexOf(')') + 1)).skip(11);
    const [user, system] = [cursor.number(), cursor.number()];
    const threads = cursor.skip(4).number();
    const pages = cursor.skip(3).number();
    const ticks = this.#ticks.read(user === null || system === null ? null : user + system);
    const ms = now - this.#readAt;
    this.#readAt = now;
    this.#readProportional(pid, now);
    this.use = {
      cpuPercent: ticks === null || ms <= 0 ? null : (100 * ticks * this.#units.tickMs) / ms,
      cpuMs: this.#ticks.total === null ? null : this.#ticks.total * this.#units.tickMs,
      // a process that has ended and that nobody has asked for has none
      residentBytes: pages === null || pages === 0 ? null : pages * this.#units.pageBytes,
      proportionalBytes: this.#proportional,
      threads,
      openFiles: openFiles(join(this.#root, 'proc', String(pid), 'fd')),
    };
  }

  close(): void {
    this.#hold(null);
    this.#forget();
  }

  #hold(pid: number | null): void {
    this.#stat?.close();
    this.#held = pid;
    this.#stat = pid === null ? null : new HeldFile(join(this.#root, 'proc', String(pid), 'stat'));
    this.#stat?.look();
    // what the next one of its name has used is its own
    this.#ticks.read(null);
    this.#proportional = null;
    this.#proportionalReadAt = Number.NEGATIVE_INFINITY;
  }

  #forget(): void {
    this.#ticks.read(null);
    this.#proportional = null;
    this.use = NOT_RUNNING;
  }

  #readProportional(pid: number, now: number): void {
    if (now - this.#proportionalReadAt < PROPORTIONAL_EVERY_MS) return;
    this.#proportionalReadAt = now;
    void proportionalBytes(join(this.#root, 'proc', String(pid), 'smaps_rollup')).then((bytes) => {
      if (this.#held === pid && this.use !== NOT_RUNNING) this.#proportional = bytes;
    });
  }
}

async function proportionalBytes(file: string): Promise<number | null> {
  const text = await readFile(file, 'latin1').catch(() => '');
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(text)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** Kernels from 6.2 on tell the number as the folder's size. Another user's processes do not let us look. */
function openFiles(folder: string): number | null {
  try {
    return statSync(folder).size || readdirSync(folder).length;
  } catch {
    return null;
  }
}

/** What the kernel counts in. */
interface KernelUnits {
  /** ms of a clock tick in /proc. */
  readonly tickMs: number;
  /** 4096 mostly, 16384 on a Raspberry Pi 5. */
  readonly pageBytes: number;
}

/** Entries of the auxiliary vector, which the kernel hands each program: pairs of words. */
const [PAGE_SIZE, CLOCK_TICKS] = [6, 17];
const USUAL: KernelUnits = { tickMs: 10, pageBytes: 4096 };

function kernelUnits(root: string): KernelUnits {
  const file = new HeldFile(join(root, 'proc/self/auxv'));
  file.look();
  const vector = Buffer.from(file.read() ?? '', 'latin1');
  file.close();
  const wordBytes = process.arch === 'arm' || process.arch === 'ia32' ? 4 : 8;
  const entries = new Map<number, number>();
  for (let at = 0; at + 2 * wordBytes <= vector.length; at += 2 * wordBytes) {
    entries.set(word(vector, at), word(vector, at + wordBytes));
  }
  const ticks = entries.get(CLOCK_TICKS);
  return { tickMs: ticks ? 1000 / ticks : USUAL.tickMs, pageBytes: entries.get(PAGE_SIZE) || USUAL.pageBytes };
}

/** The lower 32 bits of a word: both values that are looked for fit. */
function word(vector: Buffer, at: number): number {
  if (endianness() === 'LE') return vector.readUInt32LE(at);
  return vector.readUInt32BE(process.arch === 'arm' || process.arch === 'ia32' ? at : at + 4);
}

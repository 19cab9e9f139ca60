import { type ChildProcess, execFileSync, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import { integrityOf } from '../../src/store/database-report.js';
import { endWithBench } from '../harness/ending.js';
import { LEDGER_MIGRATIONS, textOfRow } from './ledger.js';

/** What one kind of torture did to a store. */
export interface TortureResult {
  readonly injections: number;
  /** Rows that the store had said to be committed, over all. */
  readonly committed: number;
  /** Of these, those that were missing or different afterwards. */
  readonly lost: number;
  /** Times that the file was damaged, had a hole, or was begun anew. */
  readonly damaged: number;
  /** Times that it wrote again by itself once it could; null where that was not the point. */
  readonly recovered: number | null;
}

export interface TortureOptions {
  /** Made, empty. */
  readonly folder: string;
  readonly injections: number;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
}

const VICTIM = fileURLToPath(new URL('./victim.js', import.meta.url));
const PATIENCE_MS = 30_000;
/** A pause of ten minutes of a store that can only be read takes less than a second. */
const FAST = 1500;

/** A process that writes, and what it said. */
class Victim {
  readonly process: ChildProcess;
  committed = 0;
  found: number | null = null;
  degraded = 0;
  recovered = 0;
  setAside = 0;
  #rest = '';
  #heard: (() => void)[] = [];

  constructor(file: string, speed: number) {
    const stdio: StdioOptions = ['ignore', 'pipe', 'inherit'];
    this.process = endWithBench(spawn(process.execPath, [VICTIM, file, String(speed)], { stdio }));
    this.process.stdout!.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
  }

  /** @throws Error where it does not come to that in time */
  async until(what: string, condition: () => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`the victim did not come to this: ${what}`);
      if (this.process.exitCode !== null) throw new Error(`the victim ended with ${this.process.exitCode}`);
      await Promise.race([new Promise<void>((resolve) => this.#heard.push(resolve)), pauseOf(50)]);
    }
  }

  async kill(): Promise<void> {
    const closed = once(this.process, 'close');
    this.process.kill('SIGKILL');
    await closed;
  }

  #hear(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#take(line);
    for (const heard of this.#heard.splice(0)) heard();
  }

  #take(line: string): void {
    const [word, number] = line.split(' ');
    if (word === 'committed') this.committed = Number(number);
    else if (word === 'found') this.found = Number(number);
    else if (line === 'degraded') this.degraded++;
    else if (line === 'recovered') this.recovered++;
    else if (line === 'set aside') this.setAside++;
  }
}

/** Kills a store at random moments with SIGKILL, and looks each time for what it had said to be committed. */
export async function killAtRandom({ folder, injections, random }: TortureOptions): Promise<TortureResult> {
  const file = join(folder, 'killed.db');
  const count = new Count();
  for (let i = 0; i < injections; i++) {
    const victim = new Victim(file, 1);
    // also before it has opened its file, and while it recovers that
    if (random() > 0.1) await victim.until('its first commit', () => victim.committed > 0);
    await pauseOf(random() * 150);
    await victim.kill();
    count.look(file, victim);
  }
  return count.result(injections, false);
}

/** A file system that can be full and read-only. */
export interface TorturedDisk {
  readonly at: string;
  resize(size: string): void;
}

/** Fills the disk of a store, kills it in half of all cases, makes room, and looks whether it goes on. */
export async function fillDisk(disk: TorturedDisk, { injections, random }: TortureOptions): Promise<TortureResult> {
  const count = new Count();
  for (let i = 0; i < injections; i++) {
    const folder = join(disk.at, `${i}`);
    disk.resize('1m');
    mkdirSync(folder);
    const file = join(folder, 'full.db');
    let victim = new Victim(file, FAST);
    await victim.until('a full disk', () => victim.degraded > 0);
    if (random() < 0.5) {
      await victim.kill();
      count.promise(victim);
      victim = new Victim(file, FAST);
      await victim.until('its start on a full disk', () => victim.found !== null || victim.degraded > 0);
    }
    const before = victim.committed;
    disk.resize('64m');
    await victim.until('writing again', () => victim.committed > Math.max(before, count.last));
    count.recovered++;
    await pauseOf(random() * 50);
    await victim.kill();
    count.look(file, victim);
    count.forget();
    execFileSync('rm', ['-rf', folder]);
  }
  return count.result(injections, true);
}

/** Makes the disk read-only beneath what a killed store left, starts it there, and makes it writable again while it runs. */
export async function makeReadOnly(disk: TorturedDisk, { injections, random }: TortureOptions): Promise<TortureResult> {
  const file = join(disk.at, 'read-only.db');
  const count = new Count();
  disk.resize('64m');
  for (let i = 0; i < injections; i++) {
    const writer = new Victim(file, FAST);
    await writer.until('its first commit', () => writer.committed > 0);
    await pauseOf(random() * 50);
    await writer.kill();
    count.look(file, writer);
    execFileSync('mount', ['-o', 'remount,ro', disk.at]);
    const reader = new Victim(file, FAST);
    await reader.until('a read-only disk', () => reader.degraded > 0 && reader.found !== null);
    execFileSync('mount', ['-o', 'remount,rw', disk.at]);
    await reader.until('writing again', () => reader.committed > count.last);
    count.recovered++;
    await reader.kill();
    count.look(file, reader);
  }
  return count.result(injections, true);
}

/** What was promised and what was found, over many injections into one file. */
class Count {
  recovered = 0;
  /** The highest number that must be there. */
  last = 0;
  #committed = 0;
  #lost = 0;
  #damaged = 0;

  /** What it said must be there at the next look: a full disk cannot even be read. */
  promise(victim: Victim): void {
    const promised = Math.max(victim.committed, this.last);
    this.#committed += promised - this.last;
    this.last = promised;
  }

  look(file: string, victim: Victim): void {
    const before = this.last;
    this.promise(victim);
    const promised = this.last;
    this.#damaged += victim.setAside;
    if (victim.found !== null && victim.found < before) this.#lost += before - victim.found;
    if (promised === 0) return;
    const rows = rowsOf(file);
    let holes = 0;
    for (let n = 1; n <= promised; n++) if (rows.get(n) !== textOfRow(n)) holes++;
    this.#lost += holes;
    this.last = Math.max(promised, ...[...rows.keys()].slice(-1));
    if (rows.size !== this.last || integrityOf(file).length > 0) this.#damaged++;
  }

  /** The next file begins at 1. */
  forget(): void {
    this.last = 0;
  }

  result(injections: number, recovers: boolean): TortureResult {
    const recovered = recovers ? this.recovered : null;
    return { injections, committed: this.#committed, lost: this.#lost, damaged: this.#damaged, recovered };
  }
}

function rowsOf(file: string): Map<number, string> {
  const database = openDatabase({ file, migrations: LEDGER_MIGRATIONS, log: silentLog });
  try {
    const rows = database.prepare('SELECT n, text FROM ledger ORDER BY n').all() as { n: number; text: string }[];
    return new Map(rows.map(({ n, text }) => [n, text]));
  } finally {
    database.close();
  }
}

const pauseOf = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

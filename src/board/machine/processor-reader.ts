import { join } from 'node:path';
import { HeldFile } from './held-file.js';
import { TextCursor } from './kernel-text.js';
import type { MachineReader } from './machine-reader.js';

/** The columns of /proc/stat, clock ticks: user nice system idle iowait irq softirq steal; guests are in user and nice. */
const COLUMNS = 8;
const [USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL] = [0, 1, 2, 3, 4, 5, 6, 7];

/** How a processor spent its time since the reading before: shares in percent of all of it. */
export interface ProcessorTime {
  /** Neither idle nor waiting for a disk; what a hypervisor gave to others is in it. */
  readonly busy: number;
  /** The program's and everybody else's, `nice` in it. */
  readonly user: number;
  /** The kernel's, interrupts in it. */
  readonly system: number;
  /** Idle, with something waiting for a disk. */
  readonly iowait: number;
  /** Ready, while the hypervisor ran somebody else. */
  readonly steal: number;
}

/** The processor and each of its cores, from /proc/stat, and the load, from /proc/loadavg. */
export class ProcessorReader implements MachineReader {
  readonly name = 'processor';
  /** All cores together; null before the second reading. */
  total: ProcessorTime | null = null;
  /** By number of the core; one that is switched off is null. */
  readonly cores: (ProcessorTime | null)[] = [];
  /** Runnable and blocked tasks on average over 1, 5 and 15 minutes. */
  load: readonly [number, number, number] | null = null;
  readonly #stat: HeldFile;
  readonly #loadavg: HeldFile;
  readonly #cursor = new TextCursor();
  readonly #totalTicks = new TickCounts();
  readonly #coreTicks: TickCounts[] = [];

  /** @param root `/`; tests give trees */
  constructor(root: string) {
    this.#stat = new HeldFile(join(root, 'proc/stat'));
    this.#loadavg = new HeldFile(join(root, 'proc/loadavg'));
  }

  look(): void {
    this.#stat.look();
    this.#loadavg.look();
  }

  read(): void {
    this.#readTimes(this.#stat.read() ?? '');
    this.#readLoad(this.#loadavg.read() ?? '');
  }

  close(): void {
    this.#stat.close();
    this.#loadavg.close();
    this.read();
  }

  /** `cpu  1 2 …`, `cpu0 1 2 …`, `cpu2 1 2 …`: cores that are switched off have no line. */
  #readTimes(text: string): void {
    const cursor = this.#cursor.over(text);
    this.total = cursor.toLine('cpu ') ? this.#totalTicks.read(cursor) : this.#totalTicks.missing();
    let next = 0;
    while (cursor.nextLine() && cursor.toLine('cpu')) {
      const core = cursor.number();
      if (core === null || core < next) break;
      this.#missing(next, core);
      this.cores[core] = (this.#coreTicks[core] ??= new TickCounts()).read(cursor);
      next = core + 1;
    }
    this.#missing(next, this.cores.length);
  }

  #missing(from: number, to: number): void {
    for (let core = from; core < to; core++) {
      this.cores[core] = (this.#coreTicks[core] ??= new TickCounts()).missing();
    }
  }

  #readLoad(text: string): void {
    const cursor = this.#cursor.over(text);
    const [one, five, fifteen] = [cursor.number(), cursor.number(), cursor.number()];
    this.load = one === null || five === null || fifteen === null ? null : [one, five, fifteen];
  }
}

/** One line of /proc/stat, and what it said before. */
class TickCounts {
  #now = new Float64Array(COLUMNS);
  #before = new Float64Array(COLUMNS);
  readonly #ticks = new Float64Array(COLUMNS);
  #known = false;

  /** @param cursor after the name of the line */
  read(cursor: TextCursor): ProcessorTime | null {
    for (let column = 0; column < COLUMNS; column++) {
      const count = cursor.number();
      // kernels before 2.6.11 have fewer columns, and so have garbled files
      if (count === null) return this.missing();
      this.#now[column] = count;
    }
    const time = this.#known ? this.#timeSince() : null;
    [this.#now, this.#before] = [this.#before, this.#now];
    this.#known = true;
    return time;
  }

  missing(): null {
    this.#known = false;
    return null;
  }

  #timeSince(): ProcessorTime | null {
    let all = 0;
    for (let column = 0; column < COLUMNS; column++) {
      // idle and iowait of a core go back where it was switched off and on again
      const ticks = Math.max(0, this.#now[column]! - this.#before[column]!);
      this.#ticks[column] = ticks;
      all += ticks;
    }
    if (all === 0) return null;
    const ticks = this.#ticks;
    const percent = 100 / all;
    return {
      busy: (all - ticks[IDLE]! - ticks[IOWAIT]!) * percent,
      user: (ticks[USER]! + ticks[NICE]!) * percent,
      system: (ticks[SYSTEM]! + ticks[IRQ]! + ticks[SOFTIRQ]!) * percent,
      iowait: ticks[IOWAIT]! * percent,
      steal: ticks[STEAL]! * percent,
    };
  }
}

import { readFile } from 'node:fs/promises';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { type MetricRow, single, THREE_DIGITS } from '../../foundation/metric-row.js';
import type { Sampled } from './metrics.js';

/** Milliseconds between two looks of the event-loop monitor; what it reports is what a timer is late by. */
const RESOLUTION_MS = 10;
/** Of the looks once a second, one in so many looks at the processes. */
const EVERY_SAMPLES = 5;
const MEBIBYTE = 2 ** 20;

/** Resident memory of a process in bytes; null where it is gone or the system does not tell (only Linux does). */
export async function residentBytes(pid: number): Promise<number | null> {
  if (pid === process.pid) return process.memoryUsage.rss();
  try {
    // VmRSS is in kB whatever the page size, which statm needs and ARM boards differ in
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

/** Memory of every process of the program, how late its event loop runs, and since when it runs. */
export class ProcessMetrics implements Sampled {
  readonly rows: readonly MetricRow[] = processRows(this);
  readonly #pids = new Map<string, () => number | null>([['main', () => process.pid]]);
  readonly #bytes = new Map<string, number | null>([['main', null]]);
  #delay: IntervalHistogram | null = null;
  #delayP50: number | null = null;
  #delayP99: number | null = null;
  #samples = 0;
  #startedAt = performance.now();

  /**
   * @param name of the process in metrics: `worker-0`, `ffmpeg-north`
   * @param pid null while it does not run
   */
  watch(name: string, pid: () => number | null): void {
    this.#pids.set(name, pid);
    this.#bytes.set(name, null);
  }

  start(): void {
    this.#startedAt = performance.now();
    this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#delay.enable();
  }

  stop(): void {
    this.#delay?.disable();
    this.#delay = null;
  }

  /** Every fifth time: reads all processes, and what the event loop did since it was read before. */
  async sample(): Promise<void> {
    if (this.#samples++ % EVERY_SAMPLES === 0) await this.read();
  }

  /** Reads all processes, and what the event loop did since the previous call. */
  async read(): Promise<void> {
    if (this.#delay && this.#delay.count > 0) {
      this.#delayP50 = lateness(this.#delay, 50);
      this.#delayP99 = lateness(this.#delay, 99);
      this.#delay.reset();
    }
    await Promise.all(
      [...this.#pids].map(async ([name, pidOf]) => {
        const pid = pidOf();
        this.#bytes.set(name, pid === null ? null : await residentBytes(pid));
      }),
    );
  }

  /** s since `start`. */
  get uptimeS(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** Bytes by process name; null where it does not run, cannot be read or was not looked at yet. */
  get residentBytes(): ReadonlyMap<string, number | null> {
    return this.#bytes;
  }

  /** Resident bytes of all processes that could be read; null where none was. */
  get totalBytes(): number | null {
    const known = [...this.#bytes.values()].filter((bytes) => bytes !== null);
    return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** ms over the last sampling interval, null before the first. */
  get eventLoopDelayP50(): number | null {
    return this.#delayP50;
  }

  /** ms over the last sampling interval, null before the first. */
  get eventLoopDelayP99(): number | null {
    return this.#delayP99;
  }
}

function processRows(processes: ProcessMetrics): readonly MetricRow[] {
  return [
    {
      type: 'gauge',
      name: 'resident_memory',
      unit: 'bytes',
      labels: ['process'],
      step: MEBIBYTE,
      help: 'Resident memory of each process: main, worker-<index>, ffmpeg-<camera>.',
      *read() {
        for (const [name, bytes] of processes.residentBytes) yield [[name], bytes];
      },
    },
    {
      type: 'gauge',
      name: 'event_loop_delay_p50',
      unit: 'ms',
      labels: [],
      step: THREE_DIGITS,
      help: 'Median lateness of timers in the main process, over the last 5 s.',
      read: () => single(processes.eventLoopDelayP50),
    },
    {
      type: 'gauge',
      name: 'event_loop_delay_p99',
      unit: 'ms',
      labels: [],
      step: THREE_DIGITS,
      help: 'Lateness of timers in the main process that 99 % stay under, over the last 5 s.',
      read: () => single(processes.eventLoopDelayP99),
    },
    {
      type: 'gauge',
      name: 'uptime',
      unit: 's',
      labels: [],
      step: 60,
      help: 'Time since the program started.',
      read: () => single(processes.uptimeS),
    },
  ];
}

function lateness(delay: IntervalHistogram, percentile: number): number {
  return Math.max(0, delay.percentile(percentile) / 1e6 - RESOLUTION_MS);
}

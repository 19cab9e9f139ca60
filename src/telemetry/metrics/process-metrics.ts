import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { NOT_RUNNING, ProcessReader, type ProcessUse } from '../../board/machine/process-reader.js';
import { type MetricRow, type Reading, single, THREE_DIGITS } from '../../foundation/metric-row.js';
import { sum } from '../../foundation/statistics.js';
import type { Sampled } from './metrics.js';

/** Milliseconds between two looks of the event-loop monitor; what it reports is what a timer is late by. */
const RESOLUTION_MS = 10;
/** Of the looks once a second, one in so many looks at the processes. */
const EVERY_SAMPLES = 5;
const MEBIBYTE = 2 ** 20;

/** What every process of the program uses, how late its event loop runs, and since when it runs. */
export class ProcessMetrics implements Sampled {
  readonly rows: readonly MetricRow[] = processRows(this);
  readonly #processes = new Map<string, ProcessReader>();
  #delay: IntervalHistogram | null = null;
  #delayP50: number | null = null;
  #delayP99: number | null = null;
  #samples = 0;
  #startedAt = performance.now();

  constructor() {
    this.watch('main', () => process.pid);
  }

  /**
   * @param name of the process in metrics: `worker-0`, `ffmpeg-north`
   * @param pid null while it does not run
   */
  watch(name: string, pid: () => number | null): void {
    this.#processes.get(name)?.close();
    this.#processes.set(name, new ProcessReader('/', pid));
  }

  start(): void {
    this.#startedAt = performance.now();
    this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#delay.enable();
  }

  stop(): void {
    this.#delay?.disable();
    this.#delay = null;
    for (const watched of this.#processes.values()) watched.close();
  }

  /** Every fifth time: reads all processes, and what the event loop did since it was read before. */
  sample(): void {
    if (this.#samples++ % EVERY_SAMPLES === 0) this.read();
  }

  /** Reads all processes, and what the event loop did since the previous call. */
  read(): void {
    if (this.#delay && this.#delay.count > 0) {
      this.#delayP50 = lateness(this.#delay, 50);
      this.#delayP99 = lateness(this.#delay, 99);
      this.#delay.reset();
    }
    const at = { now: performance.now(), unixNow: Date.now() };
    for (const watched of this.#processes.values()) watched.read(at);
  }

  /** s since `start`. */
  get uptimeS(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** By process name; all of it null where one does not run, cannot be read or was not looked at yet. */
  get uses(): Iterable<readonly [name: string, use: ProcessUse]> {
    return [...this.#processes].map(([name, { use }]) => [name, use] as const);
  }

  useOf(name: string): ProcessUse {
    return this.#processes.get(name)?.use ?? NOT_RUNNING;
  }

  /** Resident bytes of all processes that could be read; null where none was. */
  get totalBytes(): number | null {
    const known = [...this.#processes.values()].flatMap(({ use }) => use.residentBytes ?? []);
    return known.length === 0 ? null : sum(known);
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
  function* each(value: (use: ProcessUse) => number | null): Iterable<Reading<number>> {
    for (const [name, use] of processes.uses) yield [[name], value(use)];
  }
  const ofProcess = { labels: ['process'], step: 1, mqtt: false } as const;
  return [
    {
      type: 'gauge',
      name: 'resident_memory',
      unit: 'bytes',
      labels: ['process'],
      step: MEBIBYTE,
      help: 'Resident memory of each process: main, worker-<index>, ffmpeg-<camera>.',
      read: () => each(({ residentBytes }) => residentBytes),
    },
    {
      ...ofProcess,
      type: 'gauge',
      name: 'process_cpu',
      unit: '%',
      help: 'Processor time of each process over the last 5 s, in percent of one core: 200 where two cores were busy.',
      read: () => each(({ cpuPercent }) => cpuPercent),
    },
    {
      ...ofProcess,
      type: 'counter',
      name: 'process_cpu_time',
      unit: 'ms',
      help: 'Processor time of each process since it was first watched, its restarts included.',
      read: () => each(({ cpuMs }) => cpuMs),
    },
    {
      ...ofProcess,
      type: 'gauge',
      name: 'process_proportional_memory',
      unit: 'bytes',
      help: 'Memory of each process, with pages that several share divided among them; read once a minute.',
      read: () => each(({ proportionalBytes }) => proportionalBytes),
    },
    {
      ...ofProcess,
      type: 'gauge',
      name: 'process_threads',
      unit: '',
      help: 'Threads of each process.',
      read: () => each(({ threads }) => threads),
    },
    {
      ...ofProcess,
      type: 'gauge',
      name: 'process_open_files',
      unit: '',
      help: 'File descriptors that each process holds.',
      read: () => each(({ openFiles }) => openFiles),
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
      isForTenants: true,
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

import { readFile } from 'node:fs/promises';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds between two looks of the event-loop monitor; what it reports is what a timer is late by. */
const RESOLUTION_MS = 10;

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

/** Memory of every process of the program, and how late its event loop runs. */
export class ProcessMetrics {
  readonly #pids = new Map<string, () => number | null>([['main', () => process.pid]]);
  readonly #bytes = new Map<string, number | null>([['main', null]]);
  #delay: IntervalHistogram | null = null;
  #delayP50: number | null = null;
  #delayP99: number | null = null;

  /**
   * @param name of the process in metrics: `worker-0`, `ffmpeg-north`
   * @param pid null while it does not run
   */
  watch(name: string, pid: () => number | null): void {
    this.#pids.set(name, pid);
    this.#bytes.set(name, null);
  }

  start(): void {
    this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#delay.enable();
  }

  stop(): void {
    this.#delay?.disable();
    this.#delay = null;
  }

  /** Reads all processes, and what the event loop did since the previous call. */
  async sample(): Promise<void> {
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

  /** Bytes by process name; null where it does not run, cannot be read or was not looked at yet. */
  get residentBytes(): ReadonlyMap<string, number | null> {
    return this.#bytes;
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

function lateness(delay: IntervalHistogram, percentile: number): number {
  return Math.max(0, delay.percentile(percentile) / 1e6 - RESOLUTION_MS);
}

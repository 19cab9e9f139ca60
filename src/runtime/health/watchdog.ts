import { Worker } from 'node:worker_threads';

/** What the thread is given. */
export interface WatchdogTask {
  /** One number in shared memory that grows while the main thread's event loop turns. */
  readonly beats: Int32Array;
  readonly limitMs: number;
  /** Pause between two looks. */
  readonly everyMs: number;
  /** Whether stderr holds JSON lines. */
  readonly json: boolean;
}

/** Looks within the limit: a hang is noticed at most a twentieth late. */
const LOOKS = 20;
/** Beats between two looks. */
const BEATS = 3;
/** All that the thread needs, in MiB. */
const MEMORY = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 };

/**
 * Kills the process (SIGKILL, which an init system sees as exit code 137) once its main thread hangs: an endless loop, a
 * lock in native code, a write to a reader that does not read. A thread of its own looks, since nothing on the main
 * thread could. Its children go with it.
 */
export class Watchdog {
  readonly #limitMs: number;
  #thread: Worker | null = null;
  #beating: NodeJS.Timeout | null = null;

  /** @param limitMs of doing nothing at all; 0: it never looks */
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** From now on the main thread has to come back to its event loop again and again. Keeps the process alive for nobody. */
  start(): void {
    if (this.#limitMs === 0 || this.#thread !== null) return;
    const everyMs = this.#limitMs / LOOKS;
    const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const task: WatchdogTask = { beats, limitMs: this.#limitMs, everyMs, json: !process.stderr.isTTY };
    this.#beating = setInterval(() => Atomics.add(beats, 0, 1), everyMs / BEATS).unref();
    this.#thread = new Worker(new URL('./watchdog-thread.js', import.meta.url), {
      workerData: task,
      execArgv: [],
      resourceLimits: MEMORY,
    });
    this.#thread.unref();
  }

  async stop(): Promise<void> {
    if (this.#beating !== null) clearInterval(this.#beating);
    await this.#thread?.terminate();
    this.#beating = null;
    this.#thread = null;
  }
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { endWithBench } from '../harness/ending.js';
import type { DeviceJob, DeviceNews } from './device.js';

/** A device process that is killed and started again. */
export class KilledDevice {
  readonly #program: URL;
  readonly #job: DeviceJob;
  #child: ChildProcess | null = null;
  #news: DeviceNews | null = null;
  #kills = 0;

  /** @param program `device.js` or `rival.js` */
  constructor(program: string, job: DeviceJob) {
    this.#program = new URL(`./${program}`, import.meta.url);
    this.#job = job;
  }

  get kills(): number {
    return this.#kills;
  }

  /** The last it told; null since it was started. */
  get news(): DeviceNews | null {
    return this.#news;
  }

  start(changes: Partial<DeviceJob> = {}): void {
    this.#news = null;
    const child = fork(this.#program, [JSON.stringify({ ...this.#job, ...changes })], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (news: DeviceNews) => {
      this.#news = news;
    });
    this.#child = endWithBench(child);
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
    this.#kills++;
  }

  /** A clean stop. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Waits until what it tells is so. @throws Error after `timeoutMs`, and where it ended by itself */
  async until(what: string, isSo: (news: DeviceNews) => boolean, timeoutMs = 120_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (this.#news === null || !isSo(this.#news)) {
      if (this.#child?.exitCode !== null) throw new Error(`the device ended by itself before: ${what}`);
      if (performance.now() > deadline)
        throw new Error(`not after ${timeoutMs} ms: ${what}, ${JSON.stringify(this.#news)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

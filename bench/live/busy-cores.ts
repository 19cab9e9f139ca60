import { spawn } from 'node:child_process';

/** Processes of somebody else that take a core each for as long as they run. */
export class BusyCores {
  readonly #stop: () => void;

  private constructor(stop: () => void) {
    this.#stop = stop;
  }

  /** @param count of processes, each with one thread that never waits */
  static start(count: number): BusyCores {
    const children = Array.from({ length: count }, () =>
      spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
    );
    const stop = (): void => {
      process.removeListener('exit', stop);
      for (const child of children) child.kill('SIGKILL');
    };
    process.once('exit', stop);
    return new BusyCores(stop);
  }

  stop(): void {
    this.#stop();
  }
}

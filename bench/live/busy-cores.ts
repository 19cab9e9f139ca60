import { spawn } from 'node:child_process';
import { endWithBench } from '../harness/ending.js';

/** Processes of somebody else that take a core each for as long as they run. */
export class BusyCores {
  readonly #stop: () => void;

  private constructor(stop: () => void) {
    this.#stop = stop;
  }

  /** @param count of processes, each with one thread that never waits */
  static start(count: number): BusyCores {
    const children = Array.from({ length: count }, () =>
      endWithBench(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })),
    );
    return new BusyCores(() => {
      for (const child of children) child.kill('SIGKILL');
    });
  }

  stop(): void {
    this.#stop();
  }
}

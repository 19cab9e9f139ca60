import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithBench } from '../harness/ending.js';

/** A process of its own that tells what it has to. @param name of its file in the folder of the benchmarks, without its ending */
export const forked = (name: string, ...args: string[]): ChildProcess =>
  endWithBench(
    fork(fileURLToPath(new URL(`../${name}.js`, import.meta.url)), args, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }),
  );

/** Resolves once it says that it is ready. @throws Error where it ends before */
export async function begun(one: ChildProcess): Promise<void> {
  const ended = once(one, 'exit').then(([code]) => {
    throw new Error(`${one.spawnargs.at(2)} ended with ${code} before it began`);
  });
  ended.catch(() => undefined);
  await Promise.race([once(one, 'message'), ended]);
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { endWithBench } from './ending.js';
import type { Command } from './program.js';

const run = promisify(execFile);
const MAX_OUTPUT = 2 ** 26;

/**
 * Runs a program to its end; it does not outlive this process.
 *
 * @param timeoutMs after which it is killed
 * @returns what it wrote
 * @throws what `execFile` throws, with `stderr`
 */
export async function outputOf(
  [program, ...args]: Command,
  timeoutMs: number,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const output = run(program, args, { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT });
  endWithBench(output.child);
  return output;
}

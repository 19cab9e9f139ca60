import { execFile } from 'node:child_process';

/** Runs a program and gives its output; null where it is not there, fails or does not end in time. */
export type AskProgram = (program: string, args: readonly string[]) => Promise<string | null>;

/** Bytes of an answer that are read at most. */
const MOST = 64 * 1024;

/** @param deadlineMs ms that an answer may take; a program that takes longer is ended */
export function askWithin(deadlineMs: number): AskProgram {
  return (program, args) =>
    new Promise((resolve) => {
      const options = {
        timeout: deadlineMs,
        killSignal: 'SIGKILL' as const,
        maxBuffer: MOST,
        env: { ...process.env, LC_ALL: 'C' },
      };
      execFile(program, args, options, (error, output) => resolve(error ? null : output));
    });
}

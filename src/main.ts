import { exitCodeOf, FAILED, UNUSABLE } from './cli/exit-codes.js';
import { requireOpenFiles } from './cli/open-files.js';
import type { Perform } from './cli/program/perform.js';
import { buildProgram } from './cli/program/program.js';
import { isGone } from './cli/reader-gone.js';
import { EdgeError, explain } from './foundation/errors.js';
import { maskCredentials } from './foundation/log.js';

/*
 * The process's edge: its streams and its exit code (cli/exit-codes.ts). What commands there are is declared in
 * cli/program/.
 */

/** Does a command's work; the process ends with its exit code. */
const perform: Perform = async (work, { atOnce } = { atOnce: false }) => {
  const code = await work();
  if (code !== 0) process.exitCode = code;
  if (!atOnce) return;
  await new Promise<void>((printed) => process.stdout.write('', () => printed()));
  process.exit();
};

async function main(): Promise<void> {
  // whoever stops reading (`… | head`) has seen enough; anything else that goes wrong there is a failure
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (!isGone(error)) process.exitCode = FAILED;
    });
  }
  // Node would print whatever hangs on the error, such as the address that is none
  process.on('uncaughtException', (error) => process.exit(tellFailure(error)));
  try {
    requireOpenFiles();
    await buildProgram(perform).parseAsync();
  } catch (error) {
    process.exitCode = tellFailure(error);
  }
}

/** Prints what a person must know about a failure; a defect of the program keeps its stack. @returns the exit code */
function tellFailure(error: unknown): number {
  if (isCommanderExit(error)) return error.exitCode === 0 ? 0 : UNUSABLE;
  const text =
    error instanceof EdgeError
      ? `${error.code}: ${explain(error)}`
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`${maskCredentials(text)}\n`);
  return exitCodeOf(error);
}

/** Commander ends with an error of its own for --help, --version and bad usage; it has printed the text already. */
function isCommanderExit(error: unknown): error is Error & { exitCode: number } {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('commander.')
  );
}

await main();

import { exitCodeOf } from '../../src/cli/exit-codes.js';
import { buildProgram } from '../../src/cli/program/program.js';
import { explain } from '../../src/foundation/errors.js';
import type { Ended } from './command-line.js';

/**
 * The command line in this process, where a process each would take its time; one call after the other, since it takes
 * stdout. Without what `main.ts` does: error codes and masks.
 *
 * @param env EDGE_ variables; those of this machine are taken away for good
 */
export async function edgeOptimizerHere(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  for (const name of Object.keys(process.env)) if (name.startsWith('EDGE_')) delete process.env[name];
  Object.assign(process.env, env);
  const { write } = process.stdout;
  let [stdout, stderr, code] = ['', '', 0];
  process.stdout.write = ((text: string) => {
    stdout += text;
    return true;
  }) as typeof write;
  try {
    const program = buildProgram(async (work) => {
      code = await work().catch((error: unknown) => {
        stderr = explain(error);
        return exitCodeOf(error);
      });
    });
    await program.parseAsync(args, { from: 'user' });
  } finally {
    process.stdout.write = write;
  }
  return { code, stdout, stderr };
}

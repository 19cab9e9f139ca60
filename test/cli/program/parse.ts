import { buildProgram } from '../../../src/cli/program/program.js';

/** What a command line asks for, in the words of the declaration. */
export interface Parsed {
  /** The command with its group: `models list`. */
  readonly command: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Parses an argv as the real command line does, and does nothing of it.
 * @param args what would follow `edge-optimizer`
 * @throws CommanderError, whose message says what cannot be parsed
 */
export async function parseCommandLine(args: readonly string[]): Promise<Parsed> {
  const program = buildProgram(async () => undefined);
  let parsed: Parsed | null = null;
  program.hook('preAction', (_, command) => {
    const names: string[] = [];
    for (let at = command; at.parent !== null; at = at.parent) names.unshift(at.name());
    parsed = { command: names.join(' '), args: command.processedArgs, options: command.opts() };
  });
  silence(program);
  await program.parseAsync(args, { from: 'user' });
  if (parsed === null) throw new Error(`no command was called by: ${args.join(' ')}`);
  return parsed;
}

/** Help and complaints would be printed: a caller reads the error instead. */
function silence(command: ReturnType<typeof buildProgram>): void {
  command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  for (const child of command.commands) silence(child);
}

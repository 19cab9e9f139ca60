import { spawn } from 'node:child_process';

/**
 * What a program of ours prints, a line of JSON each, until it ends or the signal is aborted; a line that was cut off is left out.
 *
 * @param program a file of JavaScript
 * @param args of it: what it looks at; without any it is not started
 */
export function printedBy<Line>(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<readonly Line[]> {
  if (args.length === 0) return Promise.resolve([]);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
      signal,
      killSignal: 'SIGKILL',
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    const end = () => resolve(linesIn(printed) as Line[]);
    child.on('error', end).once('close', end);
  });
}

/** The last line may have been cut off; what is no JSON somebody else has printed, a warning of Node's for one. */
function linesIn(printed: string): unknown[] {
  const lines = printed.split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { explain } from '../../foundation/errors.js';
import type { PartContent } from './bundle-part.js';

const MOST_LINES = 5000;
const MOST_BYTES = 32 << 20;
const PATIENCE_MS = 15_000;
const UNIT = 'edge-optimizer';
const IN_CONTAINER = `where the program runs in a container, add what this prints: docker logs --tail ${MOST_LINES} NAME`;

const run = promisify(execFile);

/**
 * The last lines that the service wrote, and that systemd wrote of it.
 *
 * @param root where the file system is: the journal of another machine lies in its own
 * @throws Error with why there are none, and what to do
 */
export async function journalLines(root: string): Promise<PartContent> {
  const args = ['-u', UNIT, '-n', `${MOST_LINES}`, '-o', 'short-iso-precise', '--no-hostname', '--no-pager', '-q'];
  if (root !== '/') args.push(`--root=${root}`);
  const options = { timeout: PATIENCE_MS, maxBuffer: MOST_BYTES, killSignal: 'SIGKILL' as const };
  const { stdout } = await run('journalctl', args, options).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'there is no journalctl here' : explain(error);
    throw new Error(`${reason}; ${IN_CONTAINER}`);
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.length > 0) return { kind: 'lines', lines };
  throw new Error(
    `the journal has nothing of ${UNIT}, or only root and the group systemd-journal may read it: run it with sudo; ${IN_CONTAINER}`,
  );
}

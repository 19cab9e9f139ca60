import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { endWithTests, temporaryFolder } from '../temporary.js';

/** Of the build that this test is part of. */
const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const STORE = temporaryFolder('store');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Environment without this machine's EDGE_ variables, which would change what is tested. */
export const bareEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('EDGE_')));

/** Runs the real command line in a process of its own until it ends. */
export function edgeOptimizer(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return startEdgeOptimizer(args, env).ended;
}

/** Starts the real command line; its end, and the process to do something to meanwhile. */
export function startEdgeOptimizer(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { child: ChildProcessByStdio<null, Readable, Readable>; ended: Promise<Ended> } {
  const child = endWithTests(
    spawn(process.execPath, [MAIN, ...args], {
      cwd: PROJECT_ROOT,
      env: { ...bareEnvironment(), EDGE_STORE_DIR: STORE, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  return { child, ended };
}

/** The JSON objects that a command printed, one per line. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Beginnings of what a run warns of because of the machine that it is on, and not because of what it was told to do. */
export const OF_THE_MACHINE = [
  'store.dir lies on a slow medium',
  'store.dir may not keep what it is given',
  'the clock was set',
  'pictures go to the detector through a pipe',
];

/** What a run said to stderr besides that: '' where it had nothing to say, be the disk fast or slow. */
export const besidesTheMachine = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => !isOfTheMachine(line))
    .join('\n');

function isOfTheMachine(line: string): boolean {
  try {
    const { level, msg } = JSON.parse(line) as { level?: unknown; msg?: unknown };
    return level === 'warn' && OF_THE_MACHINE.some((beginning) => String(msg).startsWith(beginning));
  } catch {
    return false;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { whenEnding } from './ending.js';

const LAST_WORDS = 2000;

/** Program and arguments. */
export type Command = readonly [string, ...string[]];

/** A program of the benchmark while it runs, in a process group of its own. */
export interface Running {
  readonly pid: number;
  /** @throws Error with the program's last words where it fails, or is ended because it took too long */
  readonly ended: Promise<Ended>;
  /** Ends it with all its children, and settles when it is gone; `ended` then tells of a failure. */
  readonly stop: () => Promise<void>;
}

/** What a program left. */
export interface Ended {
  /** The last line on its stdout, empty of none. */
  readonly lastLine: string;
}

/**
 * Starts a program that is ended with all its children after `timeoutMs`, and when this process ends.
 *
 * @param onLine hears each line of its stdout
 */
export function start(
  [program, ...args]: Command,
  timeoutMs: number,
  onLine: (line: string) => void = () => undefined,
): Running {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: environment() });
  let timedOut = false;
  const kill = () => endGroup(child);
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, timeoutMs);
  const forget = whenEnding(kill);
  const words = lastOf(child.stderr);
  const line = lastLineOf(child.stdout, onLine);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve({ lastLine: line() });
      const how = timedOut ? `took longer than ${Math.round(timeoutMs / 1000)} s` : `ended with ${signal ?? code}`;
      reject(new Error(`${how}: ${words().trim().split('\n').slice(-3).join(' ')}`));
    });
  }).finally(() => {
    clearTimeout(timer);
    forget();
  });
  const stop = async () => {
    kill();
    await ended.catch(() => undefined);
  };
  return { pid: child.pid ?? 0, ended, stop };
}

function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  process.kill(-pid, 'SIGKILL');
}

function lastOf(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => {
    text = (text + more).slice(-LAST_WORDS);
  });
  return () => text;
}

/** Keeps one line only: a long run tells its status every second. */
function lastLineOf(stream: NodeJS.ReadableStream, onLine: (line: string) => void): () => string {
  let rest = '';
  let line = '';
  stream.setEncoding('utf8').on('data', (more: string) => {
    const lines = (rest + more).split('\n');
    rest = lines.pop()!;
    for (const one of lines) onLine(one);
    line = lines.findLast((one) => one !== '') ?? line;
  });
  return () => rest || line;
}

/** Without the variables that configure this program: everything it does here is in its configuration file. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name === 'EDGE_FFMPEG' || !name.startsWith('EDGE_')),
  );
}

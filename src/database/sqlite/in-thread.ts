import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Worker } from 'node:worker_threads';
import { makeFolderOfProcess } from '../../foundation/remains.js';
import type { Advice } from '../advisor/advice.js';
import type { WorkloadStatement } from '../advisor/workload.js';
import type { DatabasePerformance } from '../report/database-report.js';
import type { AdviseOptions } from './advise.js';

/** What can be handed to another thread. */
export type ThreadAdviseOptions = Omit<AdviseOptions, 'onProgress'>;

/** What the thread is started with. */
export type ThreadTask =
  | {
      readonly kind: 'advise';
      readonly file: string;
      readonly workload: readonly WorkloadStatement[];
      readonly options: ThreadAdviseOptions;
    }
  | { readonly kind: 'execute'; readonly file: string; readonly statements: readonly string[] }
  | { readonly kind: 'report'; readonly file: string };

/** What it says at its end. */
export type ThreadAnswer = { readonly result: unknown } | { readonly error: string };

/** An advice, and by which statements of the workload each table is changed. */
export interface ThreadAdvice {
  readonly advice: Advice;
  readonly writers: ReadonlyMap<string, readonly string[]>;
}

const MEMORY = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 };

/**
 * As `adviseSqlite`, beside this thread.
 *
 * @param signal ends it early
 * @throws Error where it fails, and the reason of the signal
 */
export async function adviseInThread(
  file: string,
  workload: readonly WorkloadStatement[],
  options: ThreadAdviseOptions,
  signal: AbortSignal,
): Promise<ThreadAdvice> {
  // a thread that is ended early removes nothing itself
  const folder = makeFolderOfProcess(options.folder ?? tmpdir(), 'edge-advice-thread');
  try {
    const task: ThreadTask = { kind: 'advise', file, workload, options: { ...options, folder } };
    return (await inThread(task, signal)) as ThreadAdvice;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * As `sqliteReport` of a file without a workload, beside this thread.
 *
 * @param signal ends it early
 * @throws Error where it fails, and the reason of the signal
 */
export async function reportInThread(file: string, signal: AbortSignal): Promise<DatabasePerformance> {
  return (await inThread({ kind: 'report', file }, signal)) as DatabasePerformance;
}

/**
 * Runs statements beside this thread in one transaction: all or none. Other writers find the database locked as long as that takes.
 *
 * @throws Error with SQLite's reason
 */
export async function executeInThread(file: string, statements: readonly string[]): Promise<void> {
  await inThread({ kind: 'execute', file, statements }, null);
}

function inThread(task: ThreadTask, signal: AbortSignal | null): Promise<unknown> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const thread = new Worker(new URL('./database-thread.js', import.meta.url), {
      workerData: task,
      execArgv: [],
      resourceLimits: MEMORY,
    });
    // what only looks keeps no program from ending; what changes a file has to come to its end
    if (task.kind !== 'execute') thread.unref();
    let answer: ThreadAnswer | null = null;
    let failure: unknown = null;
    const end = (): void => void thread.terminate();
    signal?.addEventListener('abort', end, { once: true });
    thread.on('message', (said: ThreadAnswer) => {
      answer = said;
    });
    thread.on('error', (error) => {
      failure = error;
    });
    // only now nothing of it works on any file
    thread.on('exit', (code) => {
      signal?.removeEventListener('abort', end);
      if (answer !== null && 'result' in answer) resolve(answer.result);
      else if (answer !== null) reject(new Error(answer.error));
      else reject(signal?.aborted ? signal.reason : (failure ?? new Error(`its thread ended with exit code ${code}`)));
    });
  });
}

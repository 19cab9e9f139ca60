import { Worker } from 'node:worker_threads';
import type { MadeReport, ReportTask } from './make-report.js';
import type { ReportAnswer } from './report-thread.js';

const MEMORY = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

/**
 * As `makeReport`, beside this thread and after everything else that wants the processor, so that no frame waits for it.
 *
 * @param signal ends it early
 * @throws Error where it fails, and the reason of the signal
 */
export function makeInThread(task: ReportTask, signal: AbortSignal): Promise<MadeReport> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const thread = new Worker(new URL('./report-thread.js', import.meta.url), {
      workerData: task,
      execArgv: [],
      resourceLimits: MEMORY,
    });
    let answer: ReportAnswer | null = null;
    let failure: unknown = null;
    const end = (): void => void thread.terminate();
    signal.addEventListener('abort', end, { once: true });
    thread.on('message', (said: ReportAnswer) => {
      answer = said;
    });
    thread.on('error', (error) => {
      failure = error;
    });
    thread.on('exit', (code) => {
      signal.removeEventListener('abort', end);
      if (answer !== null && 'result' in answer) resolve(answer.result);
      else if (answer !== null) reject(new Error(answer.error));
      else reject(signal.aborted ? signal.reason : (failure ?? new Error(`its thread ended with exit code ${code}`)));
    });
  });
}

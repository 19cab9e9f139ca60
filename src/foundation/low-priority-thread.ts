import { setPriority } from 'node:os';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { explain } from './errors.js';

type Said = { readonly result: unknown } | { readonly error: string };

const MEMORY = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };
const LOWEST_PRIORITY = 19;

/**
 * Has a module work on a task beside this thread and after everything else that wants the processor, so that no frame waits for it.
 *
 * @param module calls `answerInThread`
 * @param task can be handed to another thread
 * @param signal ends it early
 * @throws Error where it fails, and the reason of the signal
 */
export function lowPriorityThread<Result>(module: URL, task: unknown, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const thread = new Worker(module, { workerData: task, execArgv: [], resourceLimits: MEMORY });
    let answer: Said | null = null;
    let failure: unknown = null;
    const end = (): void => void thread.terminate();
    signal.addEventListener('abort', end, { once: true });
    thread.on('message', (said: Said) => {
      answer = said;
    });
    thread.on('error', (error) => {
      failure = error;
    });
    thread.on('exit', (code) => {
      signal.removeEventListener('abort', end);
      if (answer !== null && 'result' in answer) resolve(answer.result as Result);
      else if (answer !== null) reject(new Error(answer.error));
      else reject(signal.aborted ? signal.reason : (failure ?? new Error(`its thread ended with exit code ${code}`)));
    });
  });
}

/** In such a thread: works on what was handed to it, hands over what comes of it, and ends. */
export async function answerInThread<Task>(work: (task: Task) => unknown): Promise<void> {
  let said: Said;
  try {
    // Linux lowers this thread alone, others the whole program
    if (process.platform === 'linux') setPriority(LOWEST_PRIORITY);
    said = { result: await work(workerData as Task) };
  } catch (error) {
    said = { error: explain(error) };
  }
  parentPort?.postMessage(said);
}

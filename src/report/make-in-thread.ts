import { lowPriorityThread } from '../foundation/low-priority-thread.js';
import type { MadeReport, ReportTask } from './make-report.js';

/**
 * As `makeReport`, beside this thread and after everything else that wants the processor, so that no frame waits for it.
 *
 * @param signal ends it early
 * @throws Error where it fails, and the reason of the signal
 */
export function makeInThread(task: ReportTask, signal: AbortSignal): Promise<MadeReport> {
  return lowPriorityThread(new URL('./report-thread.js', import.meta.url), task, signal);
}

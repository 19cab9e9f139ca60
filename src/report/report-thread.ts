import { answerInThread } from '../foundation/low-priority-thread.js';
import { makeReport, type ReportTask } from './make-report.js';

/* The thread of make-in-thread.ts. */

await answerInThread<ReportTask>(makeReport);

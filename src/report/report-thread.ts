import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { explain } from '../foundation/errors.js';
import { makeReport, type ReportTask } from './make-report.js';

/* The thread of make-in-thread.ts: makes one report, hands it over, and ends. */

/** What it says at its end. */
export type ReportAnswer = { readonly result: ReturnType<typeof makeReport> } | { readonly error: string };

const LOWEST_PRIORITY = 19;

function answer(): ReportAnswer {
  try {
    // Linux lowers this thread alone, others the whole program
    if (process.platform === 'linux') setPriority(LOWEST_PRIORITY);
    return { result: makeReport(workerData as ReportTask) };
  } catch (error) {
    return { error: explain(error) };
  }
}

parentPort?.postMessage(answer());

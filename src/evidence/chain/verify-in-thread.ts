import { lowPriorityThread } from '../../foundation/low-priority-thread.js';
import type { EvidenceVerification, VerifyOptions } from './verify.js';

/** A chain to be verified: can be handed to another thread. */
export interface VerifyTask extends VerifyOptions {
  readonly folder: string;
}

/** As `verifyEvidence`, beside this thread and after everything else. @throws Error where it cannot be read, and the reason of the signal */
export function verifyInThread(task: VerifyTask, signal: AbortSignal): Promise<EvidenceVerification> {
  return lowPriorityThread(new URL('./verify-thread.js', import.meta.url), task, signal);
}

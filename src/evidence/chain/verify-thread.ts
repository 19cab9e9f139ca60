import { answerInThread } from '../../foundation/low-priority-thread.js';
import { openEvidence } from './evidence-source.js';
import { verifyEvidence } from './verify.js';
import type { VerifyTask } from './verify-in-thread.js';

/* The thread of verify-in-thread.ts. */

await answerInThread<VerifyTask>(async ({ folder, ...options }) => {
  const source = await openEvidence(folder);
  try {
    return await verifyEvidence(source, options);
  } finally {
    await source.close();
  }
});

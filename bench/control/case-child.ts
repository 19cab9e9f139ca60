import { EdgeError, explain } from '../../src/foundation/errors.js';
import { type CaseAnswer, type CaseOrder, runCase } from './case-process.js';

/** The child's side: a case at a time, until the parent closes the channel. */
process.on('message', (order: CaseOrder) => {
  process.send!(answerTo(order));
});
process.on('disconnect', () => process.exit());

function answerTo(order: CaseOrder): CaseAnswer {
  try {
    return { outcome: runCase(order) };
  } catch (error) {
    const isPlain = error instanceof EdgeError;
    return { error: isPlain ? explain(error) : ((error as Error).stack ?? explain(error)), isPlain };
  }
}

import type { Alert, AlertDeclaration } from '../foundation/alert-declaration.js';
import { BY_HAND, type UpdateTrial } from './trial.js';

/** Raised by the version before, once it runs again. */
export const UPDATE_TAKEN_BACK: AlertDeclaration = {
  code: 'update-rolled-back',
  severities: ['warning'],
  help: 'The last update did worse than the version before it and was taken back; told for a week, or until the next update.',
  action: 'The device works with the version before; send the reason to whoever made the update.',
};

/** ms for which an update that was taken back is told. */
const TOLD_MS = 7 * 86_400_000;

/**
 * That the last update was taken back, by itself; null where it was not.
 *
 * @param running name of the version that runs
 * @param now Unix ms
 */
export function updateTakenBack(trial: UpdateTrial | null, running: string, now: number): Alert | null {
  if (trial === null || (trial.state !== 'rolled-back' && trial.state !== 'going-back')) return null;
  if (trial.old !== running || trial.reason === BY_HAND) return null;
  if (trial.endedAt !== null && now - trial.endedAt > TOLD_MS) return null;
  const { old, reason } = trial;
  return {
    severity: 'warning',
    message: `the update to ${trial.new} was taken back, ${old} runs: ${reason ?? 'the reason is not known'}`,
    details: { version: trial.new, runs: old, reason: reason ?? null, digest: trial.digest },
  };
}

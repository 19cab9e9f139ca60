import type { Alert, AlertDeclaration } from '../../foundation/alert-declaration.js';
import type { EndedTrial } from './trial.js';

export const TRIAL_STUCK: AlertDeclaration = {
  code: 'trial-stuck',
  severities: ['warning'],
  help: 'A change of the tuning was to be taken back, and could not be; it is tried again.',
  action: 'Read the log; a restart of the program begins with what was before.',
};

/**
 * Changes were to be rolled back and stand still; null where none does.
 *
 * @param reason why the last one failed
 */
export function trialStuck(trials: readonly EndedTrial[], reason: string): Alert | null {
  const [first] = trials;
  if (!first) return null;
  const { strategy, from, to } = first;
  const more = trials.length > 1 ? ` and ${trials.length - 1} more` : '';
  return {
    severity: 'warning',
    message: `${strategy} could not be taken back from ${to} to ${from}${more} (${reason}): it is tried again; a restart of the program begins with ${from}`,
    value: trials.length,
    expected: 0,
    unit: 'changes',
  };
}

import { BundleError } from '../foundation/errors.js';
import { BY_HAND, isOpen, type UpdateTrial } from './trial.js';
import type { InstalledVersions } from './versions.js';

/**
 * The version that a rollback goes to: from one that is on trial the one that it is compared with, otherwise the one before.
 *
 * @param trial the last one
 * @throws BundleError where there is none, or it did worse and was taken back: who goes back wants one that works
 */
export function rollbackTarget({ prefix, current, previous }: InstalledVersions, trial: UpdateTrial | null): string {
  if (trial !== null && isOpen(trial) && trial.new === current) return trial.old;
  if (previous === null || previous === current) {
    throw new BundleError(`there is no version to go back to in ${prefix}`);
  }
  const isWorse = trial?.state === 'rolled-back' && trial.reason !== BY_HAND && trial.new === previous;
  if (!isWorse) return previous;
  throw new BundleError(
    `the version before in ${prefix} is ${previous}, which was taken back already (${trial.reason}): to have it all the same, update with its bundle`,
  );
}

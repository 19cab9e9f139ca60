import type { Alert, AlertDeclaration } from '../foundation/alert-declaration.js';

export const HISTORY_DEGRADED: AlertDeclaration = {
  code: 'history-degraded',
  severities: ['warning'],
  help: 'The history cannot be stored; it waits in memory, for a time.',
  action: 'Check that store.dir can be written and its disk has room.',
};

export const HISTORY_SET_ASIDE: AlertDeclaration = {
  code: 'history-set-aside',
  severities: ['warning'],
  help: 'The corrupt file of the history was renamed and a new one begun; until the program starts again.',
  action: 'Check the disk, and delete the file that was set aside when nobody needs it.',
};

/**
 * The history cannot be stored.
 *
 * @param file where its database is or should be
 */
export function historyDegraded(reason: string, file: string): Alert {
  return {
    severity: 'warning',
    message: `the history cannot be stored (${reason}): it waits in memory, and is lost at a restart; check that ${file} and its folder can be written and the disk has room`,
  };
}

/** A corrupt file of the history was renamed to `file` and a new one begun. */
export function historySetAside(file: string): Alert {
  return {
    severity: 'warning',
    message: `the file of the history was corrupt; it was set aside as ${file} and a new one begun: check the disk, and delete the file when nobody needs it`,
  };
}

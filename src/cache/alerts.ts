import type { Alert, AlertDeclaration } from '../foundation/alert-declaration.js';

export const CACHE_DEGRADED: AlertDeclaration = {
  code: 'cache-degraded',
  severities: ['warning'],
  help: 'The disk tier of the cache cannot be used; memory goes on.',
  action: 'Check that store.dir can be written and its disk has room.',
};

export const CACHE_SET_ASIDE: AlertDeclaration = {
  code: 'cache-set-aside',
  severities: ['warning'],
  help: 'The corrupt file of the cache was renamed and a new one begun; until the program starts again.',
  action: 'Check the disk, and delete the file that was set aside when nobody needs it.',
};

/**
 * The disk tier of the cache cannot be used.
 *
 * @param file where its database is or should be
 */
export function cacheDegraded(reason: string, file: string): Alert {
  return {
    severity: 'warning',
    message: `the disk tier of the cache is out of order (${reason}): memory goes on, but what is new is lost at a restart; check that ${file} and its folder can be written and the disk has room`,
  };
}

/** A corrupt file of the cache was renamed to `file` and a new one begun. */
export function cacheSetAside(file: string): Alert {
  return {
    severity: 'warning',
    message: `the file of the cache was corrupt; it was set aside as ${file} and a new one begun: check the disk, and delete the file when nobody needs it`,
  };
}

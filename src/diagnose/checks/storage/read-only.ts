import { userInfo } from 'node:os';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { nearestFolder } from './nearest-folder.js';
import { probeWrite } from './write-probe.js';

/** Whether what must survive a restart can be written. */
export const readOnlyCheck = (): Check => ({
  ground: 'storage',
  name: 'read-only',
  deadlineMs: 4000,
  async run({ config, running }) {
    const folder = nearestFolder(config.store.dir);
    return [judgeWrite(await probeWrite(folder), folder, running !== null)];
  },
});

/**
 * What the answer of the system to a write means; pure but for the name of the user.
 *
 * @param isRunning whether a program runs with the store: then it is this user alone who may not
 */
export function judgeWrite(code: string | null, folder: string, isRunning: boolean): Finding {
  switch (code) {
    case null:
      return found('fine', 'store-writable', { folder });
    case 'EROFS':
      return found('degraded', 'store-read-only', { folder });
    case 'ENOSPC':
    case 'EDQUOT':
      return found('degraded', 'store-full', { folder, code });
    case 'EACCES':
    case 'EPERM':
      return found(isRunning ? 'unknown' : 'degraded', 'store-forbidden', { folder, user: userInfo().username });
    default:
      return found('degraded', 'store-write-fails', { folder, code });
  }
}

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { textIn } from '../../../board/kernel-files.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';

/** What was read of the folder of the store. */
export interface FolderState {
  readonly folder: string;
  /** Permissions, 0o700 for instance. */
  readonly mode: number;
  /** User id of its owner. */
  readonly owner: number;
  /** Who is to write there; null where nobody knows. */
  readonly user: number | null;
  /** Whether that is the running program, and not whoever happens to look. */
  readonly isRunning: boolean;
}

/** Whether the store belongs to whoever runs the program, and to nobody else. */
export const folderModeCheck = (): Check => ({
  ground: 'storage',
  name: 'folder-mode',
  deadlineMs: 1000,
  async run({ config, running, root }) {
    const folder = config.store.dir;
    const stats = statSync(folder, { throwIfNoEntry: false });
    // it is made at the start, for its user alone
    if (stats === undefined) return [];
    const user = running?.pid ? userOf(root, running.pid) : userHere();
    return judgeFolder({ folder, mode: stats.mode & 0o777, owner: stats.uid, user, isRunning: running !== null });
  },
});

/** What there is to be said of the folder of the store; pure. */
export function judgeFolder({ folder, mode, owner, user, isRunning }: FolderState): Finding[] {
  const findings: Finding[] = [];
  const values = { folder, mode: mode.toString(8) };
  if ((mode & 0o002) !== 0) findings.push(found('degraded', 'store-writable-by-all', values));
  else if ((mode & 0o001) !== 0) findings.push(found('degraded', 'store-open-to-all', values));
  if (user !== null && user !== 0 && owner !== user) {
    findings.push(found(isRunning ? 'degraded' : 'unknown', 'store-foreign', { folder, owner, user }));
  }
  return findings.length > 0 ? findings : [found('fine', 'store-private', values)];
}

function userOf(root: string, pid: number): number | null {
  const user = /^Uid:\s+(\d+)/m.exec(textIn(join(root, 'proc', String(pid), 'status')))?.[1];
  return user === undefined ? null : Number(user);
}

/** root may be anybody's helper: it says nothing of who runs the program. */
function userHere(): number | null {
  const user = process.getuid?.() ?? 0;
  return user === 0 ? null : user;
}

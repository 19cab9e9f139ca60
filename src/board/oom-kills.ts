import { join } from 'node:path';
import { groupFolders } from './control-groups.js';
import { textIn } from './kernel-files.js';

/**
 * How many processes the kernel has killed for want of memory: in the control groups that a process is in, and on the
 * whole machine. Only a difference of two readings means something. null where nothing tells.
 *
 * @param root `/`; tests give trees
 * @param pid of another process than this one
 */
export function countOomKills(root: string, pid: number | 'self' = 'self'): number | null {
  const { version2, version1 } = groupFolders(root, 'memory', pid);
  const files = [
    join(root, 'proc/vmstat'),
    ...version2.map((folder) => join(folder, 'memory.events')),
    ...version1.map((folder) => join(folder, 'memory.oom_control')),
  ];
  const counts = files.flatMap((file) => /^oom_kill (\d+)$/m.exec(textIn(file))?.[1] ?? []);
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + Number(count), 0);
}

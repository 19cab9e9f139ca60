import { join, normalize } from 'node:path';
import { textIn } from './kernel-files.js';

/** Where the kernel shows groups of version 2: by itself, or beside those of version 1. */
const UNIFIED = ['sys/fs/cgroup', 'sys/fs/cgroup/unified'];

/** Controllers of version 1 have folders of their own, by these names. */
const MOUNTS = {
  cpu: ['cpu', 'cpu,cpuacct', 'cpuacct,cpu'],
  cpuacct: ['cpuacct', 'cpu,cpuacct', 'cpuacct,cpu'],
  memory: ['memory'],
} as const;

export type GroupController = keyof typeof MOUNTS;

/** The groups that a process is in, as folders: those around it first, its own last. Empty where there are none. */
export interface GroupFolders {
  readonly version2: readonly string[];
  readonly version1: readonly string[];
}

/**
 * The groups that a process is in for a controller. Within a container the path may be the one outside, whose folders are
 * not there: its root is the container's own group.
 *
 * @param root `/`; tests give trees
 * @param pid of another process than this one
 */
export function groupFolders(root: string, controller: GroupController, pid: number | 'self' = 'self'): GroupFolders {
  const version2: string[] = [];
  const version1: string[] = [];
  for (const line of textIn(join(root, 'proc', String(pid), 'cgroup')).split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    if (controllers === '') {
      version2.push(...along(root, UNIFIED, path));
    } else if (controllers!.split(',').includes(controller)) {
      const mounts = MOUNTS[controller].map((name) => `sys/fs/cgroup/${name}`);
      version1.push(...along(root, mounts, path));
    }
  }
  return { version2, version1 };
}

function along(root: string, mounts: readonly string[], path: string): string[] {
  const parts = normalize(`/${path}`)
    .split('/')
    .filter((part) => part !== '' && part !== '..');
  const groups = Array.from({ length: parts.length + 1 }, (_, depth) => parts.slice(0, depth).join('/'));
  return mounts.flatMap((mount) => groups.map((group) => join(root, mount, group)));
}

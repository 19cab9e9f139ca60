import { join, normalize } from 'node:path';
import { numberIn, textIn } from './kernel-files.js';

/*
 * How much processor time a container or a service may have (`docker run --cpus 1.5`, `CPUQuota=150%`): the kernel lets it run on
 * every core and stops it for the rest of each period, so the number of cores says nothing of it.
 */

/** Where the kernel shows groups of version 2: by itself, or beside those of version 1. */
const UNIFIED = ['sys/fs/cgroup', 'sys/fs/cgroup/unified'];
/** The same of version 1, whose controllers have folders of their own. */
const CPU_CONTROLLERS = ['sys/fs/cgroup/cpu', 'sys/fs/cgroup/cpu,cpuacct', 'sys/fs/cgroup/cpuacct,cpu'];

/**
 * Cores' worth of time that this process may use, 1.5 for instance: the least of its group and of those around it; null where nothing
 * limits it.
 *
 * @param root `/`; tests give trees
 */
export function readCpuQuota(root: string): number | null {
  const quotas = textIn(join(root, 'proc/self/cgroup'))
    .split('\n')
    .flatMap((line) => {
      const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      if (path === undefined) return [];
      if (controllers === '') return along(root, UNIFIED, path, unifiedQuota);
      return controllers!.split(',').includes('cpu') ? along(root, CPU_CONTROLLERS, path, controllerQuota) : [];
    });
  return quotas.length === 0 ? null : Math.min(...quotas);
}

/** Threads that a quota can keep busy: more would be stopped in the middle of their work. */
export function threadsWithin(quota: number): number {
  return Math.max(1, Math.floor(quota + 0.01));
}

/**
 * What limits a group and those around it. Within a container the path may be the one outside, whose folders are not there: its
 * root is the container's own group.
 */
function along(
  root: string,
  mounts: readonly string[],
  path: string,
  read: (folder: string) => number | null,
): number[] {
  const parts = normalize(`/${path}`)
    .split('/')
    .filter((part) => part !== '' && part !== '..');
  const groups = Array.from({ length: parts.length + 1 }, (_, depth) => parts.slice(0, depth).join('/'));
  return mounts.flatMap((mount) => groups.flatMap((group) => read(join(root, mount, group)) ?? []));
}

/** `cpu.max`: `150000 100000`, or `max 100000`; µs per period of so many µs. */
function unifiedQuota(folder: string): number | null {
  const [, quota, period] = /^(\d+) (\d+)\s*$/.exec(textIn(join(folder, 'cpu.max'))) ?? [];
  return ratio(Number(quota), Number(period));
}

/** -1 stands for no limit. */
function controllerQuota(folder: string): number | null {
  return ratio(
    numberIn(join(folder, 'cpu.cfs_quota_us')) ?? Number.NaN,
    numberIn(join(folder, 'cpu.cfs_period_us')) ?? Number.NaN,
  );
}

function ratio(quota: number, period: number): number | null {
  return quota > 0 && period > 0 ? quota / period : null;
}

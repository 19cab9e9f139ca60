import { join } from 'node:path';
import { groupFolders } from './control-groups.js';
import { numberIn, textIn } from './kernel-files.js';

/*
 * How much processor time a container or a service may have (`docker run --cpus 1.5`, `CPUQuota=150%`): the kernel lets it run on
 * every core and stops it for the rest of each period, so the number of cores says nothing of it.
 */

/**
 * Cores' worth of time that a process may use, 1.5 for instance: the least of its group and of those around it; null where nothing
 * limits it.
 *
 * @param root `/`; tests give trees
 * @param pid of another process than this one
 */
export function readCpuQuota(root: string, pid: number | 'self' = 'self'): number | null {
  const quotas = quotaGroups(root, pid).map(({ cores }) => cores);
  return quotas.length === 0 ? null : Math.min(...quotas);
}

/** A group whose processor time is limited. */
export interface QuotaGroup {
  readonly folder: string;
  readonly cores: number;
}

/** The groups that limit a process, this one by default: its own and those around it. */
export function quotaGroups(root: string, pid: number | 'self' = 'self'): QuotaGroup[] {
  const { version2, version1 } = groupFolders(root, 'cpu', pid);
  const limits = [
    ...version2.map((folder) => ({ folder, cores: unifiedQuota(folder) })),
    ...version1.map((folder) => ({ folder, cores: controllerQuota(folder) })),
  ];
  return limits.filter((group): group is QuotaGroup => group.cores !== null);
}

/** What a process may use of the processor. */
export interface UsableProcessor {
  /** Cores that it may run on. */
  readonly cores: number;
  /** Cores' worth of time that control groups allow; null where they allow all of it. */
  readonly quota: number | null;
}

/** Cores that can be kept busy. */
export function coresWithin({ quota, cores }: UsableProcessor): number {
  return quota === null ? cores : Math.min(cores, threadsWithin(quota));
}

/** Threads that a quota can keep busy: more would be stopped in the middle of their work. */
export function threadsWithin(quota: number): number {
  return Math.max(1, Math.floor(quota + 0.01));
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

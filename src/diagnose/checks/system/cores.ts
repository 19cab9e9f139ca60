import { join } from 'node:path';
import { readCpuQuota } from '../../../board/cpu-quota.js';
import { textIn } from '../../../board/kernel-files.js';
import { PressureReader } from '../../../board/machine/pressure-reader.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';

/** Processes per core that want to run, over five minutes, from which on each waits more than it works. */
const OVERLOADED = 4;
/** Percent of 10 s in which nothing at all was done for want of memory, or because of the disk. */
const STALLED = { memory: 10, io: 60 };

/** What was read of the processor; null where nothing tells. */
export interface CoresState {
  /** Cores of the machine that are switched on. */
  readonly present: number;
  /** Cores that the program may run on. */
  readonly usable: number;
  /** Cores' worth of time that control groups allow. */
  readonly quota: number | null;
  /** Processes that want to run, mean of five minutes. */
  readonly load: number | null;
  /** Percent of 10 s. */
  readonly stalledForMemory: number | null;
  readonly stalledForDisk: number | null;
}

/** Whether the program gets the processor that it needs. */
export const coresCheck = (): Check => ({
  ground: 'system',
  name: 'cores',
  deadlineMs: 2000,
  async run({ root, running }) {
    const pid = running?.pid ?? 'self';
    const online = countCores(textIn(join(root, 'sys/devices/system/cpu/online')));
    const status = textIn(join(root, 'proc', String(pid), 'status'));
    const allowed = countCores(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '');
    // a recorded tree may have this alone
    const counted = textIn(join(root, 'proc/stat')).match(/^cpu\d+ /gm)?.length ?? 0;
    const present = online || allowed || counted;
    if (present === 0) return [found('unknown', 'cores-unknown')];
    const load = /^\S+ (\S+) /.exec(textIn(join(root, 'proc/loadavg')))?.[1];
    const pressure = new PressureReader(root);
    pressure.look();
    pressure.read();
    const { memory, io } = pressure.pressure;
    pressure.close();
    return judgeCores({
      present,
      // the list may name cores that are switched off
      usable: Math.min(allowed || present, present),
      quota: readCpuQuota(root, pid),
      load: load === undefined ? null : Number(load),
      stalledForMemory: memory.full,
      stalledForDisk: io.full,
    });
  },
});

/** What there is to be said of the processor; pure. */
function judgeCores(state: CoresState): Finding[] {
  const { present, usable, quota, load } = state;
  const findings: Finding[] = [];
  if (usable < 2 && present > usable) findings.push(found('degraded', 'cores-pinned', { usable, present }));
  if (quota !== null && quota < 1) findings.push(found('degraded', 'cores-quota', { quota: round(quota), present }));
  // the load is that of the whole machine, so it is held against all of its cores
  if (load !== null && load > present * OVERLOADED) {
    findings.push(found('degraded', 'cores-overloaded', { load: round(load), present }));
  }
  if ((state.stalledForMemory ?? 0) >= STALLED.memory) {
    findings.push(found('degraded', 'stalled-for-memory', { percent: Math.round(state.stalledForMemory!) }));
  }
  if ((state.stalledForDisk ?? 0) >= STALLED.io) {
    findings.push(found('degraded', 'stalled-for-disk', { percent: Math.round(state.stalledForDisk!) }));
  }
  if (findings.length > 0) return findings;
  return [found('fine', 'cores-fine', { usable, present, load: load === null ? '?' : round(load) })];
}

/** `0-3,6`: 5; 0 for what is no list. */
export function countCores(list: string): number {
  let cores = 0;
  for (const [, first, last] of list.matchAll(/(\d+)(?:-(\d+))?/g)) cores += Number(last ?? first) - Number(first) + 1;
  return cores;
}

const round = (value: number): number => Math.round(value * 100) / 100;

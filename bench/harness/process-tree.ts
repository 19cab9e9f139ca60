import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** 4096 on x86, 16384 on a Raspberry Pi 5. */
const PAGE_BYTES = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));
const TICKS_PER_SECOND = 100;
/** Kernels with CONFIG_PROC_CHILDREN list a thread's children: that spares reading about every process of the machine. */
const HAS_CHILDREN_FILES = existsSync(`/proc/self/task/${process.pid}/children`);

/** What a process and all its descendants use now, from /proc (Linux). */
export interface TreeUsage {
  readonly processes: number;
  /** Sum of the resident sets; pages that two processes share count twice. */
  readonly rssBytes: number;
  /** Sum of the proportional sets: shared pages count once; null where the kernel does not tell. */
  readonly pssBytes: number | null;
  /** User and system time, children that ended included. */
  readonly cpuSeconds: number;
}

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuTicks: number;
  readonly rssPages: number;
}

/**
 * @param root pid at the top of the tree
 * @param withPss reading it costs milliseconds per process
 */
export function treeUsage(root: number, withPss = false): TreeUsage {
  const tree = HAS_CHILDREN_FILES ? walk(root) : descendants(root, allProcesses());
  const pss = withPss ? tree.map(({ pid }) => pssOf(pid)) : [];
  return {
    processes: tree.length,
    rssBytes: sum(tree.map(({ rssPages }) => rssPages)) * PAGE_BYTES,
    pssBytes: withPss && pss.every((bytes) => bytes !== null) ? sum(pss as number[]) : null,
    cpuSeconds: sum(tree.map(({ cpuTicks }) => cpuTicks)) / TICKS_PER_SECOND,
  };
}

function walk(root: number): ProcessStat[] {
  const pids = [root];
  for (const pid of pids) pids.push(...childrenOf(pid));
  return pids.flatMap((pid) => parseStat(pid) ?? []);
}

function childrenOf(pid: number): number[] {
  const children = threadsOf(pid).map((thread) => read(`/proc/${pid}/task/${thread}/children`) ?? '');
  return children.join(' ').split(' ').filter(Boolean).map(Number);
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // the process ended meanwhile
  }
}

function allProcesses(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => parseStat(Number(pid)) ?? []);
}

/** /proc/<pid>/stat: the name stands in parentheses and may hold anything, so fields count from its end. */
function parseStat(pid: number): ProcessStat | null {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return null;
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  // utime, stime and, for children that ended, cutime, cstime are fields 14 to 17 of proc(5); the parent is 4, rss 24
  return { pid, parent: fields[1]!, cpuTicks: sum(fields.slice(11, 15)), rssPages: fields[21]! };
}

function descendants(root: number, processes: readonly ProcessStat[]): ProcessStat[] {
  const tree = processes.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...processes.filter(({ parent }) => parent === pid));
  return tree;
}

function pssOf(pid: number): number | null {
  const match = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '');
  return match === null ? null : Number(match[1]) * 1024;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // the process ended meanwhile
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

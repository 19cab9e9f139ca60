import { join } from 'node:path';
import { namesIn, textIn } from '../../../board/kernel-files.js';
import { type Memory, MemoryReader, type Swap } from '../../../board/machine/memory-reader.js';
import { readResidentBytes } from '../../../board/readings.js';
import type { Config } from '../../../config/config.js';
import type { Check, Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';

const MIB = 2 ** 20;
/** Less than this, or than a tenth where that is less, and the kernel soon kills somebody. */
const LEAST_AVAILABLE = 256 * MIB;
/** What the program and one detector need with the smallest model. */
const LEAST_LIMIT = 384 * MIB;
/** Share of what binds it from which on the program is near its end. */
const NEAR_LIMIT = 0.8;
/** Share of it that a cache may have without being what is to be made smaller. */
const LARGE_CACHE = 0.25;

/** What was read of the memory, bytes. */
export interface MemoryState {
  readonly memory: Memory;
  readonly swap: Swap | null;
  /** Of control groups; null where there is none. */
  readonly limit: number | null;
  /** Of the running program and its workers; null where it does not run, or does not tell. */
  readonly program: number | null;
}

type MemoryConfig = Pick<Config, 'cache' | 'detector' | 'thresholds'>;

/** Whether there is memory enough, and whether the running program comes near to what it may have. */
export const memoryCheck = (): Check => ({
  ground: 'system',
  name: 'memory',
  deadlineMs: 3000,
  async run({ root, running, config }) {
    const reader = new MemoryReader(root, running?.pid ?? 'self');
    reader.look();
    reader.read();
    const { memory, swap, limit } = reader;
    reader.close();
    if (memory === null) return [found('unknown', 'memory-unknown')];
    return judgeMemory({ memory, swap, limit, program: programBytes(root, running) }, config);
  },
});

/** What there is to be said of the memory; pure. */
export function judgeMemory(state: MemoryState, config: MemoryConfig): Finding[] {
  const { memory, limit, swap } = state;
  const values = { available: mebibytes(memory.available), total: mebibytes(memory.total) };
  const findings: Finding[] = [];
  const least = Math.min(LEAST_AVAILABLE, memory.total / 10);
  if (memory.available < least) findings.push(found('degraded', 'memory-low', values));
  if (limit !== null && limit < LEAST_LIMIT) {
    const wanted = mebibytes(LEAST_LIMIT);
    findings.push(found('degraded', 'memory-limit-small', { limit: mebibytes(limit), wanted }));
  }
  // swap that lies full beside memory that is free was filled long ago, and hurts nobody
  if (swap !== null && swap.used > swap.total * 0.9 && memory.available < memory.total / 5) {
    findings.push(found('degraded', 'memory-swap-full', { used: mebibytes(swap.used), total: mebibytes(swap.total) }));
  }
  const large = programNearLimit(state, config) ?? programAboveThreshold(state, config);
  if (large !== null) findings.push(large);
  return findings.length > 0 ? findings : [found('fine', 'memory-fine', values)];
}

/** Names the setting that gives back most: a large cache, workers side by side, or else the limit itself. */
function programNearLimit({ program, memory, limit }: MemoryState, { cache, detector }: MemoryConfig): Finding | null {
  const most = limit ?? memory.total;
  if (program === null || program < most * NEAR_LIMIT) return null;
  const values = {
    used: mebibytes(program),
    most: mebibytes(most),
    percent: Math.round((100 * program) / most),
  };
  if (cache.memoryBytes > most * LARGE_CACHE) {
    // a power of two, as people write it
    const wanted = 2 ** Math.floor(Math.log2(most / 8));
    return found('degraded', 'memory-program-cache', { ...values, cache: mebibytes(cache.memoryBytes), wanted });
  }
  const workers = workersOf(detector);
  if (workers > 1) return found('degraded', 'memory-program-workers', { ...values, workers });
  return found('degraded', 'memory-program-limit', { ...values, wanted: Math.ceil((program * 1.5) / MIB) });
}

/** Nobody kills it for that, but somebody wrote down that it is too much. */
function programAboveThreshold(
  { program }: MemoryState,
  { cache, detector, thresholds: { maxMemoryUsageMb: most } }: MemoryConfig,
): Finding | null {
  if (program === null || most === 0 || program <= most * MIB) return null;
  const values = { used: mebibytes(program), most, cache: mebibytes(cache.memoryBytes), workers: workersOf(detector) };
  return found('degraded', 'memory-program-threshold', values);
}

const workersOf = ({ pools, workers }: Config['detector']): number =>
  pools.reduce((sum, pool) => sum + pool.workers, 0) || workers;

/** Of the program and of all processes that it started. */
function programBytes(root: string, running: Patient['running']): number | null {
  if (running === null || running.pid === null) return null;
  const own = readResidentBytes(root, running.pid);
  if (own === null) return null;
  const parents = new Map<number, number>();
  for (const name of namesIn(join(root, 'proc'))) {
    if (!/^\d+$/.test(name)) continue;
    const parent = /^PPid:\s+(\d+)$/m.exec(textIn(join(root, 'proc', name, 'status')))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const family = new Set([running.pid]);
  // a child may have a lower number than its parent, where numbers began anew
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const [pid, parent] of parents) if (family.has(parent)) family.add(pid);
  }
  return [...family].reduce((sum, pid) => sum + (readResidentBytes(root, pid) ?? 0), 0);
}

const mebibytes = (bytes: number): number => Math.round(bytes / MIB);

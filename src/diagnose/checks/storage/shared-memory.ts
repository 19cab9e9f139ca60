import { statfs } from 'node:fs/promises';
import { SHARED_BYTES_OF_WORKER } from '../../../detect/host/picture-file.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { probeWrite } from './write-probe.js';

const MIB = 2 ** 20;
/** The largest batch of pictures. */
const LEAST_FREE = 8 * MIB;

/** Whether pictures can go to the detectors through shared memory. @param folder for tests: instead of /dev/shm */
export const sharedMemoryCheck = (folder = '/dev/shm'): Check => ({
  ground: 'storage',
  name: 'shared-memory',
  deadlineMs: 2000,
  async run({ config }) {
    const code = await probeWrite(folder);
    if (code !== null && code !== 'ENOSPC') return [found('degraded', 'shared-memory-not-writable', { folder, code })];
    const { bsize, blocks, bavail } = await statfs(folder);
    const { workers, pools } = config.detector;
    const detectors = pools.reduce((sum, pool) => sum + pool.workers, 0) || workers;
    return [judgeSharedMemory({ folder, total: bsize * blocks, free: bsize * bavail, detectors })];
  },
});

/** What there is to be said of shared memory, in bytes; pure. */
export function judgeSharedMemory(of: { folder: string; total: number; free: number; detectors: number }): Finding {
  const { folder, total, free, detectors } = of;
  const wanted = (detectors * SHARED_BYTES_OF_WORKER) / MIB;
  const values = { folder, total: Math.floor(total / MIB), free: Math.floor(free / MIB), wanted };
  // what a running program has there is part of what it needs, so the whole counts
  if (total < wanted * MIB) return found('degraded', 'shared-memory-small', values);
  if (free < LEAST_FREE) return found('degraded', 'shared-memory-full', values);
  return found('fine', 'shared-memory-fine', values);
}

import type { KnownPoint } from '../operating-point.js';
import { coreMsOf } from './kinds.js';

/**
 * By how much a picture takes longer because others want the cores too: a fair scheduler shares them among all threads that
 * have work. Only what is done on the CPU is stretched.
 *
 * @param cores of the machine
 * @param othersCores that others keep busy, this program's other work included
 */
export function crowdingAt(point: KnownPoint, cores: number, othersCores: number): number {
  const isOnCpu = point.provider === 'cpu';
  const threads = point.workers * (isOnCpu ? point.intraOpThreads : 1);
  const stretch = Math.max(1, (Math.min(threads, cores) + othersCores) / cores);
  const onCpu = isOnCpu ? 1 : Math.min(1, coreMsOf(point) / point.serviceMs);
  return 1 + (stretch - 1) * onCpu;
}

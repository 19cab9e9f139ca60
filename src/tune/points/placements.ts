import type { OperatingPoint } from '../operating-point.js';

/** How a variant may be spread over the device: everything of a point but what it runs. */
export type PointPlacement = Pick<OperatingPoint, 'provider' | 'workers' | 'intraOpThreads' | 'batchSize'>;

/** Sessions on one accelerator share it: more of them only take its memory. */
const ACCELERATOR_WORKERS = [1, 2];
const ACCELERATOR_BATCHES = [1, 4, 8, 16];

/**
 * The few ways that make sense: on a CPU one worker with one thread (least CPU time a picture), one with more (soonest
 * done) and several with one (most pictures), never more threads in all than cores, and one picture at a time, because a
 * batch gains nothing there; on an accelerator one or two workers with batches.
 *
 * @param cpus cores that this process may keep busy, >= 1
 * @param batch the one number of pictures that the file takes at once; null: any
 */
export function placements(provider: string, cpus: number, batch: number | null = null): PointPlacement[] {
  if (provider !== 'cpu') {
    const batches = batch === null ? ACCELERATOR_BATCHES : [batch];
    return ACCELERATOR_WORKERS.flatMap((workers) =>
      batches.map((batchSize) => ({ provider, workers, intraOpThreads: 1, batchSize })),
    );
  }
  const cores = Math.max(1, Math.floor(cpus));
  const batchSize = batch ?? 1;
  const most = [...new Set([1, 2, Math.floor(cores / 2), cores])].filter((count) => count >= 1 && count <= cores);
  const spread = most.flatMap((count) => [
    { provider, workers: 1, intraOpThreads: count, batchSize },
    { provider, workers: count, intraOpThreads: 1, batchSize },
  ]);
  return spread.filter(({ workers, intraOpThreads }, at) => at === 0 || workers !== 1 || intraOpThreads !== 1);
}

import type { MetricRow } from '../foundation/metric-row.js';
import type { WorkerLoad } from './worker-load.js';

/** What the workers of a pool did since the program began. */
export interface PoolWork {
  readonly pictures: number;
  readonly batches: number;
  readonly busyMs: number;
}

export const NO_WORK: PoolWork = { pictures: 0, batches: 0, busyMs: 0 };

/** Whether a worker is given pictures; `down` where it does not serve at all. */
export const WORKER_STANDINGS = ['serving', 'slow-start', 'ejected', 'probing', 'down'] as const;
export type WorkerStanding = (typeof WORKER_STANDINGS)[number];

export function standingOf({ isReady, health }: WorkerLoad): WorkerStanding {
  return isReady ? health.state.kind : 'down';
}

/** Work of the workers of one pool, added to what was before. */
export function addedWork(loads: readonly WorkerLoad[], pool: string, before: PoolWork = NO_WORK): PoolWork {
  let { pictures, batches, busyMs } = before;
  for (const load of loads) {
    if (load.pool !== pool) continue;
    pictures += load.pictures;
    batches += load.batches;
    busyMs += load.busyMs;
  }
  return { pictures, batches, busyMs };
}

/** What the metrics of the schedule are read from. */
export interface ScheduleReader {
  /** Names of all pools that there will be. */
  readonly pools: readonly string[];
  /** Those of the workers that serve; null before there are any. */
  readonly loads: () => readonly WorkerLoad[] | null;
  readonly work: (pool: string) => PoolWork;
  readonly waiting: () => number | null;
}

/** The metrics of how pictures are shared out among the pools of workers. */
export function scheduleMetrics({ pools, loads, work, waiting }: ScheduleReader): readonly MetricRow[] {
  const perPool = function* (read: (pool: string) => number | null): Generator<[string[], number | null]> {
    for (const pool of pools) yield [[pool], read(pool)];
  };
  return [
    {
      type: 'counter',
      name: 'pool_pictures',
      unit: '',
      labels: ['pool'],
      step: 1,
      help: 'Pictures that the workers of a pool answered.',
      read: () => perPool((pool) => work(pool).pictures),
    },
    {
      type: 'counter',
      name: 'pool_batches',
      unit: '',
      labels: ['pool'],
      step: 1,
      help: 'Batches in which they did: pictures by batches is how many went together in the mean.',
      read: () => perPool((pool) => work(pool).batches),
    },
    {
      type: 'counter',
      name: 'pool_busy',
      unit: 'ms',
      labels: ['pool'],
      step: 100,
      help: 'Time that the workers of a pool were busy, all together.',
      read: () => perPool((pool) => work(pool).busyMs),
    },
    {
      type: 'gauge',
      name: 'pool_picture_time',
      unit: 'ms',
      labels: ['pool'],
      step: 0.1,
      help: 'What a picture alone takes at a worker of a pool, as learnt from its answers.',
      read: () => perPool((pool) => meanPictureMs(loads() ?? [], pool)),
    },
    {
      type: 'gauge',
      name: 'pool_workers',
      unit: '',
      labels: ['pool', 'standing'],
      step: 1,
      help: `Workers of a pool by whether they are given pictures: ${WORKER_STANDINGS.join(', ')}.`,
      *read() {
        const all = loads();
        for (const pool of pools) {
          for (const standing of WORKER_STANDINGS) {
            const count = all?.filter((load) => load.pool === pool && standingOf(load) === standing).length;
            yield [[pool, standing], count ?? null];
          }
        }
      },
    },
    {
      type: 'gauge',
      name: 'pictures_waiting',
      unit: '',
      labels: [],
      step: 1,
      help: 'Pictures that wait for a place at a worker.',
      *read() {
        yield [[], waiting()];
      },
    },
  ];
}

function meanPictureMs(loads: readonly WorkerLoad[], pool: string): number | null {
  const times = loads.flatMap((load) => (load.pool === pool ? (load.service.expect(1) ?? []) : []));
  return times.length === 0 ? null : times.reduce((sum, ms) => sum + ms, 0) / times.length;
}

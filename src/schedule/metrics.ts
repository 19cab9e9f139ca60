import type { MetricRow } from '../foundation/metric-row.js';
import type { TenantId } from '../foundation/scope.js';
import { mean } from '../foundation/statistics.js';
import type { TenantWork } from './tenant-bills.js';
import type { WorkerLoad } from './worker-load.js';

/** What the workers of a pool did since the program began. */
export interface PoolWork {
  readonly pictures: number;
  readonly batches: number;
  readonly busyMs: number;
}

export const NO_WORK: PoolWork = { pictures: 0, batches: 0, busyMs: 0 };

/** Whether a worker is given pictures; `down` where it does not serve at all. */
const WORKER_STANDINGS = ['serving', 'slow-start', 'ejected', 'probing', 'down'] as const;
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
  /** Ids of the tenants, null for the device's own cameras; empty where there are no tenants. */
  readonly tenants: readonly TenantId[];
  readonly workFor: (tenant: TenantId) => TenantWork;
  readonly waitingOf: (tenant: TenantId) => number | null;
}

/** What the device's own cameras are called beside tenants; no tenant has such an id. */
const OWN = '(device)';

/** The metrics of how pictures are shared out among the pools of workers. */
export function scheduleMetrics(reader: ScheduleReader): readonly MetricRow[] {
  const { pools, loads, work, waiting, tenants } = reader;
  const perPool = function* (read: (pool: string) => number | null): Generator<[string[], number | null]> {
    for (const pool of pools) yield [[pool], read(pool)];
  };
  const perTenant = function* (read: (tenant: TenantId) => number | null): Generator<[string[], number | null]> {
    for (const tenant of tenants) yield [[tenant ?? OWN], read(tenant)];
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
    {
      type: 'counter',
      name: 'tenant_pictures',
      unit: '',
      labels: ['tenant'],
      step: 1,
      help: 'Pictures that workers answered for a tenant; `(device)` for the device’s own cameras. There are none without tenants.',
      read: () => perTenant((tenant) => reader.workFor(tenant).pictures),
    },
    {
      type: 'counter',
      name: 'tenant_busy',
      unit: 'ms',
      labels: ['tenant'],
      step: 100,
      help: 'Time that workers were busy for a tenant: what the shares divide when pictures wait.',
      read: () => perTenant((tenant) => reader.workFor(tenant).busyMs),
    },
    {
      type: 'gauge',
      name: 'tenant_pictures_waiting',
      unit: '',
      labels: ['tenant'],
      step: 1,
      help: 'Pictures of a tenant that wait for a place at a worker.',
      read: () => perTenant((tenant) => reader.waitingOf(tenant)),
    },
  ];
}

function meanPictureMs(loads: readonly WorkerLoad[], pool: string): number | null {
  const times = loads.flatMap((load) => (load.pool === pool ? (load.service.expect(1) ?? []) : []));
  return mean(times);
}

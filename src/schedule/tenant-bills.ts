import type { TenantId } from '../foundation/scope.js';
import type { Ticket } from './waiting-line.js';
import type { BatchInFlight } from './worker-load.js';

/** What workers did for a tenant. */
export interface TenantWork {
  readonly pictures: number;
  /** ms; of a batch with pictures of several tenants each has its part. */
  readonly busyMs: number;
}

interface Bill {
  /** Of each picture whose it is. */
  readonly tenants: TenantId[];
  /** What each was charged in advance, ms. */
  readonly msEach: number;
}

/** Of a tenant that nothing was done for. */
export const NO_TENANT_WORK: TenantWork = { pictures: 0, busyMs: 0 };

/** Both together. */
export function addedTenantWork(one: TenantWork, other: TenantWork): TenantWork {
  return { pictures: one.pictures + other.pictures, busyMs: one.busyMs + other.busyMs };
}

/** Who pays for the batches: an estimate when they are sent, put right when it is known what they took. */
export class TenantBills {
  readonly #open = new Map<BatchInFlight, Bill>();
  readonly #work = new Map<TenantId, TenantWork>();
  readonly #settle: (tenant: TenantId, ms: number, expectedMs: number) => void;

  /** @param settle a picture of a tenant took so many ms, 0 where it never came to be inferred, where another time was charged */
  constructor(settle: (tenant: TenantId, ms: number, expectedMs: number) => void) {
    this.#settle = settle;
  }

  /** Pictures of one tenant that are with workers. */
  underWay(tenant: TenantId): number {
    let count = 0;
    for (const { tenants } of this.#open.values()) for (const one of tenants) if (one === tenant) count++;
    return count;
  }

  workFor(tenant: TenantId): TenantWork {
    return this.#work.get(tenant) ?? NO_TENANT_WORK;
  }

  sent(batch: BatchInFlight, tickets: readonly Ticket[], msEach: number): void {
    this.#open.set(batch, { tenants: tickets.map(({ tenant = null }) => tenant), msEach });
  }

  stayedAway(batch: BatchInFlight, tenant: TenantId): void {
    const bill = this.#open.get(batch);
    const at = bill?.tenants.indexOf(tenant) ?? -1;
    if (at < 0) return;
    bill!.tenants.splice(at, 1);
    this.#settle(tenant, 0, bill!.msEach);
  }

  /** Those that came share what it took. */
  answered(batch: BatchInFlight, ms: number): void {
    const bill = this.#open.get(batch);
    this.#open.delete(batch);
    for (const tenant of bill?.tenants ?? []) {
      const part = ms / bill!.tenants.length;
      this.#work.set(tenant, addedTenantWork(this.workFor(tenant), { pictures: 1, busyMs: part }));
      this.#settle(tenant, part, bill!.msEach);
    }
  }

  /** The worker was kept busy in vain: what was charged stays, as nobody knows what it would have taken. */
  unanswered(batch: BatchInFlight): void {
    this.#open.delete(batch);
  }
}

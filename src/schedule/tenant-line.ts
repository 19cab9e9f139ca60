import { FairTurns } from '../foundation/fair-turns.js';
import type { TenantId } from '../foundation/scope.js';
import { type Ticket, WaitingLine } from './waiting-line.js';

/** How far a picture's price is moved towards what one took. */
const GAIN = 0.1;
/** Before anything was measured, ms. */
const UNMEASURED_MS = 20;

/**
 * Who is next: first the tenants, in proportion to their shares of the workers' time, then the sources of each. With one
 * tenant it is its waiting line and nothing else.
 */
export class TenantLine {
  readonly #turns: FairTurns<TenantId>;
  readonly #lines = new Map<TenantId, WaitingLine>();
  /** All of them in the order in which they are due; null where that is to be found out again. */
  #order: readonly Ticket[] | null = null;
  /** ms of service that a picture takes in the mean: how far a turn moves its tenant back. */
  #pictureMs = UNMEASURED_MS;
  /** The same of those that go together: what a tenant that had less than its share lately may be ahead of the others. */
  #batchMs = UNMEASURED_MS;
  #length = 0;

  constructor(shares: ReadonlyMap<TenantId, number>) {
    this.#turns = new FairTurns(shares);
  }

  get length(): number {
    return this.#length;
  }

  /** Pictures of one tenant that wait. */
  lengthOf(tenant: TenantId): number {
    return this.#lines.get(tenant)?.length ?? 0;
  }

  at(index: number): Ticket {
    this.#order ??= this.#inOrder();
    return this.#order[index]!;
  }

  /** @returns the ticket that it takes the place of; null: none */
  add(ticket: Ticket): Ticket | null {
    const tenant = tenantOf(ticket);
    const older = this.#lineOf(tenant).add(ticket);
    if (older === null) this.#length++;
    this.#turns.waits(tenant, this.#batchMs);
    this.#order = null;
    return older;
  }

  /** How many would be before the next picture of this source of a tenant. */
  ahead(source: string, tenant: TenantId): number {
    const own = this.#lines.get(tenant)?.ahead(source) ?? 0;
    const others = [...this.#lines].filter(([one, { length }]) => one !== tenant && length > 0);
    let before = own;
    // the turn at which it would be, if nobody else were served meanwhile
    const tag = this.#turns.tagOf(tenant, this.#batchMs) + own * this.#step(tenant);
    for (const [other, { length }] of others) {
      // of the same turn those that wait already are first
      const turns = Math.floor((tag - this.#turns.tagOf(other)) / this.#step(other)) + 1;
      before += Math.min(length, Math.max(0, turns));
    }
    return before;
  }

  /**
   * Takes so many out, from there on.
   * @param msEach service that each of them is expected to take; 0: they are given up
   */
  take(from: number, count: number, msEach: number): Ticket[] {
    this.#order ??= this.#inOrder();
    const order = this.#order;
    const taken = order.slice(from, from + count);
    if (msEach > 0) this.#batchMs += GAIN * (msEach * taken.length - this.#batchMs);
    for (const tenant of new Set(taken.map(tenantOf))) {
      const line = this.#lines.get(tenant)!;
      const first = order.findIndex((ticket, index) => index >= from && tenantOf(ticket) === tenant);
      const before = countOf(order.slice(0, first), tenant);
      const own = line.take(before, countOf(taken, tenant));
      if (msEach > 0) for (const _ of own) this.#turns.served(tenant, msEach);
      if (line.length === 0) this.#turns.waitsNoMore(tenant);
    }
    this.#changed();
    return taken;
  }

  /** A picture of this tenant took so many ms where another time was expected, or none. */
  settle(tenant: TenantId, ms: number, expectedMs: number): void {
    if (ms > 0) this.#pictureMs += GAIN * (ms - this.#pictureMs);
    this.#turns.corrected(tenant, ms - expectedMs);
    this.#order = null;
  }

  /** Nothing waits, and no worker has anything to do. */
  rested(): void {
    this.#turns.rested();
  }

  remove(ticket: Ticket): void {
    const tenant = tenantOf(ticket);
    const line = this.#lineOf(tenant);
    line.remove(ticket);
    if (line.length === 0) this.#turns.waitsNoMore(tenant);
    this.#changed();
  }

  clear(): readonly Ticket[] {
    const all = [...this.#lines].flatMap(([tenant, line]) => {
      this.#turns.waitsNoMore(tenant);
      return line.clear();
    });
    this.#changed();
    return all;
  }

  #changed(): void {
    this.#order = null;
    this.#length = 0;
    for (const { length } of this.#lines.values()) this.#length += length;
  }

  #lineOf(tenant: TenantId): WaitingLine {
    let line = this.#lines.get(tenant);
    if (line === undefined) {
      line = new WaitingLine();
      this.#lines.set(tenant, line);
    }
    return line;
  }

  /** How far a picture moves its tenant's tag. */
  #step(tenant: TenantId): number {
    return this.#pictureMs / this.#turns.weightOf(tenant);
  }

  /** The turns that there would be if each picture took what one does in the mean, and nothing else came. */
  #inOrder(): readonly Ticket[] {
    const heads = [...this.#lines]
      .filter(([, { length }]) => length > 0)
      .map(([tenant, line]) => ({ line, next: 0, tag: this.#turns.tagOf(tenant), step: this.#step(tenant) }));
    const order: Ticket[] = [];
    while (order.length < this.#length) {
      let soonest: (typeof heads)[number] | null = null;
      for (const head of heads) {
        if (head.next === head.line.length) continue;
        const isSooner =
          soonest === null ||
          head.tag < soonest.tag ||
          (head.tag === soonest.tag && head.line.at(head.next).askedAt < soonest.line.at(soonest.next).askedAt);
        if (isSooner) soonest = head;
      }
      order.push(soonest!.line.at(soonest!.next++));
      soonest!.tag += soonest!.step;
    }
    return order;
  }
}

/** Whose picture waits with the ticket. */
export function tenantOf({ tenant = null }: Ticket): TenantId {
  return tenant;
}

function countOf(tickets: readonly Ticket[], tenant: TenantId): number {
  return tickets.reduce((count, ticket) => count + (tenantOf(ticket) === tenant ? 1 : 0), 0);
}

import type { TenantId } from '../foundation/scope.js';
import type { LateCause } from '../frame/place.js';
import { Arrivals } from './arrivals.js';
import { type Balance, leastExpectedCompletion } from './balance.js';
import { type BatchChoice, dynamicBatch } from './batch-choice.js';
import type { Batching } from './batching.js';
import type { BatchEnd } from './picture-batch.js';
import { PlannedWorker, soonestToAnswer } from './planned-worker.js';
import { TenantBills, type TenantWork } from './tenant-bills.js';
import { TenantLine } from './tenant-line.js';
import type { Ticket } from './waiting-line.js';
import { type BatchInFlight, WorkerLoad } from './worker-load.js';

/** What is to be done now. After everything but `wait` it is to be asked again. */
export type DispatchDecision =
  | {
      readonly kind: 'send';
      readonly worker: number;
      readonly tickets: readonly Ticket[];
      /** What the worker is given: the pictures, filled up to this many. */
      readonly batch: BatchInFlight;
    }
  | { readonly kind: 'drop'; readonly ticket: Ticket; readonly cause: LateCause }
  /** A worker that was set aside is to be given a picture that nobody waits for. */
  | { readonly kind: 'probe'; readonly worker: number }
  /** Until something happens, or until then. */
  | { readonly kind: 'wait'; readonly until: number | null };

/** What a picture could expect. */
export interface Outlook {
  readonly answerAt: number;
  /** ms that one alone takes at the fastest worker. */
  readonly aloneMs: number;
}

export interface DispatcherOptions {
  /** Name of the pool of each worker. */
  readonly pools: readonly string[];
  /** Batches that one worker may have on their way, >= 1. */
  readonly inFlightPerWorker: number;
  readonly batching: Batching;
  /** Weights of the tenants when pictures wait; default: everything is the device's own. */
  readonly shares?: ReadonlyMap<TenantId, number>;
  readonly balance?: Balance;
  readonly choice?: BatchChoice;
}

/** Expected pictures that a plan looks at. */
const MOST_EXPECTED = 48;
/** A plan looks as far ahead as so many of the largest batches take. */
const BATCHES_AHEAD = 3;
/** Where tenants take turns the next picture for a busy worker is chosen so long before it is wanted: the way there, ms, or this share of a picture's time if that is less. */
const LEAD_MS = 2;
const LEAD_SHARE = 0.1;
/** Pictures that wait without an end for so long, ms, are more than the fast workers keep up with. */
const HURRIED_AFTER_MS = 250;

/**
 * Which waiting pictures go to which worker, in what batches, when, and which are given up: numbers and a time in,
 * decisions out. Whoever owns timers and promises tells it what happens, asks `next`, and does what it says.
 */
export class Dispatcher {
  readonly workers: readonly WorkerLoad[];
  readonly #line: TenantLine;
  readonly #bills: TenantBills;
  readonly #hasTenants: boolean;
  readonly #arrivals = new Arrivals(MOST_EXPECTED);
  readonly #inFlightPerWorker: number;
  readonly #balance: Balance;
  readonly #choice: BatchChoice;
  #batching: Batching;
  /** Since when pictures have been waiting without an end. */
  #queuedSince: number | null = null;

  constructor(options: DispatcherOptions) {
    this.workers = options.pools.map((pool) => new WorkerLoad(pool));
    const shares = options.shares ?? new Map();
    this.#line = new TenantLine(shares);
    this.#bills = new TenantBills((tenant, ms, expectedMs) => this.#line.settle(tenant, ms, expectedMs));
    this.#hasTenants = shares.size > 1;
    this.#inFlightPerWorker = options.inFlightPerWorker;
    this.#batching = options.batching;
    this.#balance = options.balance ?? leastExpectedCompletion;
    this.#choice = options.choice ?? dynamicBatch;
  }

  get batching(): Batching {
    return this.#batching;
  }

  set batching(batching: Batching) {
    this.#batching = batching;
  }

  /** Pictures that wait. */
  get waiting(): number {
    return this.#line.length;
  }

  /** Whether a worker has nothing to do and nothing waits for one. */
  get idle(): boolean {
    return this.#line.length === 0 && this.workers.some((worker) => worker.isReady && worker.inFlight.length === 0);
  }

  /** Pictures of one tenant that wait. */
  waitingOf(tenant: TenantId): number {
    return this.#line.lengthOf(tenant);
  }

  /** Whether its part of the workers rests: none of its pictures waits or is with one. */
  restsFor(tenant: TenantId): boolean {
    return this.#line.lengthOf(tenant) === 0 && this.#bills.underWay(tenant) === 0;
  }

  /** What the workers did for a tenant so far. */
  workFor(tenant: TenantId): TenantWork {
    return this.#bills.workFor(tenant);
  }

  /** A worker began to serve, or ceased to. @param sizes batch sizes that it takes; empty: it serves no more */
  changed(worker: number, sizes: readonly number[]): void {
    const load = this.workers[worker]!;
    if (!load.isReady && sizes.length > 0) load.health.restarted();
    load.sizes = [...sizes].sort((a, b) => a - b);
  }

  /** @returns the older picture of the same source that it takes the place of, which is given up; null: none */
  ask(ticket: Ticket): Ticket | null {
    this.#arrivals.seen(ticket.source, ticket.askedAt);
    return this.#line.add(ticket);
  }

  /** Nobody waits for it any more. */
  withdraw(ticket: Ticket): void {
    this.#line.remove(ticket);
  }

  /** Everything that waits is given up. */
  clear(): readonly Ticket[] {
    return this.#line.clear();
  }

  /** A worker answered a batch. @returns ms that it was busy with it */
  answered(worker: number, batch: BatchInFlight, now: number): number {
    const load = this.workers[worker]!;
    const usual = this.#usual(worker, batch.size);
    const ms = load.answered(batch, now);
    load.service.learn(batch.size, ms);
    load.health.answered(ms, usual, now);
    this.#bills.answered(batch, ms);
    this.#rest();
    return ms;
  }

  /** A picture that had a place in a batch does not come: it costs its tenant nothing. */
  stayedAway(batch: BatchInFlight, { tenant = null }: Ticket): void {
    this.#bills.stayedAway(batch, tenant);
  }

  /** A batch goes to its worker now; it may be smaller than it was thought of. */
  leaves(batch: BatchInFlight, pictures: number, size: number, now: number): void {
    batch.pictures = pictures;
    batch.size = size;
    batch.sentAt = now;
  }

  /** A batch got no answer. A worker for which one was too large is given smaller ones from now on. */
  unanswered(worker: number, batch: BatchInFlight, end: Exclude<BatchEnd, 'answered'>, now: number): void {
    const load = this.workers[worker]!;
    load.gone(batch);
    if (end === 'too-large') load.sizes = load.sizes.filter((size) => size < batch.size);
    if (end === 'refused') load.health.failed(now);
    this.#bills.unanswered(batch);
    this.#rest();
  }

  #rest(): void {
    if (this.#line.length === 0 && this.workers.every(({ inFlight }) => inFlight.length === 0)) this.#line.rested();
  }

  /** A worker answered a probe, or a picture of a trial run before it served, in so many ms; null: it did not. */
  tried(worker: number, size: number, ms: number | null, now: number): void {
    const load = this.workers[worker]!;
    const usual = this.#usual(worker, size);
    if (load.health.state.kind !== 'probing') {
      if (ms !== null) load.service.learn(size, ms);
    } else if (load.health.probed(ms, usual, now)) load.service.restart(size, ms!);
  }

  /** What a picture of this source of a tenant that came now could expect; null where nobody serves. */
  outlook(source: string, now: number, tenant: TenantId = null): Outlook | null {
    const views = this.#views(now);
    const [first] = views;
    if (first === undefined) return null;
    let answerAt = now;
    for (let left = this.#line.ahead(source, tenant) + 1; left > 0; ) {
      const view = soonestToAnswer(views, left)!;
      answerAt = view.answerAt(left);
      left -= view.plan(left);
    }
    return { answerAt, aloneMs: first.fastestMs };
  }

  next(now: number): DispatchDecision {
    const sick = this.workers.findIndex(({ isReady, health }) => isReady && health.probeDue(now));
    if (sick >= 0) {
      this.workers[sick]!.health.probe();
      return { kind: 'probe', worker: sick };
    }
    if (this.#line.length === 0) {
      this.#queuedSince = null;
      return { kind: 'wait', until: null };
    }
    const views = this.#views(now);
    const hurried = this.#queuedSince !== null && now - this.#queuedSince > HURRIED_AFTER_MS;
    return this.#giveUp(views, hurried, now) ?? this.#plan(views, hurried, now);
  }

  /** The first that cannot be answered in time any more by anybody. */
  #giveUp(views: readonly PlannedWorker[], hurried: boolean, now: number): DispatchDecision | null {
    if (views.length === 0) return null;
    // while more comes than is answered the others fill the batch that answers most
    const soonestAt = Math.min(...views.map((view) => view.surelyAt(hurried ? this.#line.length - 1 : 1)));
    for (let i = 0; i < this.#line.length; i++) {
      const ticket = this.#line.at(i);
      const cause = reasonToGiveUp(ticket, now, soonestAt, views[0]!.fastestMs);
      if (cause === null) continue;
      this.#line.take(i, 1, 0);
      return { kind: 'drop', ticket, cause };
    }
    return null;
  }

  #plan(views: readonly PlannedWorker[], hurried: boolean, now: number): DispatchDecision {
    let wake = Number.POSITIVE_INFINITY;
    let candidates = views;
    for (let from = 0; from < this.#line.length; ) {
      const left = this.#line.length - from;
      const chosen = this.#balance(candidates, left, hurried);
      if (chosen === null) break;
      const view = candidates[chosen]!;
      if (!this.#inTimeAt(view, from)) {
        // another one may manage it
        candidates = candidates.filter((one) => one !== view);
        continue;
      }
      if (view.hasRoom) {
        const answer = this.#notBefore(view, now) ?? this.#choose(view, from, left, views, hurried, now);
        if (answer.kind === 'take') return this.#send(view, from, answer, now);
        wake = Math.min(wake, answer.until);
      }
      from += view.plan(left);
    }
    this.#queuedSince ??= now;
    return { kind: 'wait', until: wake === Number.POSITIVE_INFINITY ? null : wake };
  }

  /** Whoever's turn it is by then: what a busy worker was given for later would be before it. */
  #notBefore(view: PlannedWorker, now: number): { readonly kind: 'wait'; readonly until: number } | null {
    const until = view.load.freeAt(now) - Math.min(LEAD_MS, LEAD_SHARE * view.aloneMs);
    return this.#hasTenants && view.inFlight > 0 && until > now ? { kind: 'wait', until } : null;
  }

  #inTimeAt(view: PlannedWorker, from: number): boolean {
    const { arrivedAt, budgetMs } = this.#line.at(from);
    return budgetMs === null || budgetMs <= view.fastestMs || view.answerAt(1) <= arrivedAt + budgetMs;
  }

  #choose(
    view: PlannedWorker,
    from: number,
    waiting: number,
    views: readonly PlannedWorker[],
    hurried: boolean,
    now: number,
  ) {
    const { load, sizes } = view;
    const startAt = load.freeAt(now);
    const ahead = BATCHES_AHEAD * load.takes(sizes.at(-1)!);
    return this.#choice({
      now,
      startAt,
      sizes,
      takes: (size) => load.takes(size),
      knows: (size) => load.service.knows(size),
      waiting,
      hurried,
      deadlineOf: (pictures) => this.#deadlineOf(from, pictures, view.fastestMs),
      waitUntil: this.#line.at(from).askedAt + this.#batching.windowMs,
      forecast: this.#arrivals.forecast(now, sizes.length === 1 ? now : startAt + ahead),
      share: view.rate / views.reduce((sum, one) => sum + one.rate, 0),
    });
  }

  #deadlineOf(from: number, pictures: number, fastestMs: number): number {
    let soonest = Number.POSITIVE_INFINITY;
    for (let i = from; i < from + pictures; i++) {
      const { arrivedAt, budgetMs } = this.#line.at(i);
      if (budgetMs !== null && budgetMs > fastestMs) soonest = Math.min(soonest, arrivedAt + budgetMs);
    }
    return soonest;
  }

  #send(view: PlannedWorker, from: number, answer: { pictures: number; size: number }, now: number): DispatchDecision {
    const msEach = view.load.takes(answer.size) / answer.pictures;
    const tickets = this.#line.take(from, answer.pictures, msEach);
    const batch = { size: answer.size, pictures: answer.pictures, sentAt: now };
    view.load.sent(batch);
    this.#bills.sent(batch, tickets, msEach);
    if (this.#line.length === 0) this.#queuedSince = null;
    return { kind: 'send', worker: view.index, tickets, batch };
  }

  /** Those that may be given pictures. Where all are set aside a sick one is better than none. */
  #views(now: number): PlannedWorker[] {
    const ready = this.workers.flatMap((load, index) => (load.isReady ? [{ load, index }] : []));
    const well = ready.filter(({ load }) => load.health.allowed > 0);
    const views = (well.length > 0 ? well : ready).map(
      ({ load, index }) => new PlannedWorker(index, load, this.#batching.maxBatch, this.#inFlightPerWorker, now),
    );
    const fastestMs = Math.min(...views.map((view) => view.aloneMs));
    for (const view of views) view.fastestMs = fastestMs;
    return views;
  }

  /** What a batch of this size takes at workers of the same pool; null where there is no other. */
  #usual(worker: number, size: number): number | null {
    const own = this.workers[worker]!;
    let usual: number | null = null;
    for (const other of this.workers) {
      if (other === own || other.pool !== own.pool || !other.isReady || other.health.allowed === 0) continue;
      const expected = other.service.expect(size);
      if (expected !== null) usual = Math.max(usual ?? 0, expected);
    }
    return usual ?? (this.workers.length > 1 ? own.service.usual(size) : null);
  }
}

/**
 * Where even a picture alone takes longer than the budget, nobody could keep it: it is then judged by its age when its turn
 * comes, or nothing would ever be answered.
 */
export function reasonToGiveUp(
  { arrivedAt, budgetMs }: Pick<Ticket, 'arrivedAt' | 'budgetMs'>,
  now: number,
  answerAt: number,
  aloneMs: number,
): LateCause | null {
  if (budgetMs === null) return null;
  const deadline = arrivedAt + budgetMs;
  if (now > deadline) return 'stale';
  return answerAt > deadline && budgetMs > aloneMs ? 'overload' : null;
}

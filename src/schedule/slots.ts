import type { Detector } from '../detect/detector.js';
import type { TenantId } from '../foundation/scope.js';
import type { LateCause, PlaceAnswer } from '../frame/place.js';
import type { Batching } from './batching.js';
import { type DispatchDecision, Dispatcher, type DispatcherOptions, reasonToGiveUp } from './dispatcher.js';
import { type BatchEnd, PictureBatch, type PictureReply, type Serving } from './picture-batch.js';
import type { TenantWork } from './tenant-bills.js';
import { measureSizes, timeGrey } from './trial-batches.js';
import type { Ticket } from './waiting-line.js';
import type { BatchInFlight, WorkerLoad } from './worker-load.js';

/** A detector as the schedule sees it: somewhere to send pictures, when it is ready for them. */
export interface SlotWorker {
  readonly detector: Detector;
  /** Name of its pool. */
  readonly pool: string;
  /** What it has loaded, the same object until it loads again; null while it does not serve. */
  readonly serving: () => Serving | null;
}

/** A place in a batch at a worker: to be used or given back, once. */
export interface Slot extends Pick<Serving, 'variant' | 'provider' | 'inputWidth' | 'inputHeight'> {
  /**
   * @param pixels RGB of the input's size; they must stay as they are until the promise settles
   * @param onSent called when the worker has the picture
   * @throws DetectorError where the worker was lost with it
   */
  infer(pixels: Uint8Array, onSent: () => void): Promise<PictureReply>;
  giveBack(): void;
}

/** What asks for a place. */
export type SlotRequest = Omit<Ticket, 'askedAt'>;

/** Why there is no place: it is not worth one any more, or there will be none. */
type Refusal = Exclude<PlaceAnswer, 'admitted'>;

export interface SlotsOptions extends Omit<DispatcherOptions, 'pools'> {
  /** Whether workers may have inputs of different sizes. Default: they do not. */
  readonly hasMixedInputs?: boolean;
  /** ms that only go forward; default: those of the process. */
  readonly now?: () => number;
}

interface Asker {
  readonly ticket: Ticket;
  readonly answer: (slot: Slot | Refusal) => void;
}

/**
 * Who may send a picture to which worker, and with whom. Whoever asks is given a place in a batch as soon as the dispatcher
 * has one for it; this does what the dispatcher decides, and owns its one timer. While no worker is ready nobody gets a
 * place: frames then wait, and are dropped and counted.
 */
export class Slots {
  readonly #workers: readonly SlotWorker[];
  readonly #dispatcher: Dispatcher;
  readonly #now: () => number;
  readonly #hasMixedInputs: boolean;
  readonly #hasTenants: boolean;
  /** What each worker served when it was last looked at. */
  readonly #known: (Serving | null)[];
  readonly #askers = new Map<Ticket, Asker['answer']>();
  #timer: NodeJS.Timeout | null = null;
  #inputSize: Pick<Serving, 'inputWidth' | 'inputHeight'> | null = null;
  #closed = false;

  constructor(workers: readonly SlotWorker[], options: SlotsOptions) {
    const { now = () => performance.now(), hasMixedInputs = false, ...rest } = options;
    this.#workers = workers;
    this.#hasMixedInputs = hasMixedInputs;
    this.#hasTenants = (rest.shares?.size ?? 0) > 1;
    this.#now = now;
    this.#known = workers.map(() => null);
    this.#dispatcher = new Dispatcher({ ...rest, pools: workers.map(({ pool }) => pool) });
    this.workersChanged();
  }

  /** Askers that have no place yet. */
  get waiting(): number {
    return this.#dispatcher.waiting;
  }

  /** Whether a worker has nothing to do and nobody waits for one. */
  get idle(): boolean {
    return this.#dispatcher.idle;
  }

  /** Askers of one tenant that have no place yet. */
  waitingOf(tenant: TenantId): number {
    return this.#dispatcher.waitingOf(tenant);
  }

  /**
   * Whether a tenant may use the workers for what nobody waits for: they are idle, or others use what it could claim while
   * none of its own pictures waits or is with one.
   */
  idleFor(tenant: TenantId): boolean {
    return this.idle || (this.#hasTenants && this.#dispatcher.restsFor(tenant));
  }

  /** What the workers did for a tenant so far. */
  workFor(tenant: TenantId): TenantWork {
    return this.#dispatcher.workFor(tenant);
  }

  /** Of each worker: what it takes, has to do and did. */
  get loads(): readonly WorkerLoad[] {
    return this.#dispatcher.workers;
  }

  /** The input's size, where all that serve have the same; else null. */
  get inputSize(): Pick<Serving, 'inputWidth' | 'inputHeight'> | null {
    return this.#inputSize;
  }

  get batching(): Batching {
    return this.#dispatcher.batching;
  }

  /** From the next batch on. */
  setBatching(batching: Batching): void {
    this.#dispatcher.batching = batching;
    this.#pump();
  }

  /** Whether a picture that asked now would not be worth an answer any more when it came; null: it may be. */
  givesUp({ source, tenant, arrivedAt, budgetMs }: SlotRequest): LateCause | null {
    if (budgetMs === null) return null;
    const now = this.#now();
    const outlook = this.#dispatcher.outlook(source, now, tenant);
    const { answerAt, aloneMs } = outlook ?? { answerAt: now, aloneMs: 0 };
    return reasonToGiveUp({ arrivedAt, budgetMs }, now, answerAt, aloneMs);
  }

  /** A place in a batch, as soon as there is one; or why there is none. */
  take(request: SlotRequest): Promise<Slot | Refusal> {
    if (this.#closed) return Promise.resolve('closed');
    return new Promise((resolve) => {
      const ticket = { ...request, askedAt: this.#now() };
      this.#askers.set(ticket, resolve);
      const older = this.#dispatcher.ask(ticket);
      if (older !== null) this.#answer(older, 'overload');
      this.#pump();
    });
  }

  /** To be called whenever a worker began to serve, or ceased to. */
  workersChanged(): void {
    this.#pump();
  }

  /** A worker that is being ended serves no more, though nobody said so yet. */
  #look(): void {
    for (const [index, { serving }] of this.#workers.entries()) {
      const now = serving();
      if (now === this.#known[index]) continue;
      this.#known[index] = now;
      this.#dispatcher.changed(index, []);
      if (now === null) continue;
      if (!this.#hasMixedInputs) this.#inputSize = now;
      this.#begin(index, now);
    }
  }

  /** Everyone who waits is told so. */
  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    for (const ticket of this.#dispatcher.clear()) this.#answer(ticket, 'closed');
  }

  /** A worker that takes several pictures at once is tried with grey ones of each size first. */
  #begin(index: number, serving: Serving): void {
    const { batchSizes = [1] } = serving;
    if (batchSizes.length === 1) {
      this.#dispatcher.changed(index, batchSizes);
      return;
    }
    const tried = (size: number, ms: number): void => this.#dispatcher.tried(index, size, ms, this.#now());
    void measureSizes(this.#workers[index]!.detector, serving, tried).then((sizes) => {
      if (this.#known[index] !== serving || this.#closed) return;
      this.#dispatcher.changed(index, sizes);
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#closed) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#look();
    for (;;) {
      const decision = this.#dispatcher.next(this.#now());
      switch (decision.kind) {
        case 'send':
          this.#send(decision);
          break;
        case 'drop':
          this.#answer(decision.ticket, decision.cause);
          break;
        case 'probe':
          this.#probe(decision.worker);
          break;
        case 'wait':
          if (decision.until !== null) this.#wake(decision.until);
          return;
      }
    }
  }

  #wake(at: number): void {
    this.#timer = setTimeout(() => this.#pump(), Math.max(0, at - this.#now()));
  }

  #answer(ticket: Ticket, answer: Slot | Refusal): void {
    const tell = this.#askers.get(ticket);
    this.#askers.delete(ticket);
    tell?.(answer);
  }

  #send({ worker, tickets, batch }: Extract<DispatchDecision, { kind: 'send' }>): void {
    const serving = this.#known[worker]!;
    const together = new PictureBatch({
      detector: this.#workers[worker]!.detector,
      serving,
      sizes: this.#dispatcher.workers[worker]!.sizes,
      places: tickets.length,
      onLeaving: (pictures, size) => this.#dispatcher.leaves(batch, pictures, size, this.#now()),
      onEnd: (end) => this.#ended(worker, batch, end),
    });
    for (const ticket of tickets) {
      const isAway = (): void => this.#dispatcher.stayedAway(batch, ticket);
      this.#answer(ticket, slotIn(together, serving, isAway));
    }
  }

  #ended(worker: number, batch: BatchInFlight, end: BatchEnd): void {
    const now = this.#now();
    if (end === 'answered') this.#dispatcher.answered(worker, batch, now);
    else this.#dispatcher.unanswered(worker, batch, end, now);
    this.#pump();
  }

  #probe(worker: number): void {
    const serving = this.#known[worker]!;
    const [smallest = 1] = this.#dispatcher.workers[worker]!.sizes;
    void timeGrey(this.#workers[worker]!.detector, serving, smallest).then((ms) => {
      if (this.#known[worker] === serving) this.#dispatcher.tried(worker, smallest, ms, this.#now());
      this.#pump();
    });
  }
}

function slotIn(
  batch: PictureBatch,
  { variant, provider, inputWidth, inputHeight }: Serving,
  isAway: () => void,
): Slot {
  let isOpen = true;
  return {
    variant,
    provider,
    inputWidth,
    inputHeight,
    infer: (pixels, onSent) => {
      isOpen = false;
      return batch.join(pixels, onSent);
    },
    giveBack: () => {
      if (!isOpen) return;
      isOpen = false;
      isAway();
      batch.stayAway();
    },
  };
}

import type { Detector } from '../detect/detector.js';
import type { Batching } from './batching.js';

/** A detector as the schedule sees it: somewhere to send frames, when it is ready for them. */
export interface SlotWorker {
  readonly detector: Detector;
  isReady(): boolean;
}

/** The right to have one frame in flight at a worker; to be given back once. */
export interface Slot {
  readonly detector: Detector;
  giveBack(): void;
}

type Waiter = (slot: Slot | null) => void;

/**
 * Who may send a frame to which worker. Each worker has a fixed number of slots; asking is first come, first served, so
 * cameras that ask for one slot at a time take turns by themselves. While no worker is ready nobody gets a slot: frames
 * then wait, and are dropped and counted, at their own source.
 */
export class Slots {
  readonly #workers: readonly SlotWorker[];
  readonly #inFlight: number[];
  readonly #slotsPerWorker: number;
  readonly #waiters: Waiter[] = [];
  #closed = false;
  #batching: Batching = { maxBatch: 1, windowMs: 0 };

  /** @param slotsPerWorker frames that one worker may have in flight, >= 1 */
  constructor(workers: readonly SlotWorker[], slotsPerWorker: number) {
    this.#workers = workers;
    this.#inFlight = workers.map(() => 0);
    this.#slotsPerWorker = slotsPerWorker;
  }

  /** Askers that have no slot yet: at most one per camera. */
  get waiting(): number {
    return this.#waiters.length;
  }

  /** Whether a worker has nothing to do and nobody waits for one. */
  get idle(): boolean {
    return this.#waiters.length === 0 && this.#workers.some((worker, i) => this.#inFlight[i] === 0 && worker.isReady());
  }

  get batching(): Batching {
    return this.#batching;
  }

  /** From the next batch on. */
  setBatching(batching: Batching): void {
    this.#batching = batching;
  }

  /** A slot at the ready worker with the fewest frames in flight, as soon as there is one; null once closed. */
  take(): Promise<Slot | null> {
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.workersChanged();
    });
  }

  /** Hands out slots that have become free: to be called whenever a worker got ready. */
  workersChanged(): void {
    while (this.#waiters.length > 0) {
      const worker = this.#leastBusy();
      if (worker < 0) return;
      this.#waiters.shift()!(this.#slotAt(worker));
    }
  }

  /** Everyone who waits gets null. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters.splice(0)) waiter(null);
  }

  #leastBusy(): number {
    let best = -1;
    let fewest = this.#slotsPerWorker;
    for (let i = 0; i < this.#workers.length; i++) {
      if (this.#inFlight[i]! < fewest && this.#workers[i]!.isReady()) {
        best = i;
        fewest = this.#inFlight[i]!;
      }
    }
    return best;
  }

  #slotAt(worker: number): Slot {
    this.#inFlight[worker]!++;
    let held = true;
    return {
      detector: this.#workers[worker]!.detector,
      giveBack: () => {
        if (!held) return;
        held = false;
        this.#inFlight[worker]!--;
        this.workersChanged();
      },
    };
  }
}

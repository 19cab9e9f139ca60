import type { Detector } from '../detect/detector.js';

/** A detector as the schedule sees it: somewhere to send frames, when it is ready for them. */
export interface TurnWorker {
  readonly detector: Detector;
  isReady(): boolean;
}

/** The right to have one frame in flight at a worker; must be given back exactly once. */
export interface Turn {
  readonly detector: Detector;
  giveBack(): void;
}

type Waiter = (turn: Turn | null) => void;

/**
 * Who may send a frame to which worker. Each worker has a fixed number of places; asking is first come, first served, so
 * cameras that ask for one turn at a time take turns by themselves. While no worker is ready nobody gets a turn: frames
 * then wait, and are dropped and counted, at their own source.
 */
export class Turns {
  readonly #workers: readonly TurnWorker[];
  readonly #inFlight: number[];
  readonly #places: number;
  readonly #waiters: Waiter[] = [];
  #closed = false;

  /** @param places frames that one worker may have in flight, >= 1 */
  constructor(workers: readonly TurnWorker[], places: number) {
    this.#workers = workers;
    this.#inFlight = workers.map(() => 0);
    this.#places = places;
  }

  /** Askers that have no turn yet: at most one per camera. */
  get waiting(): number {
    return this.#waiters.length;
  }

  /** Whether a worker has nothing to do and nobody waits for one. */
  get idle(): boolean {
    return this.#waiters.length === 0 && this.#workers.some((worker, i) => this.#inFlight[i] === 0 && worker.isReady());
  }

  /** A turn at the ready worker with the fewest frames in flight, as soon as there is one; null once closed. */
  take(): Promise<Turn | null> {
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.workersChanged();
    });
  }

  /** Hands out turns that have become possible: to be called whenever a worker got ready. */
  workersChanged(): void {
    while (this.#waiters.length > 0) {
      const worker = this.#leastBusy();
      if (worker < 0) return;
      this.#waiters.shift()!(this.#turnAt(worker));
    }
  }

  /** Everyone who waits gets null. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters.splice(0)) waiter(null);
  }

  #leastBusy(): number {
    let best = -1;
    let fewest = this.#places;
    for (let i = 0; i < this.#workers.length; i++) {
      if (this.#inFlight[i]! < fewest && this.#workers[i]!.isReady()) {
        best = i;
        fewest = this.#inFlight[i]!;
      }
    }
    return best;
  }

  #turnAt(worker: number): Turn {
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

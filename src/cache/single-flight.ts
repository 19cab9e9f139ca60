import { EdgeError } from '../foundation/errors.js';

/** A computation that several callers may be waiting for. */
export interface Flight {
  /** False once the key was set, deleted or cleared meanwhile: the result goes to the waiting, not into the cache. */
  current: boolean;
}

interface Running extends Flight {
  readonly promise: Promise<unknown>;
}

/**
 * One computation per key at a time: who asks while it runs waits for the same promise. At most `maxFlights` keys are
 * remembered; beyond, computations run unshared and are counted.
 */
export class SingleFlight {
  readonly #running = new Map<string, Running>();
  readonly #maxFlights: number;
  /** Callers that found a computation under way. */
  joined = 0;
  /** Computations beyond the bound, run without sharing. */
  unshared = 0;

  constructor(maxFlights = 10_000) {
    this.#maxFlights = maxFlights;
  }

  get size(): number {
    return this.#running.size;
  }

  has(key: string): boolean {
    return this.#running.has(key);
  }

  /**
   * @param compute begins in this turn; may throw or reject, and then so do all who wait
   * @param timeoutMs after which waiting ends in E_TIMEOUT and the next caller starts afresh
   */
  run<T>(key: string, timeoutMs: number, compute: (flight: Flight) => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (running) {
      this.joined++;
      return running.promise as Promise<T>;
    }
    const flight = { current: true } as { current: boolean; promise: Promise<unknown> };
    const promise = withTimeout(key, compute(flight), timeoutMs, flight);
    if (this.#running.size >= this.#maxFlights) {
      this.unshared++;
      return promise;
    }
    flight.promise = promise;
    this.#running.set(key, flight);
    const end = () => {
      if (this.#running.get(key) === flight) this.#running.delete(key);
    };
    promise.then(end, end);
    return promise;
  }

  /** What is being computed for the key is out of date: later callers start afresh. */
  supersede(key: string): void {
    const running = this.#running.get(key);
    if (!running) return;
    running.current = false;
    this.#running.delete(key);
  }

  supersedeAll(): void {
    for (const running of this.#running.values()) running.current = false;
    this.#running.clear();
  }
}

function withTimeout<T>(key: string, promise: Promise<T>, timeoutMs: number, flight: Flight): Promise<T> {
  if (!Number.isFinite(timeoutMs)) return promise;
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      flight.current = false;
      const context = { key, timeoutMs };
      reject(new EdgeError('E_TIMEOUT', `no value for ${key} after ${timeoutMs} ms: its factory hangs`, { context }));
    }, timeoutMs);
    timer.unref();
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

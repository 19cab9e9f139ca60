import type { ExchangeEnd } from './exchange.js';

interface Flight {
  readonly end: Promise<ExchangeEnd>;
  readonly land: (end: ExchangeEnd) => void;
  waiting: number;
}

/** How many wait for a response, and how long. */
export interface FlightLimits {
  /** Requests that may wait for one response; more run the handler themselves. */
  readonly maxWaiting: number;
  /** ms that they wait. */
  readonly maxWaitMs: number;
}

/** Responses under way at a time that others may wait for; more are made without being shared. */
const MOST_FLIGHTS = 1000;

/** Handlers that run, by key, and the requests that wait for what they answer. */
export class Flights {
  readonly #limits: FlightLimits;
  readonly #running = new Map<string, Flight>();

  constructor(limits: FlightLimits) {
    this.#limits = limits;
  }

  has(key: string): boolean {
    return this.#running.has(key);
  }

  /** Nobody else runs the handler for the key from now on. @returns how to end that; null where there are too many */
  begin(key: string): ((end: ExchangeEnd) => void) | null {
    if (this.#running.size >= MOST_FLIGHTS) return null;
    const { promise, resolve } = deferred();
    const flight: Flight = { end: promise, land: resolve, waiting: 0 };
    this.#running.set(key, flight);
    return (end) => {
      if (this.#running.get(key) === flight) this.#running.delete(key);
      flight.land(end);
    };
  }

  /** Waits for what runs for the key, unless it takes too long. @returns null where nothing runs, or too many wait */
  async wait(key: string): Promise<ExchangeEnd | 'late' | null> {
    const flight = this.#running.get(key);
    if (!flight || flight.waiting >= this.#limits.maxWaiting) return null;
    flight.waiting++;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#limits.maxWaitMs);
      timer.unref();
    });
    const end = await Promise.race([flight.end, late]);
    clearTimeout(timer);
    flight.waiting--;
    return end;
  }

  /** What runs for the key is out of date: who asks later starts afresh. */
  supersede(key: string): void {
    const flight = this.#running.get(key);
    if (!flight) return;
    this.#running.delete(key);
    flight.land('abandoned');
  }
}

/** `Promise.withResolvers` of newer versions of Node. */
function deferred() {
  let resolve!: (end: ExchangeEnd) => void;
  const promise = new Promise<ExchangeEnd>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

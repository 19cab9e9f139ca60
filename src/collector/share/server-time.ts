interface Reading {
  /** By which the server's clock is ahead of this one, ms. */
  readonly ahead: number;
  /** How long the answer took, ms: half of it is the error at most. */
  readonly took: number;
}

const MOST_READINGS = 30;
/** ms by which readings of clocks that nobody set may contradict each other: clocks run unlike each other, and times are whole. */
const DRIFT_MS = 10;

/** This machine's clock as it was when the program began, and as it went on since: nobody sets it. Unix ms. */
export const steadyNow = (): number => performance.timeOrigin + performance.now();

/**
 * The clock of the database's server, which all collectors stamp messages by: of the last answers the quickest says most. One that
 * contradicts it says that a clock was set, or stood still with its machine: what was read before is of no use then.
 */
export class ServerTime {
  #readings: Reading[] = [];

  /** @param serverMs what the server said, Unix ms @param askedAt, answeredAt by the clock of this machine, Unix ms */
  read(serverMs: number, askedAt: number, answeredAt: number): void {
    const reading = { ahead: serverMs - (askedAt + answeredAt) / 2, took: answeredAt - askedAt };
    if (this.#readings.some((other) => contradicts(other, reading))) this.#readings = [];
    this.#readings.push(reading);
    if (this.#readings.length > MOST_READINGS) this.#readings.shift();
  }

  /** @param localMs Unix ms by this machine's clock @returns by the server's; the same before anything was read */
  of(localMs: number): number {
    const best = this.#readings.reduce<Reading | null>(
      (one, next) => (one === null || next.took < one.took ? next : one),
      null,
    );
    return Math.round(localMs + (best?.ahead ?? 0));
  }
}

/** No clock could have told both. */
const contradicts = (a: Reading, b: Reading): boolean => Math.abs(a.ahead - b.ahead) > (a.took + b.took) / 2 + DRIFT_MS;

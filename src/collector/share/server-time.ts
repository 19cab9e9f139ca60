interface Reading {
  /** By which the server's clock is ahead of this one, ms. */
  readonly ahead: number;
  /** How long the answer took, ms: half of it is the error at most. */
  readonly took: number;
}

const MOST_READINGS = 30;

/** The clock of the database's server, which all collectors stamp messages by: of the last answers the quickest says most. */
export class ServerTime {
  readonly #readings: Reading[] = [];

  /** @param serverMs what the server said, Unix ms @param askedAt, answeredAt by the clock of this machine, Unix ms */
  read(serverMs: number, askedAt: number, answeredAt: number): void {
    this.#readings.push({ ahead: serverMs - (askedAt + answeredAt) / 2, took: answeredAt - askedAt });
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

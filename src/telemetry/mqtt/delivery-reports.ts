/** How often receivers are told how far the streams are, drops or not. */
const EVERY_MS = 3_600_000;
/** The first report of a run, where nothing else calls for one earlier. */
const FIRST_AFTER_MS = 60_000;
/** Between two reports of drops: a broker that refuses every message must not be told so with every message. */
const DROPS_EVERY_MS = 10_000;

/** Decides when receivers are told what was delivered and what was given up. Times are ms that only go forward. */
export class DeliveryReports {
  #toldAt: number;
  #isCalledFor = false;

  constructor(now: number) {
    this.#toldAt = now + FIRST_AFTER_MS - EVERY_MS;
  }

  /** One is wanted now: the backlog of an outage has been sent, or somebody asked. */
  callFor(): void {
    this.#isCalledFor = true;
  }

  /** Whether it is time. */
  isDue(now: number, hasUntold: boolean): boolean {
    const age = now - this.#toldAt;
    return this.#isCalledFor || age >= EVERY_MS || (hasUntold && age >= DROPS_EVERY_MS);
  }

  told(now: number): void {
    this.#toldAt = now;
    this.#isCalledFor = false;
  }
}

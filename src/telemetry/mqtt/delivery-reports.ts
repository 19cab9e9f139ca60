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
  /** Reports since the broker last took one. */
  #untaken = 0;

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
    // a broker that refuses the reports too gives each time something to report
    const dropsEveryMs = DROPS_EVERY_MS * 2 ** Math.max(0, this.#untaken - 1);
    return this.#isCalledFor || age >= EVERY_MS || (hasUntold && age >= dropsEveryMs);
  }

  told(now: number): void {
    this.#toldAt = now;
    this.#isCalledFor = false;
    this.#untaken++;
  }

  /** The broker has one. */
  taken(): void {
    this.#untaken = 0;
  }
}

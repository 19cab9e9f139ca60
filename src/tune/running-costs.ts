const MS_PER_HOUR = 3_600_000;
const WH_PER_KWH = 1000;
const BYTES_PER_GB = 1e9;
const DAY_MS = 24 * MS_PER_HOUR;
/** How often bytes are noted for their rate, and for how long before there is one. */
const COUNT_EVERY_MS = 30_000;
const LEAST_RATE_MS = 300_000;
/** Readings further apart than that have a gap between them, for which nothing is assumed. */
const LONGEST_GAP_MS = 60_000;

/** What a kWh and a GB cost, in one currency. */
export interface Prices {
  readonly costPerKwh: number;
  readonly costPerGb: number;
}

/** Adds up what the board draws and what goes to the broker, and what both cost. */
export class RunningCosts {
  readonly #prices: Prices;
  #wattHours: number | null = null;
  #bytes: number | null = null;
  #at: number | null = null;
  /** Of the last hour, oldest first. */
  readonly #counts: { readonly at: number; readonly bytes: number }[] = [];

  constructor(prices: Prices) {
    this.#prices = prices;
  }

  /**
   * @param now ms on a clock that only goes forward
   * @param watts that the board draws; null: nothing tells
   * @param bytes to and from the broker since the start; null: there is none
   */
  see(now: number, watts: number | null, bytes: number | null): void {
    const sinceMs = this.#at === null ? 0 : now - this.#at;
    this.#at = now;
    this.#bytes = bytes;
    this.#count(now, bytes);
    if (watts === null) return;
    const isGap = sinceMs > LONGEST_GAP_MS;
    this.#wattHours = (this.#wattHours ?? 0) + (isGap ? 0 : (watts * sinceMs) / MS_PER_HOUR);
  }

  /** Bytes that a day like the last hour would carry; null before some minutes have passed, and where there is no broker. */
  get bytesPerDay(): number | null {
    const [first, last] = [this.#counts[0], this.#counts.at(-1)];
    if (first === undefined || last === undefined || last.at - first.at < LEAST_RATE_MS) return null;
    return ((last.bytes - first.bytes) / (last.at - first.at)) * DAY_MS;
  }

  /** Wh since the start, without the times that nothing told; null where nothing ever did. */
  get wattHours(): number | null {
    return this.#wattHours;
  }

  #count(now: number, bytes: number | null): void {
    const last = this.#counts.at(-1);
    // a count that went back was begun anew
    if (bytes === null || (last !== undefined && bytes < last.bytes)) this.#counts.length = 0;
    if (bytes === null || (last !== undefined && now - last.at < COUNT_EVERY_MS && this.#counts.length > 0)) return;
    this.#counts.push({ at: now, bytes });
    while (now - this.#counts[0]!.at > MS_PER_HOUR) this.#counts.shift();
  }

  /** Since the start, of what is known and has a price; null where nothing is or has. */
  get cost(): number | null {
    const { costPerKwh, costPerGb } = this.#prices;
    const energy = costPerKwh === 0 || this.#wattHours === null ? null : (this.#wattHours / WH_PER_KWH) * costPerKwh;
    const uplink = costPerGb === 0 || this.#bytes === null ? null : (this.#bytes / BYTES_PER_GB) * costPerGb;
    return energy === null && uplink === null ? null : (energy ?? 0) + (uplink ?? 0);
  }
}

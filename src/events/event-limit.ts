import { TokenBucket } from '../foundation/token-bucket.js';

/** Lets so many events a second through on average, and as many at once after a quiet second; counts the others. */
export class EventLimit {
  #bucket: TokenBucket;
  #dropped = 0;

  constructor(perSecond: number) {
    this.#bucket = new TokenBucket(perSecond, perSecond);
  }

  /** Events a second, from now on. */
  set perSecond(events: number) {
    this.#bucket = new TokenBucket(events, events);
  }

  /** Events that were not let through. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @param now ms; time that goes back stands still @returns whether one more event may go out; counted if not */
  take(now: number): boolean {
    const may = this.#bucket.take(now);
    if (!may) this.#dropped++;
    return may;
  }
}

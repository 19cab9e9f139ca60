import { type FeedingCamera, WatchdogFeed } from '../systemd/watchdog-feed.js';

/** ms without an answer to frames that come after which the program counts as stuck; as long as the unit's WatchdogSec. */
const LIMIT_MS = 180_000;

/** ms between two looks: a look that came late would let frames pass for answered that were not. */
export const LOOK_EVERY_MS = LIMIT_MS / 10;

/** Whether frames are answered, by the rule by which systemd's watchdog is fed, for those who have no systemd. */
export class Liveness {
  readonly #feed = new WatchdogFeed(LIMIT_MS / 2);
  #inOrderAt: number | null = null;

  /** @param now ms on a clock that only goes forward. @returns ms since it was last in order */
  look(now: number, cameras: readonly FeedingCamera[]): number {
    if (this.#feed.look(now, cameras)) this.#inOrderAt = now;
    // the first look starts the count, whatever it sees
    this.#inOrderAt ??= now;
    return now - this.#inOrderAt;
  }

  /** @param ms since it was last in order */
  static isStuck(ms: number): boolean {
    return ms >= LIMIT_MS;
  }
}

import type { CameraStatus } from '../status.js';

/** What a camera has delivered so far. */
export type FeedingCamera = Pick<CameraStatus, 'id' | 'state' | 'paused' | 'captured' | 'answered'>;

interface Progress {
  readonly captured: number;
  readonly answered: number;
}

/**
 * Decides when systemd's watchdog is fed, and by the same rule whether the program is well: as long as frames
 * are answered, or there is none to answer. A camera that is away, paused or slow is no reason to end the program; frames that come and get no answer are.
 */
export class WatchdogFeed {
  readonly #everyMs: number;
  #fedAt = Number.NEGATIVE_INFINITY;
  #fedWith = new Map<string, Progress>();

  /** @param everyMs between two feeds, where all is well; one that was due and withheld follows with the first answer */
  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** @param now ms on a clock that only goes forward. @returns whether to feed it now */
  look(now: number, cameras: readonly FeedingCamera[]): boolean {
    if (now - this.#fedAt < this.#everyMs) return false;
    if (!this.#isAlive(cameras)) return false;
    this.#fedAt = now;
    this.#fedWith = new Map(cameras.map((camera) => [camera.id, progressOf(camera)]));
    return true;
  }

  /** Since it was last fed. */
  #isAlive(cameras: readonly FeedingCamera[]): boolean {
    let waits = false;
    for (const camera of cameras) {
      const before = this.#fedWith.get(camera.id) ?? { captured: 0, answered: 0 };
      const { captured, answered } = progressOf(camera);
      if (answered > before.answered) return true;
      if (camera.state === 'streaming' && camera.paused === null && captured > before.captured) waits = true;
    }
    return !waits;
  }
}

function progressOf({ captured, answered }: FeedingCamera): Progress {
  return { captured, answered: Object.values(answered).reduce((sum, count) => sum + count, 0) };
}

import type { LiveAnswer, LivePicture } from '../../dashboard/api/now.js';
import type { Frame } from '../../frame/frame.js';
import { encodeScaledJpeg } from '../../media/image.js';
import type { QualityCeiling } from '../tuning/quality-ceiling.js';

export interface LivePicturesParts {
  readonly ceiling: QualityCeiling;
  /** ms; default those of the machine. */
  readonly now?: () => number;
  /** For tests: ms until nobody waits any longer. */
  readonly timeoutMs?: number;
}

/** Two pictures a second at most of each camera, however many look. */
const EVERY_MS = 500;
const TIMEOUT_MS = 5000;
const MOST_BYTES = 60_000;
const MOST_WIDTH = 640;
/** Requests that wait for one camera: more than there are connections. */
const MOST_WAITING = 64;
/** Each is smaller than the one before. */
const QUALITIES = [65, 50, 35, 20] as const;

interface Seen {
  picture: LivePicture | null;
  /** By the monotonic clock: when its frame was taken. */
  takenAt: number;
  /** Index into QUALITIES: the best that fitted last, and once in a while one better. */
  quality: number;
  waiting: ((picture: LivePicture | null) => void)[];
}

/**
 * Pictures for whoever looks at a page: encoded only while somebody asks, once for all who do, one camera at a time, beside the event
 * loop. A frame waits for none of it.
 */
export class LivePictures {
  readonly #parts: LivePicturesParts;
  readonly #now: () => number;
  readonly #seen = new Map<string, Seen>();
  #encoding: Promise<void> | null = null;
  /** Pictures made, their bytes, and those that could not be made, since the start. */
  readonly counts = { encoded: 0, bytes: 0, failed: 0 };

  constructor(parts: LivePicturesParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
  }

  /** Waits for what is being encoded; who waits for a picture is told that there is none. */
  async stop(): Promise<void> {
    for (const seen of this.#seen.values()) this.#answer(seen, null);
    await this.#encoding;
  }

  wants(camera: string): boolean {
    const seen = this.#seen.get(camera);
    if (seen === undefined || seen.waiting.length === 0 || this.#encoding !== null) return false;
    return this.#now() - seen.takenAt >= EVERY_MS;
  }

  /** @param answer to this frame */
  take(frame: Frame, answer: () => LiveAnswer): void {
    const seen = this.#seen.get(frame.camera);
    if (seen === undefined || this.#encoding !== null) {
      frame.release();
      return;
    }
    seen.takenAt = this.#now();
    const told = answer();
    this.#encoding = this.#encoded(frame, seen)
      .then(
        (jpeg) => {
          this.counts.encoded++;
          this.counts.bytes += jpeg.byteLength;
          seen.picture = { jpeg, answer: told };
          return seen.picture;
        },
        () => {
          this.counts.failed++;
          return null;
        },
      )
      .then((picture) => {
        frame.release();
        this.#encoding = null;
        this.#answer(seen, picture);
      });
  }

  /** The newest picture; null where none came in time. */
  picture(camera: string, signal: AbortSignal): Promise<LivePicture | null> {
    let seen = this.#seen.get(camera);
    if (seen === undefined) {
      seen = { picture: null, takenAt: Number.NEGATIVE_INFINITY, quality: 0, waiting: [] };
      this.#seen.set(camera, seen);
    }
    // others asked for it just now
    if (seen.picture !== null && this.#now() - seen.takenAt < EVERY_MS) return Promise.resolve(seen.picture);
    if (seen.waiting.length >= MOST_WAITING || signal.aborted) return Promise.resolve(null);
    return this.#next(seen, signal);
  }

  #next(seen: Seen, signal: AbortSignal): Promise<LivePicture | null> {
    return new Promise((resolve) => {
      const done = (picture: LivePicture | null): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', leave);
        seen.waiting = seen.waiting.filter((one) => one !== done);
        resolve(picture);
      };
      const leave = (): void => done(null);
      const timer = setTimeout(leave, this.#parts.timeoutMs ?? TIMEOUT_MS);
      signal.addEventListener('abort', leave, { once: true });
      seen.waiting.push(done);
    });
  }

  #answer(seen: Seen, picture: LivePicture | null): void {
    for (const done of [...seen.waiting]) done(picture);
  }

  /** As good as its bytes allow: one encode where the last picture of the camera told which quality fits. */
  async #encoded({ data, width, height }: Frame, seen: Seen): Promise<Uint8Array<ArrayBuffer>> {
    const ofCeiling = (usual: number): number => this.#parts.ceiling.under(usual);
    for (let step = Math.max(0, seen.quality); ; step++) {
      const quality = ofCeiling(QUALITIES[Math.min(step, QUALITIES.length - 1)]!);
      const jpeg = await encodeScaledJpeg(data, width, height, { maxWidth: MOST_WIDTH, quality });
      if (jpeg.length > MOST_BYTES && step < QUALITIES.length - 1) continue;
      if (jpeg.length > MOST_BYTES) throw new RangeError(`a picture has ${jpeg.length} bytes at its worst`);
      // much room is left: the next may be better
      seen.quality = jpeg.length < MOST_BYTES / 2 ? Math.max(0, step - 1) : step;
      return new Uint8Array(jpeg);
    }
  }
}

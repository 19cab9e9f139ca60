import type { Detector, DetectorImage, DetectReply } from '../detect/detector.js';
import { lossCause } from '../frame/loss-cause.js';
import { holding } from './batch-choice.js';

/** What a worker has loaded, as far as pictures for it are concerned. */
export interface Serving {
  readonly variant: string;
  readonly provider: string;
  readonly inputWidth: number;
  readonly inputHeight: number;
  /** PictureBatch sizes that it was warmed up for; left out: pictures one by one. */
  readonly batchSizes?: readonly number[] | undefined;
}

/** One picture's part of a worker's answer. */
export interface PictureReply {
  readonly reply: DetectReply;
  /** Its place in the reply. */
  readonly index: number;
  /** ms from the first byte sent to the answer. */
  readonly roundTripMs: number;
}

interface Joined {
  readonly pixels: Uint8Array;
  readonly onSent: () => void;
  readonly resolve: (reply: PictureReply) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What became of a batch: answered; refused, though the worker lives; refused as a whole, while each of its pictures alone
 * was answered; lost with the worker; or none of its pictures came.
 */
export type BatchEnd = 'answered' | 'refused' | 'too-large' | 'lost' | 'empty';

/** Pictures that go to a worker together: it leaves when each that was given a place has come or stayed away. */
export class PictureBatch {
  readonly #detector: Detector;
  readonly #serving: Serving;
  readonly #sizes: readonly number[];
  readonly #onLeaving: (pictures: number, size: number) => void;
  readonly #onEnd: (end: BatchEnd) => void;
  readonly #joined: Joined[] = [];
  #awaited: number;

  /**
   * @param places how many pictures were given one
   * @param onLeaving called with what the worker is given, filled up, when it goes there
   * @param onEnd called once, when the worker has nothing of it any more
   */
  constructor(parts: {
    readonly detector: Detector;
    readonly serving: Serving;
    readonly sizes: readonly number[];
    readonly places: number;
    readonly onLeaving: (pictures: number, size: number) => void;
    readonly onEnd: (end: BatchEnd) => void;
  }) {
    this.#detector = parts.detector;
    this.#serving = parts.serving;
    this.#sizes = parts.sizes;
    this.#awaited = parts.places;
    this.#onLeaving = parts.onLeaving;
    this.#onEnd = parts.onEnd;
  }

  /** The pixels must stay as they are until the promise settles. `onSent` may be called before or after, once the worker has them. */
  join(pixels: Uint8Array, onSent: () => void): Promise<PictureReply> {
    return new Promise((resolve, reject) => {
      this.#joined.push({ pixels, onSent, resolve, reject });
      this.#came();
    });
  }

  /** A picture that had a place stays away. */
  stayAway(): void {
    this.#came();
  }

  #came(): void {
    if (--this.#awaited > 0) return;
    if (this.#joined.length === 0) this.#onEnd('empty');
    else void this.#leave();
  }

  async #leave(): Promise<void> {
    const joined = this.#joined;
    const size = holding(this.#sizes, joined.length);
    this.#onLeaving(joined.length, size);
    const images = Array.from({ length: size }, (_, i) => this.#image((joined[i] ?? joined[0]!).pixels));
    const began = performance.now();
    const onSent = (): void => {
      for (const one of joined) one.onSent();
    };
    try {
      const reply = await this.#detector.detect(images, onSent);
      const roundTripMs = performance.now() - began;
      this.#onEnd('answered');
      for (const [index, { resolve }] of joined.entries()) resolve({ reply, index, roundTripMs });
    } catch (error) {
      const isRefused = lossCause(error) === 'refused';
      if (isRefused && joined.length > 1 && this.#sizes[0] === 1) {
        this.#onEnd((await this.#oneByOne(joined)) ? 'too-large' : 'refused');
        return;
      }
      this.#onEnd(isRefused ? 'refused' : 'lost');
      for (const { reject } of joined) reject(error);
    }
  }

  /**
   * One picture that a worker cannot take, or too many at once, must not cost the others their answers.
   * @returns whether all were answered
   */
  async #oneByOne(joined: readonly Joined[]): Promise<boolean> {
    let all = true;
    for (const { pixels, resolve, reject } of joined) {
      const began = performance.now();
      try {
        const reply = await this.#detector.detect([this.#image(pixels)]);
        resolve({ reply, index: 0, roundTripMs: performance.now() - began });
      } catch (error) {
        all = false;
        reject(error);
      }
    }
    return all;
  }

  #image(data: Uint8Array): DetectorImage {
    const { inputWidth: width, inputHeight: height } = this.#serving;
    return { width, height, data };
  }
}

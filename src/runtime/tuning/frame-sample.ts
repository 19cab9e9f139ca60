import type { Frame } from '../../frame/frame.js';
import type { FrameResult } from '../../frame/frame-result.js';
import type { FrameTap } from '../../frame/frame-taps.js';
import type { OwnFrame } from './candidate-trial.js';

/** Pictures that are kept at a time, and for how long none is taken after one of a camera, ms. */
const MOST = 36;
const EVERY_MS = 2000;
/** One in so many may be without a vehicle: what is missed there counts, too. */
const EMPTY_SHARE = 4;

/** A few pictures of the own cameras, in memory, for as long as somebody wants to look at them. */
export class FrameSample implements FrameTap {
  readonly #now: () => number;
  #frames: OwnFrame[] | null = null;
  readonly #takenAt = new Map<string, number>();
  #empty = 0;

  /** @param now ms that only go forward */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Begins to gather, where that has not begun. */
  gather(): void {
    this.#frames ??= [];
  }

  /** All that are wanted; null while they are gathered, or nobody asked. */
  get frames(): readonly OwnFrame[] | null {
    return this.#frames !== null && this.#frames.length >= MOST ? this.#frames : null;
  }

  /** How many of them there are, and will be. */
  get progress(): { readonly taken: number; readonly most: number } {
    return { taken: this.#frames?.length ?? 0, most: MOST };
  }

  /** Lets go of them. */
  clear(): void {
    this.#frames = null;
    this.#empty = 0;
    this.#takenAt.clear();
  }

  wants(camera: string): boolean {
    if (this.#frames === null || this.#frames.length >= MOST) return false;
    return this.#now() - (this.#takenAt.get(camera) ?? Number.NEGATIVE_INFINITY) >= EVERY_MS;
  }

  take(frame: Frame, { detections }: FrameResult): void {
    const { camera, width, height, data } = frame;
    if (this.#frames !== null && (detections.count > 0 || this.#mayBeEmpty())) {
      this.#takenAt.set(camera, this.#now());
      if (detections.count === 0) this.#empty++;
      this.#frames.push({ width, height, data: data.slice(0, width * height * 3) });
    }
    frame.release();
  }

  #mayBeEmpty(): boolean {
    return this.#empty * EMPTY_SHARE < this.#frames!.length;
  }
}

import { type FrameSize, inFramePixels, inSourcePixels, sizeOf } from '../../src/answer/frame-size.js';
import { LONGEST_STEP_MS, type TrackedBoxes, Tracks } from '../../src/answer/tracking/tracks.js';
import type { Detections } from '../../src/frame/detections.js';
import type { Frame } from '../../src/frame/frame.js';

/** Vehicles that go on as before from one inference to the next, without a look at the pictures: this program's own Kalman filters. */
export class ConstantVelocity {
  readonly #thresholds: readonly number[];
  #tracks: Tracks | null = null;
  #size: FrameSize | null = null;
  #lastId = 0;
  #at = 0;

  constructor(thresholds: readonly number[]) {
    this.#thresholds = thresholds;
  }

  /** @param found of an inference of this frame; null where there is none @returns in pixels of the camera's own picture */
  next(frame: Frame, found: Detections | null): TrackedBoxes {
    this.#size ??= sizeOf(frame);
    this.#tracks ??= new Tracks(this.#thresholds, this.#size, () => ++this.#lastId);
    this.#tracks.advance(Math.min(LONGEST_STEP_MS, Math.max(0, frame.sceneMs - this.#at)), null);
    this.#at = frame.sceneMs;
    const boxes = found ? this.#tracks.correct(inFramePixels(found, this.#size)) : this.#tracks.output();
    return { detections: inSourcePixels(boxes.detections, this.#size), trackIds: boxes.trackIds };
  }
}

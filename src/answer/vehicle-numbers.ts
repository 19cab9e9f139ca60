import type { Detections } from '../frame/detections.js';
import type { Frame } from '../frame/frame.js';
import { NO_SHIFT } from '../frame/scene-shift.js';
import { type FrameSize, inFramePixels, inSourcePixels, isSameSize, sizeOf } from './frame-size.js';
import type { SceneAnswer } from './scene-answer.js';
import { LONGEST_STEP_MS, Tracks } from './tracking/tracks.js';

/** The vehicles before a camera whose every frame is inferred: each keeps its number from frame to frame. */
export class VehicleNumbers {
  #thresholds: readonly number[];
  #size: FrameSize | null = null;
  #tracks: Tracks | null = null;
  #lastId = 0;
  #sceneMs = 0;

  /** @param thresholds score per class from which a box is reported */
  constructor(thresholds: readonly number[]) {
    this.#thresholds = thresholds;
  }

  /** Another model answers. Vehicles keep their numbers. @param thresholds no fewer than before */
  renew(thresholds: readonly number[]): void {
    this.#thresholds = thresholds;
    this.#tracks?.renew(thresholds);
  }

  /**
   * The answer to the next frame. Its pixels are not looked at: they may be gone.
   *
   * @param detections of its inference, all of them, in pixels of the camera's own picture
   */
  number(frame: Frame, detections: Detections): SceneAnswer {
    const tracks = this.#fit(frame);
    tracks.advance(Math.min(LONGEST_STEP_MS, Math.max(0, frame.sceneMs - this.#sceneMs)), null);
    this.#sceneMs = frame.sceneMs;
    const boxes = tracks.correct(inFramePixels(detections, frame));
    return {
      detections: inSourcePixels(boxes.detections, frame),
      trackIds: boxes.trackIds,
      origin: 'inferred',
      ageMs: 0,
      confidence: 1,
      sceneId: null,
      swayed: NO_SHIFT,
    };
  }

  /** Vehicles are new ones where the picture's size changes in mid-stream. */
  #fit(frame: Frame): Tracks {
    if (this.#tracks && isSameSize(this.#size!, frame)) return this.#tracks;
    this.#size = sizeOf(frame);
    this.#sceneMs = frame.sceneMs;
    this.#tracks = new Tracks(this.#thresholds, this.#size, () => ++this.#lastId);
    return this.#tracks;
  }
}

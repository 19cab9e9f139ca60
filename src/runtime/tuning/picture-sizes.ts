import type { Frame } from '../../frame/frame.js';
import type { FrameTap } from '../../frame/frame-taps.js';

/** Pixels of a camera's pictures, as the detector is given them. */
export interface CameraPictureSize {
  readonly width: number;
  readonly height: number;
}

/** How large the pictures of each camera are: looks at the first of each. */
export class PictureSizes implements FrameTap {
  readonly #sizes = new Map<string, CameraPictureSize>();

  /** One per camera that delivered any. */
  get all(): readonly CameraPictureSize[] {
    return [...this.#sizes.values()];
  }

  wants(camera: string): boolean {
    return !this.#sizes.has(camera);
  }

  take(frame: Frame): void {
    const { camera, width, height } = frame;
    this.#sizes.set(camera, { width, height });
    frame.release();
  }
}

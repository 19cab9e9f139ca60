import type { Inference } from '../detect/detector.js';
import { detectorError } from '../detect/host/worker-detector.js';
import { type Detections, STRIDE } from '../frame/detections.js';
import { checkRgbPicture } from '../frame/rgb-picture.js';
import { CameraInference, type Pixels } from './inference.js';
import type { Slots } from './slots.js';

/** Whose turn single pictures take among the cameras; no camera has such an id. */
const PICTURES = '(pictures)';

/** A picture that belongs to no camera: RGB24, rows top to bottom, `width * height * 3` bytes. */
export interface StillPicture extends Pick<Pixels, 'width' | 'height' | 'data'> {
  /** Size of the picture before it was scaled down, which the boxes refer to; default its own. */
  readonly sourceWidth?: number;
  readonly sourceHeight?: number;
}

/**
 * Detection in single pictures that have nothing to do with one another: a picture in, its boxes out. There is no memory
 * and no track, so that nothing of one picture reaches the next. Calls may overlap; each waits for its slot at a worker,
 * first come, first served.
 */
export class OneShot {
  readonly #inference: CameraInference;
  readonly #thresholds: readonly number[];

  /**
   * @param thresholds one per class: weaker boxes, which workers may have been asked for to follow vehicles, are left out
   * @param classIndices what the model's own class indices are called in the answers; null where they stay
   */
  constructor(slots: Slots, thresholds: readonly number[], classIndices: Uint16Array | null = null) {
    this.#inference = new CameraInference(slots, { source: PICTURES, classIndices });
    this.#thresholds = thresholds;
  }

  /**
   * @returns boxes in pixels of the source, strongest first, and what the stages took; the picture's bytes are not needed
   *   after the call
   * @throws TypeError or RangeError where the bytes are not what the size says; DetectorError where the worker was lost with the
   *   picture, or there will be none any more
   */
  async detect(picture: StillPicture): Promise<Inference> {
    const { width, height, data, sourceWidth = width, sourceHeight = height } = picture;
    checkRgbPicture(width, height, data);
    const arrivedAt = performance.now();
    const prepared = this.#inference.prepare({ width, height, data, sourceWidth, sourceHeight, arrivedAt });
    if ((await prepared.admitted(null)) !== 'admitted') {
      prepared.abandon();
      throw detectorError('closed', 'the detector was closed before it came to this picture');
    }
    const { detections, by, peakScore, stages } = await prepared.infer().answer;
    return { detections: atLeast(this.#thresholds, detections), by, peakScore, stages };
  }
}

function atLeast(thresholds: readonly number[], { count, data }: Detections): Detections {
  const strong = new Float32Array(count * STRIDE);
  let kept = 0;
  for (let row = 0; row < count; row++) {
    const box = data.subarray(row * STRIDE, (row + 1) * STRIDE);
    if (box[4]! >= thresholds[box[5]!]!) strong.set(box, STRIDE * kept++);
  }
  return { count: kept, data: strong.subarray(0, kept * STRIDE) };
}

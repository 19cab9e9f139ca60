import type { LoadRequest } from '../../detect/detector.js';
import type { Letterbox } from '../../detect/letterbox.js';
import { openSession } from '../../detect/worker/session.js';
import { STRIDE } from '../../frame/detections.js';
import { type FrameSet, letterboxFor } from '../../pictures/frame-set.js';

/** Low enough for the whole curve of precision over recall. */
const LOWEST_SCORE = 0.01;

export interface DetectOnOptions {
  /**
   * Boxes are kept from this score on, 0..1, as far as their class is reported at all (its threshold is at most 1).
   * Default 0.01. The gate needs those below the reporting threshold, average precision all of them.
   */
  readonly minScore?: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Told the highest score in each frame, 0..1, whatever is kept. */
  readonly onPeak?: (peak: number) => void;
  /** Ends the work between two frames, by throwing its reason. */
  readonly signal?: AbortSignal;
}

/**
 * What a variant detects on every frame, in this process, one frame at a time.
 *
 * @returns per frame rows of 6 (x1, y1, x2, y2 in pixels of the picture, score, class index), strongest first
 * @throws ModelError where the model does not load
 */
export async function detectOn(
  request: LoadRequest,
  frames: FrameSet,
  options: DetectOnOptions = {},
): Promise<Float32Array[]> {
  const { minScore = LOWEST_SCORE, onProgress, onPeak, signal } = options;
  const { width, height } = request.input;
  const scoreThresholds = request.scoreThresholds.map((score) => (score > 1 ? score : Math.min(score, minScore)));
  signal?.throwIfAborted();
  const session = await openSession({ ...request, batchSizes: [1], scoreThresholds }, () => undefined);
  try {
    const input = new Uint8Array(width * height * 3);
    const found: Float32Array[] = [];
    let letterbox: Letterbox | null = null;
    for (let index = 0; index < frames.count; index++) {
      signal?.throwIfAborted();
      const picture = await frames.read(index);
      letterbox = letterboxFor(picture, letterbox, width, height);
      letterbox.apply(picture.data, input);
      const count = await session.detect(1, input);
      onPeak?.(session.peaks[0]!);
      const rows = session.rows.slice(0, count * STRIDE);
      letterbox.unmap(rows, count, picture.width, picture.height);
      found.push(rows);
      onProgress?.(index + 1, frames.count);
    }
    return found;
  } finally {
    await session.release();
  }
}

/**
 * The rows of a model with classes `from`, as a model with classes `to` would name them; rows of a class that `to` lacks
 * are left out. Brings a variant that had classes cut out and its parent together.
 */
export function mapClasses(
  rows: readonly Float32Array[],
  from: readonly string[],
  to: readonly string[],
): Float32Array[] {
  const indexes = from.map((name) => to.indexOf(name));
  return rows.map((frame) => {
    const mapped = new Float32Array(frame.length);
    let end = 0;
    for (let at = 0; at < frame.length; at += STRIDE) {
      const classIndex = indexes[frame[at + 5]!] ?? -1;
      if (classIndex < 0) continue;
      mapped.set(frame.subarray(at, at + STRIDE), end);
      mapped[end + 5] = classIndex;
      end += STRIDE;
    }
    return mapped.slice(0, end);
  });
}

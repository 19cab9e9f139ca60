/** Numbers per row of `Detections.data`: x1, y1, x2, y2, score, class index. */
export const STRIDE = 6;

/**
 * The boxes of one picture, flat: `count` rows of 6 float32 (x1, y1, x2, y2 in pixels of that picture, score 0..1,
 * class index), strongest first. `data` may be longer than `count * 6`.
 */
export interface Detections {
  readonly count: number;
  readonly data: Float32Array;
}

export const NO_DETECTIONS: Detections = { count: 0, data: new Float32Array(0) };

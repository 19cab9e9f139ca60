import type { Detections } from '../detect/detections.js';

/** Where an answer came from. */
export type Origin = 'inferred' | 'reused-memory' | 'reused-disk' | 'propagated';

/** The answer to one frame: which vehicles are where. */
export interface FrameResult {
  readonly camera: string;
  readonly seq: number;
  /** Unix ms. */
  readonly capturedAt: number;
  /** The picture's own size in pixels, which `detections` refers to. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly detections: Detections;
  /** One per detection once frames are tracked. */
  readonly trackIds?: Int32Array;
  readonly origin: Origin;
  /** Age of the inference behind this answer, 0 for an inferred frame. */
  readonly ageMs: number;
  /** From capture to this result. */
  readonly latencyMs: number;
  readonly model: string;
  readonly variant: string;
  readonly provider: string;
}

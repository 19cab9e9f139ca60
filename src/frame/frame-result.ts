import type { Detections } from './detections.js';
import type { SceneShift } from './scene-shift.js';

/** Where an answer can come from. */
export const ORIGINS = ['inferred', 'propagated', 'reused-memory', 'reused-disk'] as const;
export type Origin = (typeof ORIGINS)[number];

/** The answer to one frame: which vehicles are where. */
export interface FrameResult {
  readonly camera: string;
  readonly seq: number;
  /** Unix ms. */
  readonly capturedAt: number;
  /** Of the frame, on the scene's own clock. */
  readonly sceneMs: number;
  /** The picture's own size in pixels, upright and with square ones, which `detections` refers to. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly detections: Detections;
  /** How far the scene lies in this picture from where it usually lies, as the camera sways; absent: where it usually lies. */
  readonly swayed?: SceneShift;
  /** One per detection: the same number for the same vehicle in successive frames of the camera, never given again. */
  readonly trackIds: Int32Array;
  readonly origin: Origin;
  /** Age of the inference behind this answer, 0 for an inferred frame. */
  readonly ageMs: number;
  /** 0..1: F1 against an inference of this very frame that the answer is expected to have; 1 for an inferred one. */
  readonly confidence: number;
  /** From capture to this result. */
  readonly latencyMs: number;
  readonly model: string;
  readonly variant: string;
  readonly provider: string;
}

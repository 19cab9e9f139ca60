import type { Detections } from '../../src/frame/detections.js';
import type { Frame } from '../../src/frame/frame.js';

/** Who answers. */
export const FAMILIES = ['ours', 'fixed interval', 'motion gate'] as const;
export type Family = (typeof FAMILIES)[number];

/** The boxes of an inference of the frame at hand, down to weak ones, in pixels of the camera's own picture. */
export type Infer = () => Detections;

/** A way to answer the frames of one camera, at one setting that says how much is inferred. */
export interface Contender {
  readonly family: Family;
  /** e.g. `floor 0.97`. */
  readonly setting: string;
  /** @param infer to be called for what it is to cost: each call counts @returns what it says, and whether that is of an inference */
  answer(frame: Frame, infer: Infer): { readonly boxes: Detections; readonly isInferred: boolean };
}

/** What one contender did at one setting on one clip. */
export interface Point {
  readonly clip: string;
  readonly family: Family;
  readonly setting: string;
  /** Of the frames, answered without inference, 0..1. */
  readonly withoutInference: number;
  /** Inferences in a second of the camera, audits counted. */
  readonly inferencesPerS: number;
  /** Against every frame inferred. */
  readonly f1: number;
}

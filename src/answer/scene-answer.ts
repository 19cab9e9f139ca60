import type { Origin } from '../frame/frame-result.js';
import type { SceneShift } from '../frame/scene-shift.js';
import type { Tally } from './audit/agreement.js';
import type { TrackedBoxes } from './tracking/tracks.js';

/** What a frame is answered with. Boxes in pixels of the camera's own picture. */
export interface SceneAnswer extends TrackedBoxes {
  readonly origin: Origin;
  readonly ageMs: number;
  /** 0..1: F1 to expect. */
  readonly confidence: number;
  /** The remembered scene that it was recalled from, for `KnownScene.forget`; null where it was not recalled. */
  readonly sceneId: number | null;
  /** How far the scene lies in this picture from where it usually lies; lines and zones go along with it. */
  readonly swayed: SceneShift;
}

/** What an inference showed of the answer that would have been given without it. */
export interface AnswerComparison {
  readonly origin: Exclude<Origin, 'inferred'>;
  readonly ageMs: number;
  readonly tally: Tally;
}

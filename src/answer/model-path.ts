import type { Inference } from '../detect/detector.js';
import type { Frame } from '../frame/frame.js';
import type { LateCause, PlaceAnswer } from '../frame/place.js';

/** A frame on its way to a worker, its own pixels no longer needed: to be inferred or abandoned, once. */
export interface PreparedInference {
  /**
   * Resolves when a worker has a place for it, or there is none.
   * @param budgetMs ms from its arrival within which it must be answered; null: it may wait
   */
  admitted(budgetMs: number | null): Promise<PlaceAnswer>;
  /** `sent`: when the worker has all of it; long work before that would keep the worker waiting. */
  infer(): { readonly answer: Promise<Inference>; readonly sent: Promise<void> };
  abandon(): void;
}

/** What the answers name as their author. */
export interface AnsweringModel {
  readonly model: string;
  readonly variant: string;
  readonly provider: string;
}

/** The way to the model that answers. */
export interface ModelPath {
  readonly prepare: (frame: Frame) => PreparedInference;
  /** Why a frame is not worth preparing; null where it is. */
  readonly givesUp: (frame: Frame, budgetMs: number | null) => LateCause | null;
  /** Whether a worker has nothing to do and no frame waits for one, or others use this tenant's part while it needs none. */
  readonly isIdle: () => boolean;
  readonly answeringModel: () => AnsweringModel;
}

/** Another model, to be taken up between two frames. */
export interface Renewal {
  readonly path: ModelPath;
  /** Called when every answer of the model before has been told, and no frame of the new one is begun. */
  readonly adopt: () => void;
  /** Called when no frame is on its way through the model before any more. */
  readonly left: () => void;
}

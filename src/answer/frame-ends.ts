import type { Clock } from '../foundation/clock.js';
import type { Frame } from '../frame/frame.js';
import type { FrameResult } from '../frame/frame-result.js';
import type { LateCause } from '../frame/place.js';
import type { StageTimes } from '../frame/stage-times.js';
import type { AnsweringModel } from './model-path.js';
import type { SceneAnswer } from './scene-answer.js';

/** Why a frame got no answer. */
export type FrameLoss = LateCause | 'detector';

/** Who hears of answers and drops, and which frames are dropped. */
export interface FrameEndsOptions {
  /** A frame that is older than this, or would be when answered, is dropped; null keeps every frame (a file that waits for us). */
  readonly stalenessMs: number | null;
  /** Of `Frame.arrivedAt` and `Frame.capturedAt`. */
  readonly clock: Clock;
  /** Whether the result's reader wants this frame's pixels too. */
  readonly wantsPixels: (frame: Frame) => boolean;
  /**
   * In the order of the frames. With a frame comes its ownership: release it. `stages` is null for an answer without
   * inference.
   */
  readonly onResult: (result: FrameResult, stages: StageTimes | null, frame: Frame | null) => void;
  /** `stale`: too old when its turn came; `overload`: it would have been when answered; `detector`: lost, `error` says how. */
  readonly onDropped: (frame: Frame, cause: FrameLoss, error: unknown) => void;
}

/** How a frame ends: answered or dropped. */
export class FrameEnds {
  readonly #options: FrameEndsOptions;

  constructor(options: FrameEndsOptions) {
    this.#options = options;
  }

  /** Whether it waited too long to be worth an answer. */
  isStale(frame: Frame): boolean {
    const { stalenessMs, clock } = this.#options;
    return stalenessMs !== null && clock.now() - frame.arrivedAt > stalenessMs;
  }

  /** ms from its arrival within which a frame must be answered; null: it may wait. */
  get budgetMs(): number | null {
    return this.#options.stalenessMs;
  }

  /** @param kept the frame, where its pixels were not released yet */
  drop(frame: Frame, kept: Frame | null, cause: FrameLoss, error: unknown): void {
    kept?.release();
    this.#options.onDropped(frame, cause, error);
  }

  /** @param kept the frame, where its pixels go on with the answer */
  tell(frame: Frame, answer: SceneAnswer, by: AnsweringModel, stages: StageTimes | null, kept: Frame | null): void {
    const { camera, seq, capturedAt, sceneMs, sourceWidth, sourceHeight } = frame;
    const { detections, trackIds, origin, ageMs, confidence, swayed } = answer;
    const { model, variant, provider } = by;
    const latencyMs = this.#options.clock.now() - frame.arrivedAt;
    this.#options.onResult(
      {
        camera,
        seq,
        capturedAt,
        sceneMs,
        sourceWidth,
        sourceHeight,
        detections,
        swayed,
        trackIds,
        origin,
        ageMs,
        confidence,
        latencyMs,
        model,
        variant,
        provider,
      },
      stages,
      kept,
    );
  }
}

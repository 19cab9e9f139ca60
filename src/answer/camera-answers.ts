import type { Frame } from '../capture/frame.js';
import type { Detections } from '../detect/detections.js';
import type { Inference, StageTimes } from '../detect/detector.js';
import type { FrameResult } from './frame-result.js';

/** A frame on its way to a worker, its own pixels no longer needed: to be inferred or abandoned, once. */
export interface PreparedInference {
  /** Resolves when a worker has a place for it; to false when there will be none any more. */
  admitted(): Promise<boolean>;
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

export interface CameraAnswersOptions {
  readonly prepare: (frame: Frame) => PreparedInference;
  /** A frame older than this when its turn comes is dropped; null keeps every frame (a file that waits for us). */
  readonly stalenessMs: number | null;
  readonly answeringModel: () => AnsweringModel;
  /** ms on the clock of `Frame.arrivedAt`. */
  readonly now: () => number;
  /** Whether the result's reader wants this frame's pixels too. */
  readonly wantsPixels: (frame: Frame) => boolean;
  /** In the order of the frames. With a frame comes its ownership: release it. */
  readonly onResult: (result: FrameResult, stages: StageTimes, frame: Frame | null) => void;
  readonly onDropped: (frame: Frame, cause: 'stale' | 'detector', error: unknown) => void;
}

/** The loop of one camera: takes its frames and answers each, here by inferring every one of them. */
export class CameraAnswers {
  readonly #options: CameraAnswersOptions;
  #inOrder: Promise<void> = Promise.resolve();

  constructor(options: CameraAnswersOptions) {
    this.#options = options;
  }

  /**
   * Answers frames until they end; then waits for the answers still on their way. The next frame is prepared while the
   * last one is with a worker; the workers' places bound how many are on their way.
   */
  async run(frames: AsyncIterable<Frame>): Promise<void> {
    for await (const frame of frames) {
      const keep = this.#options.wantsPixels(frame);
      const prepared = this.#options.prepare(frame);
      if (!keep) frame.release();
      const kept = keep ? frame : null;
      if (!(await prepared.admitted())) {
        prepared.abandon();
        kept?.release();
        break;
      }
      if (this.#isStale(frame)) {
        prepared.abandon();
        this.#drop(frame, kept, 'stale', null);
      } else await this.#answer(frame, kept, prepared);
    }
    await this.#inOrder;
  }

  #isStale(frame: Frame): boolean {
    const { stalenessMs, now } = this.#options;
    return stalenessMs !== null && now() - frame.arrivedAt > stalenessMs;
  }

  #drop(frame: Frame, kept: Frame | null, cause: 'stale' | 'detector', error: unknown): void {
    kept?.release();
    this.#options.onDropped(frame, cause, error);
  }

  /** Resolves when the frame is with the worker; its result is told later, in order. */
  #answer(frame: Frame, kept: Frame | null, prepared: PreparedInference): Promise<void> {
    const { answer, sent } = prepared.infer();
    this.#inOrder = Promise.allSettled([answer, this.#inOrder]).then(([outcome]) => {
      if (outcome.status === 'rejected') return this.#drop(frame, kept, 'detector', outcome.reason);
      const { detections, stages } = outcome.value;
      this.#options.onResult(this.#result(frame, detections), stages, kept);
    });
    return sent;
  }

  #result(frame: Frame, detections: Detections): FrameResult {
    const { camera, seq, capturedAt, sourceWidth, sourceHeight } = frame;
    const { model, variant, provider } = this.#options.answeringModel();
    return {
      camera,
      seq,
      capturedAt,
      sourceWidth,
      sourceHeight,
      detections,
      origin: 'inferred',
      ageMs: 0,
      latencyMs: this.#options.now() - frame.arrivedAt,
      model,
      variant,
      provider,
    };
  }
}

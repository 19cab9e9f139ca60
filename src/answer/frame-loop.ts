import type { Inference } from '../detect/detector.js';
import type { Clock } from '../foundation/clock.js';
import type { Frame } from '../frame/frame.js';
import type { FrameResult } from '../frame/frame-result.js';
import type { StageTimes } from '../frame/stage-times.js';
import type { CameraAudit } from './audit/camera-audit.js';
import type { KnownScene } from './known-scene.js';
import type { SceneAnswer } from './scene-answer.js';
import type { VehicleNumbers } from './vehicle-numbers.js';

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

/** A camera's scene, and what measures the answers given from it without inference. */
export interface KnownAnswers {
  readonly kind: 'known-scene';
  readonly scene: KnownScene;
  readonly audit: CameraAudit;
}

/** Every frame is inferred. */
export interface EveryFrame {
  readonly kind: 'every-frame';
  readonly numbers: VehicleNumbers;
}

export interface FrameLoopOptions {
  readonly prepare: (frame: Frame) => PreparedInference;
  /** How frames are answered: whoever makes it decides whether every one of them is inferred, and nobody asks again. */
  readonly answering: KnownAnswers | EveryFrame;
  /** Whether a worker has nothing to do and no frame waits for one. */
  readonly isIdle: () => boolean;
  /** A frame older than this when its turn comes is dropped; null keeps every frame (a file that waits for us). */
  readonly stalenessMs: number | null;
  readonly answeringModel: () => AnsweringModel;
  /** Of `Frame.arrivedAt` and `Frame.capturedAt`. */
  readonly clock: Clock;
  /** Whether the result's reader wants this frame's pixels too. */
  readonly wantsPixels: (frame: Frame) => boolean;
  /**
   * In the order of the frames. With a frame comes its ownership: release it. `stages` is null for an answer without
   * inference.
   */
  readonly onResult: (result: FrameResult, stages: StageTimes | null, frame: Frame | null) => void;
  readonly onDropped: (frame: Frame, cause: 'stale' | 'detector', error: unknown) => void;
}

/** The loop of one camera: takes its frames and answers each, without inference where the scene allows. */
export class FrameLoop {
  readonly #options: FrameLoopOptions;
  #inOrder: Promise<void> = Promise.resolve();
  #audit: Promise<void> = Promise.resolve();
  #auditing = false;

  constructor(options: FrameLoopOptions) {
    this.#options = options;
  }

  /** Answers frames until they end; then waits for the answers and audits still on their way. */
  async run(frames: AsyncIterable<Frame>): Promise<void> {
    const { answering } = this.#options;
    try {
      for await (const frame of frames) {
        const goesOn =
          answering.kind === 'every-frame'
            ? await this.#inferNext(frame, answering)
            : await this.#answerNext(frame, answering);
        if (!goesOn) break;
      }
      await this.#inOrder;
      await this.#audit;
    } finally {
      if (answering.kind === 'known-scene') answering.scene.stop();
    }
  }

  /**
   * Answers one frame, inferring it if that is due; the next one is only looked at when this answer is known, since it
   * follows from it.
   *
   * @returns false where no worker will take frames any more
   */
  async #answerNext(frame: Frame, known: KnownAnswers): Promise<boolean> {
    const { scene, audit } = known;
    const { clock, isIdle } = this.#options;
    scene.allowedLoss = audit.allowedLoss;
    const answer = scene.look(frame);
    audit.review(clock.unixNow(), clock.now());
    if (answer === null) return this.#inferNow(frame, known);
    audit.answered(answer, clock.unixNow());
    const weight = this.#auditing ? 0 : audit.picks(answer, isIdle(), clock.now());
    this.#conclude(frame, scene, answer, null, () => {
      if (weight > 0) this.#auditLater(frame, answer, known, weight);
    });
    return true;
  }

  /** Infers the frame at hand, keeping its pixels: the scene is followed from them. */
  async #inferNow(frame: Frame, { scene, audit }: KnownAnswers): Promise<boolean> {
    const { clock } = this.#options;
    const prepared = this.#options.prepare(frame);
    if (!(await prepared.admitted())) {
      prepared.abandon();
      frame.release();
      return false;
    }
    if (this.#isStale(frame)) {
      prepared.abandon();
      this.#drop(frame, frame, 'stale', null);
      return true;
    }
    let inference: Inference;
    try {
      inference = await prepared.infer().answer;
    } catch (error) {
      this.#drop(frame, frame, 'detector', error);
      return true;
    }
    const { answer, comparison } = scene.learn(inference.detections);
    if (comparison) audit.scheduled(comparison, clock.unixNow());
    audit.answered(answer, clock.unixNow());
    this.#conclude(frame, scene, answer, inference.stages, () => undefined);
    return true;
  }

  /**
   * Tells an answer, and then does what the frame's pixels are still needed for; only where they go on with the answer, the
   * other way round.
   */
  #conclude(
    frame: Frame,
    scene: KnownScene,
    answer: SceneAnswer,
    stages: StageTimes | null,
    withPixels: () => void,
  ): void {
    const handsOn = this.#options.wantsPixels(frame);
    if (!handsOn) this.#tell(frame, answer, stages, null);
    scene.settle();
    withPixels();
    if (handsOn) this.#tell(frame, answer, stages, frame);
    else frame.release();
  }

  /** Infers a frame that was answered already, to see how good the answer was. One at a time; nothing waits for it. */
  #auditLater(frame: Frame, answer: SceneAnswer, { scene, audit }: KnownAnswers, weight: number): void {
    const prepared = this.#options.prepare(frame);
    this.#auditing = true;
    const infer = async (): Promise<void> => {
      if (!(await prepared.admitted())) return prepared.abandon();
      const { detections, stages } = await prepared.infer().answer;
      audit.spent(stages.infer + stages.decode);
      const isWrong = audit.audited(answer, detections, weight, this.#options.clock.unixNow());
      if (isWrong && answer.sceneId !== null) scene.forget(answer.sceneId);
    };
    this.#audit = infer()
      // a worker that died with it: one measurement less
      .catch(() => undefined)
      .finally(() => (this.#auditing = false));
  }

  /**
   * Every frame is inferred: the next one is prepared while the last is with a worker; the workers' places bound how many
   * are on their way.
   */
  async #inferNext(frame: Frame, { numbers }: EveryFrame): Promise<boolean> {
    const keep = this.#options.wantsPixels(frame);
    const prepared = this.#options.prepare(frame);
    const kept = keep ? frame : release(frame);
    if (!(await prepared.admitted())) {
      prepared.abandon();
      kept?.release();
      return false;
    }
    if (this.#isStale(frame)) {
      prepared.abandon();
      this.#drop(frame, kept, 'stale', null);
    } else await this.#answerInOrder(frame, kept, numbers, prepared);
    return true;
  }

  /** Resolves when the frame is with the worker; its result is told later, in order. */
  #answerInOrder(
    frame: Frame,
    kept: Frame | null,
    numbers: VehicleNumbers,
    prepared: PreparedInference,
  ): Promise<void> {
    const { answer, sent } = prepared.infer();
    this.#inOrder = Promise.allSettled([answer, this.#inOrder]).then(([outcome]) => {
      if (outcome.status === 'rejected') return this.#drop(frame, kept, 'detector', outcome.reason);
      const { detections, stages } = outcome.value;
      this.#tell(frame, numbers.number(frame, detections), stages, kept);
    });
    return sent;
  }

  #isStale(frame: Frame): boolean {
    const { stalenessMs, clock } = this.#options;
    return stalenessMs !== null && clock.now() - frame.arrivedAt > stalenessMs;
  }

  #drop(frame: Frame, kept: Frame | null, cause: 'stale' | 'detector', error: unknown): void {
    kept?.release();
    this.#options.onDropped(frame, cause, error);
  }

  #tell(frame: Frame, answer: SceneAnswer, stages: StageTimes | null, kept: Frame | null): void {
    const { camera, seq, capturedAt, sceneMs, sourceWidth, sourceHeight } = frame;
    const { detections, trackIds, origin, ageMs, confidence } = answer;
    const latencyMs = this.#options.clock.now() - frame.arrivedAt;
    const { model, variant, provider } = this.#options.answeringModel();
    this.#options.onResult(
      {
        camera,
        seq,
        capturedAt,
        sceneMs,
        sourceWidth,
        sourceHeight,
        detections,
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

function release(frame: Frame): null {
  frame.release();
  return null;
}

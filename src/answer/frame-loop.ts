import type { Inference } from '../detect/detector.js';
import { detectorError } from '../detect/host/worker-detector.js';
import type { DetectorError } from '../foundation/errors.js';
import type { Frame } from '../frame/frame.js';
import type { LateCause, PlaceAnswer } from '../frame/place.js';
import type { StageTimes } from '../frame/stage-times.js';
import type { CameraAudit } from './audit/camera-audit.js';
import { FrameEnds, type FrameEndsOptions } from './frame-ends.js';
import type { KnownScene } from './known-scene.js';
import type { ModelPath, PreparedInference, Renewal } from './model-path.js';
import type { SceneAnswer } from './scene-answer.js';
import type { VehicleNumbers } from './vehicle-numbers.js';

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

export interface FrameLoopOptions extends ModelPath, FrameEndsOptions {
  /** How frames are answered: whoever makes it decides whether every one of them is inferred, and nobody asks again. */
  readonly answering: KnownAnswers | EveryFrame;
}

/** The loop of one camera: takes its frames and answers each, without inference where the scene allows. */
export class FrameLoop {
  readonly #options: FrameLoopOptions;
  readonly #ends: FrameEnds;
  #inOrder: Promise<void> = Promise.resolve();
  #audit: Promise<void> = Promise.resolve();
  #auditing = false;
  #path: ModelPath;
  /** Renewals so far: what was begun before the last one says nothing about the model that answers. */
  #epoch = 0;
  #next: Renewal | null = null;
  #takingOver: Promise<void> = Promise.resolve();
  #hasFrame = false;
  /** Who made the last inference of this model. */
  #by: Inference['by'] | null = null;

  constructor(options: FrameLoopOptions) {
    this.#options = options;
    this.#ends = new FrameEnds(options);
    this.#path = options;
  }

  /**
   * Answers with another model from the next frame on, or at once where no frame is at hand. One that comes before the last
   * was taken up takes its place.
   */
  renew(renewal: Renewal): void {
    this.#next = renewal;
    if (!this.#hasFrame) this.#takingOver = this.#takingOver.then(() => this.#takeOver());
  }

  /** Answers frames until they end; then waits for the answers and audits still on their way. */
  async run(frames: AsyncIterable<Frame>): Promise<void> {
    const { answering } = this.#options;
    try {
      for await (const frame of frames) {
        this.#hasFrame = true;
        await this.#takingOver;
        const goesOn =
          answering.kind === 'every-frame'
            ? await this.#inferNext(frame, answering)
            : await this.#answerNext(frame, answering);
        if (!goesOn) break;
        if (this.#next) await this.#takeOver();
        this.#hasFrame = false;
      }
      await this.#inOrder;
      await this.#audit;
    } finally {
      if (answering.kind === 'known-scene') answering.scene.stop();
    }
  }

  /** Between two frames: where another model waits to be taken up, that is done now. */
  async #takeOver(): Promise<void> {
    await this.#inOrder;
    const next = this.#next;
    if (next === null) return;
    this.#next = null;
    this.#path = next.path;
    this.#by = null;
    this.#epoch++;
    next.adopt();
    void this.#audit.then(next.left);
  }

  /**
   * Answers one frame, inferring it if that is due; the next one is only looked at when this answer is known, since it
   * follows from it.
   *
   * @returns false where no worker will take frames any more
   */
  async #answerNext(frame: Frame, known: KnownAnswers): Promise<boolean> {
    const { scene, audit } = known;
    const { clock } = this.#options;
    scene.allowedLoss = audit.allowedLoss;
    const answer = scene.look(frame);
    audit.review(clock.unixNow(), clock.now());
    if (answer === null) return this.#inferNow(frame, known);
    audit.answered(answer, clock.unixNow());
    const weight = this.#auditing || frame.damaged ? 0 : audit.picks(answer, this.#path.isIdle(), clock.now());
    this.#conclude(frame, scene, answer, null, () => {
      if (weight > 0) this.#auditLater(frame, answer, known, weight);
    });
    return true;
  }

  /** Infers the frame at hand, keeping its pixels: the scene is followed from them. */
  async #inferNow(frame: Frame, known: KnownAnswers): Promise<boolean> {
    const { scene, audit } = known;
    const { clock } = this.#options;
    const hopeless = this.#path.givesUp(frame, this.#ends.budgetMs);
    if (hopeless !== null) return this.#giveUp(frame, frame, hopeless);
    const prepared = this.#path.prepare(frame);
    const admission = await this.#admission(frame, prepared);
    if (admission === 'closed') {
      prepared.abandon();
      if (this.#next === null) {
        this.#ends.drop(frame, frame, 'detector', closedFor('the program stops'));
        return false;
      }
      // the model before was closed, with no worker left that serves: its successor takes the frame
      await this.#takeOver();
      return this.#answerNext(frame, known);
    }
    if (admission !== 'admitted') {
      prepared.abandon();
      return this.#giveUp(frame, frame, admission);
    }
    let inference: Inference;
    try {
      inference = await prepared.infer().answer;
    } catch (error) {
      this.#ends.drop(frame, frame, 'detector', error);
      return true;
    }
    const { resize, infer, decode } = inference.stages;
    const { answer, comparison } = scene.learn(inference.detections, resize + infer + decode);
    if (comparison) audit.scheduled(comparison, clock.unixNow());
    audit.answered(answer, clock.unixNow());
    this.#by = inference.by;
    this.#conclude(frame, scene, answer, inference.stages, () => undefined);
    return true;
  }

  /** A frame may have grown too old between its place and its turn in this thread. */
  async #admission(frame: Frame, prepared: PreparedInference): Promise<PlaceAnswer> {
    const admission = await prepared.admitted(this.#ends.budgetMs);
    return admission === 'admitted' && this.#ends.isStale(frame) ? 'stale' : admission;
  }

  /** @param kept the frame, where its pixels were not released yet */
  #giveUp(frame: Frame, kept: Frame | null, cause: LateCause): true {
    this.#ends.drop(frame, kept, cause, null);
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
    const prepared = this.#path.prepare(frame);
    const epoch = this.#epoch;
    this.#auditing = true;
    const infer = async (): Promise<void> => {
      if ((await prepared.admitted(null)) !== 'admitted') return prepared.abandon();
      const { detections, stages } = await prepared.infer().answer;
      audit.spent(stages.infer + stages.decode);
      if (epoch !== this.#epoch) return;
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
    const hopeless = this.#path.givesUp(frame, this.#ends.budgetMs);
    if (hopeless !== null) return this.#giveUp(frame, frame, hopeless);
    const keep = this.#options.wantsPixels(frame);
    const prepared = this.#path.prepare(frame);
    const kept = keep ? frame : release(frame);
    const admission = await this.#admission(frame, prepared);
    if (admission === 'admitted') {
      await this.#answerInOrder(frame, kept, numbers, prepared);
      return true;
    }
    prepared.abandon();
    if (admission !== 'closed') return this.#giveUp(frame, kept, admission);
    // its pixels are gone: a model that comes cannot have it
    const goesOn = this.#next !== null;
    const why = goesOn ? 'the model was changed while none of its workers served' : 'the program stops';
    this.#ends.drop(frame, kept, 'detector', closedFor(why));
    return goesOn;
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
      if (outcome.status === 'rejected') return this.#ends.drop(frame, kept, 'detector', outcome.reason);
      const { detections, stages, by } = outcome.value;
      this.#by = by;
      this.#tell(frame, numbers.number(frame, detections), stages, kept);
    });
    return sent;
  }

  /** Names who made the inference behind it; a scene seen before may be anybody's of this model. */
  #tell(frame: Frame, answer: SceneAnswer, stages: StageTimes | null, kept: Frame | null): void {
    const model = this.#path.answeringModel();
    const isOfLast = answer.origin === 'inferred' || answer.origin === 'propagated';
    const by =
      isOfLast && this.#by ? { model: model.model, variant: this.#by.variant, provider: this.#by.provider } : model;
    this.#ends.tell(frame, answer, by, stages, kept);
  }
}

function closedFor(why: string): DetectorError {
  return detectorError('closed', why);
}

function release(frame: Frame): null {
  frame.release();
  return null;
}

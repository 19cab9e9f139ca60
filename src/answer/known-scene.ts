import type { Detections } from '../frame/detections.js';
import type { Frame } from '../frame/frame.js';
import { INFERENCE_REASONS, type InferenceReason } from '../frame/inference-reason.js';
import { isSameSize } from './frame-size.js';
import { InferencePace, UNBOUNDED } from './inference-pace.js';
import { ReuseWorth } from './reuse-worth.js';
import type { AnswerComparison, SceneAnswer } from './scene-answer.js';
import { type KnownSceneOptions, SizedScene } from './sized-scene.js';

/** Where the frame at hand is: waiting for its inference, or answered and not settled. */
interface Turn {
  readonly step: 'due' | 'answered';
  readonly frame: Frame;
}

/**
 * What is known of the scene before one camera, and what can be said of its next frame without inferring it.
 *
 * For each frame, in order: `look`, which gives an answer or says that an inference is due; then, where the frame was
 * inferred, `learn` with what came out; and, once the answer is on its way, `settle`. A frame whose inference failed is
 * given up by looking at the next one. Any other order is a mistake of the caller's and throws. Cost without inference:
 * a few tenths of a millisecond and about 15 µs a vehicle.
 */
export class KnownScene {
  /** How often it asks, and would ask. */
  readonly pace: InferencePace;
  readonly #worth = new ReuseWorth();
  /** ms that the frame at hand has taken so far, and whether it was inferred. */
  #ownMs = 0;
  #wasInferred = false;
  #options: KnownSceneOptions;
  #scene: SizedScene | null = null;
  #allowedLoss = 0;
  #lastId = 0;
  #turn: Turn | null = null;
  readonly #due = new Map<InferenceReason, number>(INFERENCE_REASONS.map((reason) => [reason, 0]));

  constructor(options: KnownSceneOptions) {
    this.#options = options;
    this.pace = new InferencePace(options.bound ?? UNBOUNDED);
  }

  /**
   * Another model answers: the next frame is inferred, and other scenes are remembered. Vehicles keep their numbers, and
   * what the camera's pictures are like has not changed. To be called between two frames.
   *
   * @param thresholds no fewer than before
   */
  renew(thresholds: readonly number[], scenes: KnownSceneOptions['scenes']): void {
    if (this.#turn?.step === 'answered') this.#misused('renew', this.#turn.frame.seq, 'its answer was not settled');
    this.#options = { ...this.#options, thresholds, scenes };
    this.#turn = null;
    this.#worth.renew();
    this.#scene?.renew(this.#options);
  }

  /** Mean share of errors allowed, 0..1; 0 infers every frame. */
  set allowedLoss(loss: number) {
    this.#allowedLoss = loss;
  }

  /** Why an inference was due when `look` last said so. */
  get reason(): InferenceReason | null {
    return this.#scene?.reason ?? null;
  }

  /** Whether answers without inference pay; where not, every frame is inferred until that is tried again. */
  get reusePays(): boolean {
    return !this.#worth.rests;
  }

  /** Frames for which an inference was due for a reason so far. */
  dueFor(reason: InferenceReason): number {
    return this.#due.get(reason) ?? 0;
  }

  /** Drops a remembered scene, by the `sceneId` of an answer that was found wrong. */
  forget(sceneId: number): void {
    this.#scene?.forget(sceneId);
  }

  stop(): void {
    this.#scene?.stop();
  }

  /**
   * The answer to a frame without inference; null where an inference is due.
   *
   * @param frame its pixels must stay until `settle`, or until it is given up
   */
  look(frame: Frame): SceneAnswer | null {
    if (this.#turn?.step === 'answered') this.#misused('look', frame.seq, 'the one before was not settled');
    const beganAt = performance.now();
    this.#wasInferred = false;
    const scene = this.#fit(frame);
    const answer = scene.look(frame, this.#allowedLoss);
    if (answer === null && scene.reason !== null) this.#due.set(scene.reason, this.dueFor(scene.reason) + 1);
    this.#turn = { step: answer === null ? 'due' : 'answered', frame };
    this.#ownMs = performance.now() - beganAt;
    return answer;
  }

  /**
   * The frame looked at was inferred after all.
   *
   * @param detections of the inference, all of them, in pixels of the camera's own picture
   * @param tookMs that the detector worked on it, and what was made of the picture for it; null where nobody knows
   * @returns the answer to give, and how the answer without inference would have done; null where there was none
   */
  learn(
    detections: Detections,
    tookMs: number | null = null,
  ): { answer: SceneAnswer; comparison: AnswerComparison | null } {
    const { frame } = this.#at('due', 'learn');
    const beganAt = performance.now();
    const learnt = this.#scene!.learn(frame, detections);
    this.#turn = { step: 'answered', frame };
    if (tookMs !== null) this.#worth.inferred(tookMs);
    this.#ownMs += performance.now() - beganAt;
    this.#wasInferred = true;
    return learnt;
  }

  /** Does what the answer did not need and the next frame does: once after each answer, with the frame's pixels still there. */
  settle(): void {
    const { frame } = this.#at('answered', 'settle');
    this.#turn = null;
    const beganAt = performance.now();
    const scene = this.#scene!;
    scene.settle(frame);
    if (!scene.isResting) this.#worth.answered(this.#wasInferred, this.#ownMs + performance.now() - beganAt);
  }

  #at(step: Turn['step'], call: string): Turn {
    const turn = this.#turn;
    if (turn?.step === step) return turn;
    return this.#misused(
      call,
      turn?.frame.seq ?? null,
      turn === null ? 'no frame was looked at' : `it is ${turn.step}`,
    );
  }

  #misused(call: string, seq: number | null, why: string): never {
    throw new Error(`KnownScene.${call} out of turn${seq === null ? '' : ` at frame ${seq}`}: ${why}`);
  }

  /** Everything but the vehicles' numbers begins anew where the picture's size changes in mid-stream. */
  #fit(frame: Frame): SizedScene {
    if (this.#scene && isSameSize(this.#scene.size, frame)) return this.#scene;
    this.#scene?.stop();
    this.#scene = new SizedScene(this.#options, frame, () => ++this.#lastId, this.pace, this.#worth);
    return this.#scene;
  }
}

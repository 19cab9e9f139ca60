import type { Clock } from '../foundation/clock.js';
import type { Detections } from '../frame/detections.js';
import type { Frame } from '../frame/frame.js';
import { ORIGINS, type Origin } from '../frame/frame-result.js';
import type { PictureBox } from '../frame/picture-box.js';
import { checkRgbPicture } from '../frame/rgb-picture.js';
import { type AnsweredCameraOptions, resolveCamera, scenesIn } from './answered-camera-options.js';
import { AuditBudget } from './audit/audit-budget.js';
import { type AuditedAccuracy, CameraAudit } from './audit/camera-audit.js';
import { KnownScene } from './known-scene.js';
import { type CameraPicture, flatBoxes, namedBoxes, type OwnDetector } from './own-detector.js';
import type { SceneAnswer } from './scene-answer.js';

/** A box with the number that its vehicle keeps from frame to frame, and that no other gets. */
export interface VehicleBox extends PictureBox {
  readonly trackId: number;
}

/** What is in a picture. */
export interface AnsweredPicture {
  /** In pixels of the picture, strongest first where it was detected in. */
  readonly boxes: readonly VehicleBox[];
  /** `inferred`: the detector was asked; `propagated`: followed from it; `reused-…`: a scene that was seen before. */
  readonly origin: Origin;
  /** ms since the detection behind it. */
  readonly ageMs: number;
  /** F1 against a detection in this very picture that is to be expected, 0 to 1. */
  readonly confidence: number;
}

/**
 * Answers the pictures of one camera with the least use of a detector of yours: what stands still, moves as before, or was seen
 * before is answered from what is known. Some of those pictures are detected in afterwards; `accuracy()` tells the error that was
 * measured so, and where it nears the floor the detector is asked more often. A picture that needs the detector waits for such a
 * measurement that is under way.
 *
 * @example
 * ```ts
 * const camera = new AnsweredCamera({ detector: { name: 'mine', classes: ['car', 'truck'], detect: (picture) => myBoxes(picture) } });
 * for await (const picture of pictures) {
 *   const { boxes, origin } = await camera.answer(picture);
 *   console.log(origin, boxes.length);
 * }
 * console.log(camera.accuracy().estimatedF1);
 * await camera.stop();
 * ```
 */
export class AnsweredCamera {
  readonly #detector: OwnDetector;
  readonly #id: string;
  readonly #scene: KnownScene;
  readonly #audit: CameraAudit;
  readonly #budget = new AuditBudget();
  readonly #clock: Clock;
  readonly #counts = new Map<Origin, number>(ORIGINS.map((origin) => [origin, 0]));
  #seq = 0;
  #isAnswering = false;
  #isStopped = false;
  /** The detection under way; the next waits for it. */
  #detecting: Promise<unknown> = Promise.resolve();
  #auditing: Promise<void> | null = null;

  /** @throws RangeError for options that cannot be, all of them at once */
  constructor(options: AnsweredCameraOptions) {
    const { detector, id, threshold, accuracyFloor, auditShare, maxAgeMs, maxIdleAgeMs, masked, clock, random } =
      resolveCamera(options);
    this.#detector = detector;
    this.#id = id;
    this.#clock = clock;
    const thresholds = detector.classes.map(() => threshold);
    this.#scene = new KnownScene({ thresholds, masked, maxAgeMs, maxIdleAgeMs, scenes: scenesIn(options, id) });
    this.#audit = new CameraAudit({
      share: auditShare,
      floor: accuracyFloor,
      reportThreshold: threshold,
      budget: this.#budget,
      localHour: (at) => new Date(at).getHours(),
      random,
    });
    this.#budget.observe(true, clock.now());
  }

  /**
   * What is in the next picture of the camera. Pictures are answered one after the other, in their order; the pixels must stay as they
   * are until it resolves. A picture whose detection failed is left out: the next one goes on.
   *
   * @throws TypeError or RangeError where the pixels do not fit their size or the detector gives no boxes; what the detector
   *   rejects with; Error where the picture before is not answered yet, or after `stop`
   */
  async answer(picture: CameraPicture): Promise<AnsweredPicture> {
    checkRgbPicture(picture.width, picture.height, picture.data);
    if (this.#isStopped) throw new Error('AnsweredCamera.answer: the camera was stopped');
    if (this.#isAnswering) throw new Error('AnsweredCamera.answer: the picture before is not answered yet, await it');
    this.#isAnswering = true;
    try {
      const answer = await this.#answerOf(this.#frameOf(picture), picture);
      this.#counts.set(answer.origin, this.countOf(answer.origin) + 1);
      return this.#told(answer);
    } finally {
      this.#isAnswering = false;
    }
  }

  /** Pictures answered so far that an answer came from. */
  countOf(origin: Origin): number {
    return this.#counts.get(origin) ?? 0;
  }

  /** How good the answers are, as measured: F1 against detecting in every picture, with bounds; null where nothing is known yet. */
  accuracy(): AuditedAccuracy {
    return this.#audit.report(this.#clock.unixNow());
  }

  /** Waits for what is being detected; no picture is answered afterwards. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#detecting.catch(() => undefined);
    await this.#auditing;
    this.#scene.stop();
  }

  async #answerOf(frame: Frame, picture: CameraPicture): Promise<SceneAnswer> {
    const scene = this.#scene;
    scene.allowedLoss = this.#audit.allowedLoss;
    const known = scene.look(frame);
    this.#audit.review(this.#clock.unixNow(), this.#clock.now());
    const answer = known ?? (await this.#infer(picture));
    this.#audit.answered(answer, this.#clock.unixNow());
    scene.settle();
    if (known !== null) this.#mayAudit(known, picture);
    return answer;
  }

  async #infer(picture: CameraPicture): Promise<SceneAnswer> {
    const { detections, tookMs } = await this.#detect(picture);
    const { answer, comparison } = this.#scene.learn(detections, tookMs);
    if (comparison) this.#audit.scheduled(comparison, this.#clock.unixNow());
    return answer;
  }

  /** Detects in a copy of a picture that was answered already, where it is one of those that are to be. */
  #mayAudit(answer: SceneAnswer, picture: CameraPicture): void {
    if (this.#auditing !== null) return;
    const weight = this.#audit.picks(answer, true, this.#clock.now());
    if (weight === 0) return;
    const audit = async () => {
      const beganAt = this.#clock.now();
      const { detections } = await this.#detect({ ...picture, data: picture.data.slice() });
      this.#audit.spent(this.#clock.now() - beganAt);
      const isWrong = this.#audit.audited(answer, detections, weight, this.#clock.unixNow());
      if (isWrong && answer.sceneId !== null) this.#scene.forget(answer.sceneId);
    };
    // a detection that fails is told where an answer waits for one: here it is one measurement less
    this.#auditing = audit()
      .catch(() => undefined)
      .finally(() => (this.#auditing = null));
  }

  /** @returns also the ms that the detector took */
  #detect(picture: CameraPicture): Promise<{ detections: Detections; tookMs: number }> {
    const detecting = this.#detecting
      .catch(() => undefined)
      .then(async () => {
        const beganAt = this.#clock.now();
        this.#budget.observe(false, beganAt);
        try {
          const boxes = await this.#detector.detect(picture);
          const tookMs = this.#clock.now() - beganAt;
          return { detections: flatBoxes(boxes, this.#detector.classes), tookMs };
        } finally {
          this.#budget.observe(true, this.#clock.now());
        }
      });
    this.#detecting = detecting;
    return detecting;
  }

  #frameOf({ width, height, data, capturedAt = this.#clock.unixNow() }: CameraPicture): Frame {
    return {
      camera: this.#id,
      seq: this.#seq++,
      capturedAt,
      arrivedAt: this.#clock.now(),
      sceneMs: capturedAt,
      width,
      height,
      sourceWidth: width,
      sourceHeight: height,
      damaged: false,
      data,
      release: () => undefined,
    };
  }

  #told({ detections, trackIds, origin, ageMs, confidence }: SceneAnswer): AnsweredPicture {
    const boxes = namedBoxes(detections, this.#detector.classes);
    return { boxes: boxes.map((box, row) => ({ ...box, trackId: trackIds[row]! })), origin, ageMs, confidence };
  }
}

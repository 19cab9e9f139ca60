import type { Detections } from '../frame/detections.js';
import type { FrameResult } from '../frame/frame-result.js';
import type { QuietHour } from '../store/quiet-hours.js';
import type { Liveliness } from './frozen-picture.js';
import { LivingClock } from './living-clock.js';
import { type ModelLimits, ModelWatch } from './model-watch.js';
import { PictureWatch, type WatchedFrame } from './picture-watch.js';
import { RestartPlan } from './restart-plan.js';
import { hidesAccuracy, type Implausible, type Plausibility } from './states.js';
import { UnseenMotion } from './unseen-motion.js';
import { VehicleSilence } from './vehicle-silence.js';

export interface CameraWatchOptions {
  /** See `PictureWatchOptions`. */
  readonly isCamera: boolean;
  /** States that are not told, and change nothing. */
  readonly ignored: ReadonlySet<Plausibility>;
  /** Of the model that answers first. */
  readonly model: ModelLimits;
  /** Hour of the day at the device, 0..23, of a time in Unix ms. */
  readonly localHour: (at: number) => number;
}

/** An answer, as far as it matters here. */
export type AnsweredFrame = Pick<FrameResult, 'sceneMs' | 'capturedAt' | 'detections' | 'sourceWidth' | 'sourceHeight'>;

/** What inferring a frame gave, with the size of the picture that its boxes are in, pixels. */
export interface InferredFrame {
  readonly detections: Detections;
  readonly peakScore: number | null;
  readonly width: number;
  readonly height: number;
}

/** Whether what one camera shows, and what the model says of it, can be true. Decides; whoever owns the camera acts. */
export class CameraWatch {
  readonly #ignored: ReadonlySet<Plausibility>;
  readonly #pictures: PictureWatch;
  #model: ModelWatch;
  /** Of a film, a folder or a simulation nobody knows what hour it shows. */
  readonly #silence: VehicleSilence | null;
  readonly #motion = new UnseenMotion();
  #lookedAt: number | null = null;
  readonly #clock = new LivingClock();
  readonly #restarts = new RestartPlan();
  #restartCount = 0;
  #frozenFrames = 0;

  constructor({ isCamera, ignored, model, localHour }: CameraWatchOptions) {
    this.#ignored = ignored;
    this.#pictures = new PictureWatch({ isCamera });
    this.#model = new ModelWatch(model);
    this.#silence = isCamera ? new VehicleSilence(localHour) : null;
  }

  /** What is thought of the latest pictures. */
  get liveliness(): Liveliness {
    return this.#ignored.has('frozen') ? 'live' : this.#pictures.liveliness;
  }

  /** Whether the latest picture is frozen: who is in it is not before the camera. */
  get isFrozen(): boolean {
    return this.liveliness === 'frozen';
  }

  /** Frames answered while the picture was frozen. */
  get frozenFrames(): number {
    return this.#frozenFrames;
  }

  /** Times that the reader was started anew because of it. */
  get restarts(): number {
    return this.#restartCount;
  }

  /** Takes the next frame, before it is answered. @returns whether it was looked at, and more may be known */
  see(frame: WatchedFrame): boolean {
    if (!this.#pictures.see(frame)) return false;
    const passed = this.#lookedAt === null ? 0 : frame.sceneMs - this.#lookedAt;
    this.#lookedAt = frame.sceneMs;
    if (this.#showsScene) this.#motion.see(this.#pictures.sample!.means, Math.max(0, passed));
    return true;
  }

  /** Whether what is in the pictures can be what is before the camera. */
  get #showsScene(): boolean {
    const fault = this.#pictures.fault();
    return !this.isFrozen && (fault === null || !hidesAccuracy(fault.fault));
  }

  /** Takes how quiet the hours of the last month were, oldest first. */
  remember(hours: Iterable<QuietHour>): void {
    this.#silence?.seed(hours);
  }

  /** A small grey picture of what stays before the camera; null where it is none, or there is none to be kept. */
  view(): Uint8Array | null {
    return this.#pictures.view();
  }

  /** The quiet hours that changed since the last call, to be kept. */
  takeQuietHours(): readonly QuietHour[] {
    return this.#silence?.take() ?? [];
  }

  /** Another model answers from now on. */
  renew(model: ModelLimits): void {
    this.#model = new ModelWatch(model);
    this.#motion.renew();
  }

  /** Whether the model has reported vehicles here, in a way that can be true. */
  get trustsModel(): boolean {
    return this.#model.isAble && this.#model.fault() === null;
  }

  /** Whether the model certainly does not look at the pictures. */
  get findsModelUseless(): boolean {
    return this.#model.isUseless;
  }

  /** The model that answers was asked about a frame of late. */
  inferred({ detections, peakScore, width, height }: InferredFrame): void {
    const { sample } = this.#pictures;
    // of pictures that show nothing, no model says anything
    if (sample === null || !this.#showsScene) return;
    this.#model.see({ detections, peakScore, width, height, means: sample.means });
  }

  /** A frame was answered. @returns its time in ms by which vehicles stand and stay; frozen time does not count */
  answered(frame: AnsweredFrame): number {
    const { sceneMs, capturedAt, detections } = frame;
    if (this.isFrozen) this.#frozenFrames++;
    else this.#motion.answered(frame);
    const fault = (this.#pictures.fault() ?? this.#model.fault() ?? this.#told(this.#motion.fault()))?.fault;
    this.#silence?.see(detections.count, fault === undefined || !hidesAccuracy(fault), sceneMs, capturedAt);
    return this.#clock.at(sceneMs, this.liveliness);
  }

  /** Whether the reader is to be started anew now. @param now ms that only go forward */
  restartDue(now: number): boolean {
    return this.#restarts.due(this.isFrozen, now);
  }

  /** It was. */
  restarted(): void {
    this.#restartCount++;
    this.#pictures.restarted();
  }

  /** What is wrong, the worst of it; null where all is plausible. */
  fault(): Implausible | null {
    const picture = this.#told(this.#pictures.fault());
    if (picture !== null && hidesAccuracy(picture.fault)) return picture;
    return (
      this.#told(this.#model.fault()) ??
      this.#told(this.#motion.fault()) ??
      picture ??
      this.#told(this.#silence?.fault() ?? null)
    );
  }

  #told(found: Implausible | null): Implausible | null {
    return found !== null && !this.#ignored.has(found.fault) ? found : null;
  }

  /** null before anything was seen. */
  plausibility(): Plausibility | null {
    if (this.#pictures.sample === null) return null;
    return this.fault()?.fault ?? 'plausible';
  }

  /** Whether nobody can know how good the answers are. */
  get hidesAccuracy(): boolean {
    const fault = this.fault();
    return fault !== null && hidesAccuracy(fault.fault);
  }
}

import type { FrameResult } from '../frame/frame-result.js';
import type { Liveliness } from './frozen-picture.js';
import { LivingClock } from './living-clock.js';
import { PictureWatch, type WatchedFrame } from './picture-watch.js';
import { RestartPlan } from './restart-plan.js';
import { hidesAccuracy, type Implausible, type Plausibility } from './states.js';

export interface CameraWatchOptions {
  /** See `PictureWatchOptions`. */
  readonly isCamera: boolean;
  /** States that are not told, and change nothing. */
  readonly ignored: ReadonlySet<Plausibility>;
}

/** Whether what one camera shows, and what the model says of it, can be true. Decides; whoever owns the camera acts. */
export class CameraWatch {
  readonly #ignored: ReadonlySet<Plausibility>;
  readonly #pictures: PictureWatch;
  readonly #clock = new LivingClock();
  readonly #restarts = new RestartPlan();
  #restartCount = 0;
  #frozenFrames = 0;

  constructor({ isCamera, ignored }: CameraWatchOptions) {
    this.#ignored = ignored;
    this.#pictures = new PictureWatch({ isCamera });
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
    return this.#pictures.see(frame);
  }

  /** A frame was answered. @returns its time in ms by which vehicles stand and stay; frozen time does not count */
  answered({ sceneMs }: Pick<FrameResult, 'sceneMs'>): number {
    if (this.isFrozen) this.#frozenFrames++;
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
    const fault = this.#pictures.fault();
    return fault !== null && !this.#ignored.has(fault.fault) ? fault : null;
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

import type { YuvFormat } from '../kernels/yuv-colour.js';
import type { Frame } from './frame.js';

/** A frame with an owner of its own. A second `release()` does nothing: the pixels have another owner by then. */
export class OwnedFrame implements Frame {
  readonly camera: string;
  readonly seq: number;
  readonly capturedAt: number;
  readonly arrivedAt: number;
  readonly sceneMs: number;
  readonly width: number;
  readonly height: number;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly damaged: boolean;
  readonly yuv: YuvFormat | undefined;
  readonly #frame: Pick<Frame, 'data'>;
  #giveBack: (() => void) | null;

  /** @param giveBack called by the first `release()`; null where nobody waits for the pixels */
  constructor(frame: Omit<Frame, 'release'>, giveBack: (() => void) | null) {
    this.camera = frame.camera;
    this.seq = frame.seq;
    this.capturedAt = frame.capturedAt;
    this.arrivedAt = frame.arrivedAt;
    this.sceneMs = frame.sceneMs;
    this.width = frame.width;
    this.height = frame.height;
    this.sourceWidth = frame.sourceWidth;
    this.sourceHeight = frame.sourceHeight;
    this.damaged = frame.damaged;
    this.yuv = frame.yuv;
    this.#frame = frame;
    this.#giveBack = giveBack;
  }

  /** Asked for when somebody looks: of some frames they are made only then. */
  get data(): Uint8Array {
    return this.#frame.data;
  }

  release(): void {
    this.#giveBack?.();
    this.#giveBack = null;
  }
}

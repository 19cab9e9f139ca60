import type { Frame } from '../frame/frame.js';
import type { FramePool } from './frame-pool.js';

/** A frame whose pixels go back to a pool, if they came from one. A second `release()` does nothing: the pixels have another owner by then. */
export class PooledFrame implements Frame {
  readonly camera: string;
  readonly seq: number;
  readonly capturedAt: number;
  readonly arrivedAt: number;
  readonly sceneMs: number;
  readonly width: number;
  readonly height: number;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly data: Uint8Array;
  #pool: FramePool | null;

  constructor(frame: Omit<Frame, 'release'>, pool: FramePool | null) {
    this.camera = frame.camera;
    this.seq = frame.seq;
    this.capturedAt = frame.capturedAt;
    this.arrivedAt = frame.arrivedAt;
    this.sceneMs = frame.sceneMs;
    this.width = frame.width;
    this.height = frame.height;
    this.sourceWidth = frame.sourceWidth;
    this.sourceHeight = frame.sourceHeight;
    this.data = frame.data;
    this.#pool = pool;
  }

  release(): void {
    this.#pool?.give(this.data);
    this.#pool = null;
  }
}

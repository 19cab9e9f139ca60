import type { Frame } from '../frame/frame.js';
import { OwnedFrame } from '../frame/owned-frame.js';
import type { FramePool } from './frame-pool.js';

/** A frame whose pixels go back to a pool, if they came from one. */
export class PooledFrame extends OwnedFrame {
  constructor(frame: Omit<Frame, 'release'>, pool: FramePool | null) {
    super(frame, pool && (() => pool.give(frame.data)));
  }
}

import type { YuvFormat } from '../kernels/yuv-colour.js';

/**
 * One picture of one camera. Pixels have one owner at a time: whoever takes a frame from a source either hands it on or
 * calls `release()`, once, after which `data` may be overwritten by a later frame.
 */
export interface Frame {
  readonly camera: string;
  /** +1 per frame that the source delivered, from 0 when the program starts; a gap is a dropped frame. */
  readonly seq: number;
  /** Unix ms when the last byte of the picture was here: for people and for other machines. */
  readonly capturedAt: number;
  /** The same moment by `performance.now()`: for ages and latencies, which a clock being set would falsify. */
  readonly arrivedAt: number;
  /**
   * Milliseconds on the scene's own clock: media time where the source has one (a file read faster than it plays, the
   * simulator), arrival time otherwise. Differences between two frames are what motion is computed from.
   */
  readonly sceneMs: number;
  readonly width: number;
  readonly height: number;
  /** Size of the picture, upright and with square pixels, before it was scaled down to `width` × `height`. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** The decoder complained about the pictures around this one: parts of it may be smeared, grey or old. */
  readonly damaged: boolean;
  /** What the numbers in `data` mean where these are I420; unset: they are RGB24. */
  readonly yuv?: YuvFormat | undefined;
  /**
   * RGB24, rows top to bottom, `width * height * 3` bytes; or I420, half as many. Whoever needs RGB24 takes `rgbFrame`.
   */
  readonly data: Uint8Array;
  release(): void;
}

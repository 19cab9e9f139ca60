import type { Taps } from './taps.js';

/** Resizes an RGB24 picture into the top left of another; the bytes beside and below it are left alone. */
export type Resize = (from: Uint8Array, to: Uint8Array) => void;

/** Sizes in pixels. */
export interface ResizePlan {
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** Of each column and each row of the target: where in the source it comes from. */
  readonly columns: Taps;
  readonly rows: Taps;
  /** Bytes from one row of the target picture to the next. */
  readonly stride: number;
}

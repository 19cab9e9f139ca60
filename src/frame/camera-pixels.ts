import { createYuvResize } from '../kernels/resize-yuv.js';
import { linearTaps } from '../kernels/taps.js';
import { lumaScale, type YuvFormat } from '../kernels/yuv-colour.js';

/** A picture, or a part of one, as the camera made it. */
export interface CameraPixels {
  readonly width: number;
  readonly height: number;
  /** What the numbers in `data` mean where these are I420; unset: they are RGB24. */
  readonly yuv?: YuvFormat | undefined;
  /** Rows top to bottom. */
  readonly data: Uint8Array;
}

/** Where the brightness of a picture lies in its pixels. */
export interface LumaSteps {
  /** Of the first pixel. */
  readonly offset: number;
  /** From a pixel to the one beside it, and to the one below. */
  readonly step: number;
  readonly stride: number;
  /** What a step of it is worth on the scale of 0..255. */
  readonly scale: number;
}

/** Luma, or green, which stands for brightness. */
export function lumaStepsOf({ width, yuv }: Pick<CameraPixels, 'width' | 'yuv'>): LumaSteps {
  if (yuv === undefined) return { offset: 1, step: 3, stride: width * 3, scale: 1 };
  return { offset: 0, step: 1, stride: width, scale: lumaScale(yuv) };
}

/** The same picture in RGB24: its own pixels where they are that already, new ones otherwise. */
export function inRgb(picture: CameraPixels): {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
} {
  const { width, height, yuv, data } = picture;
  if (yuv === undefined) return { width, height, data };
  const rgb = new Uint8Array(width * height * 3);
  rgbTurn(width, height, yuv)(data, rgb);
  return { width, height, data: rgb };
}

/** What turns pictures of a size from I420 into RGB24. */
export function rgbTurn(width: number, height: number, yuv: YuvFormat): (from: Uint8Array, to: Uint8Array) => void {
  const [columns, rows] = [linearTaps(width, width), linearTaps(height, height)];
  return createYuvResize({ sourceWidth: width, sourceHeight: height, columns, rows, stride: width * 3 }, yuv);
}

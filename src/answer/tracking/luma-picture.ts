import type { Frame } from '../../frame/frame.js';
import type { LumaPlane } from '../../kernels/luma-plane.js';
import { lumaScale } from '../../kernels/yuv-colour.js';

/** A picture as single brightness values, which are read where they are. */
export interface LumaPicture extends LumaPlane {
  /** What a level is worth on the scale of 0..255. */
  readonly scale: number;
}

/** What the brightness is taken from. */
export type Brightness = Pick<Frame, 'width' | 'height' | 'data' | 'yuv'>;

/**
 * The brightness of a frame: the plane of luma where it has one. In RGB24 the green channel stands for luma: it carries most of it, and
 * reading it where it is costs no conversion.
 */
export function brightnessOf({ width, height, data, yuv }: Brightness): LumaPicture {
  if (yuv === undefined) return { width, height, data, first: 1, step: 3, scale: 1 };
  return { width, height, data, first: 0, step: 1, scale: lumaScale(yuv) };
}

import { type Detections, STRIDE } from '../frame/detections.js';
import type { Frame } from '../frame/frame.js';
import { isNoShift, NO_SHIFT, type SceneShift } from '../frame/scene-shift.js';

/** Size in pixels of a frame, and of the camera's own picture before it was scaled down to that. */
export type FrameSize = Pick<Frame, 'width' | 'height' | 'sourceWidth' | 'sourceHeight'>;

export function sizeOf({ width, height, sourceWidth, sourceHeight }: FrameSize): FrameSize {
  return { width, height, sourceWidth, sourceHeight };
}

export function isSameSize(a: FrameSize, b: FrameSize): boolean {
  return (
    a.width === b.width && a.height === b.height && a.sourceWidth === b.sourceWidth && a.sourceHeight === b.sourceHeight
  );
}

/** Boxes of the camera's own picture in the frame's pixels: a copy. */
export function inFramePixels(boxes: Detections, size: FrameSize): Detections {
  return scaled(boxes, size.width / size.sourceWidth, size.height / size.sourceHeight);
}

/** Boxes of the frame in the pixels of the camera's own picture: a copy. */
export function inSourcePixels(boxes: Detections, size: FrameSize): Detections {
  return scaled(boxes, size.sourceWidth / size.width, size.sourceHeight / size.height);
}

/** The same of a shift of the scene. */
export function inSourceShift(shift: SceneShift, { width, height, sourceWidth, sourceHeight }: FrameSize): SceneShift {
  if (isNoShift(shift)) return NO_SHIFT;
  return { ...shift, x: (shift.x * sourceWidth) / width, y: (shift.y * sourceHeight) / height };
}

function scaled({ count, data }: Detections, across: number, down: number): Detections {
  const out = data.slice(0, count * STRIDE);
  if (across === 1 && down === 1) return { count, data: out };
  for (let at = 0; at < out.length; at += STRIDE) {
    out[at]! *= across;
    out[at + 1]! *= down;
    out[at + 2]! *= across;
    out[at + 3]! *= down;
  }
  return { count, data: out };
}

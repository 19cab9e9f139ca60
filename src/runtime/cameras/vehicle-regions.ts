import { STRIDE } from '../../frame/detections.js';
import type { Frame } from '../../frame/frame.js';
import type { FrameResult } from '../../frame/frame-result.js';
import type { Region } from '../../media/compression/wish.js';

/** Where the vehicles of a result, whose boxes are in pixels of the source, are in the frame. */
export function vehicleRegions(
  { width, height, sourceWidth, sourceHeight }: Frame,
  { detections: { count, data } }: Pick<FrameResult, 'detections'>,
): Region[] {
  const [x, y] = [width / sourceWidth, height / sourceHeight];
  return Array.from({ length: count }, (_, row): Region => {
    const at = row * STRIDE;
    return [data[at]! * x, data[at + 1]! * y, data[at + 2]! * x, data[at + 3]! * y];
  });
}

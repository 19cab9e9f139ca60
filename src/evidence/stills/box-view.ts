import { type Detections, STRIDE } from '../../frame/detections.js';
import type { StillView } from './still-score.js';

/** Share of the picture's width and height within which a box that ends there may go on beyond it. */
const EDGE = 0.006;

/**
 * What a box says of its own vehicle, whoever stands before it.
 *
 * @param row of the box
 * @param width of the picture that the boxes are in pixels of
 */
export function openView(
  { data }: Detections,
  row: number,
  width: number,
  height: number,
): Pick<StillView, 'area' | 'whole' | 'score'> {
  const at = row * STRIDE;
  const x1 = data[at]!;
  const y1 = data[at + 1]!;
  const x2 = data[at + 2]!;
  const y2 = data[at + 3]!;
  const marginX = width * EDGE;
  const marginY = height * EDGE;
  return {
    area: Math.max(0, (x2 - x1) * (y2 - y1)) / (width * height),
    whole: x1 > marginX && y1 > marginY && x2 < width - marginX && y2 < height - marginY,
    score: data[at + 4]!,
  };
}

/** Share of a box, 0..1, that others cover: of two vehicles the one whose box ends lower is nearer to the camera, and hides the other. */
export function hiddenShare({ count, data }: Detections, row: number): number {
  const at = row * STRIDE;
  const x1 = data[at]!;
  const y1 = data[at + 1]!;
  const x2 = data[at + 2]!;
  const y2 = data[at + 3]!;
  const own = (x2 - x1) * (y2 - y1);
  let hidden = 0;
  for (let other = 0; other < count; other++) {
    const from = other * STRIDE;
    if (other === row || data[from + 3]! <= y2) continue;
    const across = Math.min(x2, data[from + 2]!) - Math.max(x1, data[from]!);
    const down = y2 - Math.max(y1, data[from + 1]!);
    if (across > 0 && down > 0) hidden += across * down;
  }
  return own > 0 ? Math.min(1, hidden / own) : 1;
}

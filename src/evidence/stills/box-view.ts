import { type Detections, STRIDE } from '../../frame/detections.js';
import type { StillView } from './still-score.js';

/** Share of the picture's width and height within which a box that ends there may go on beyond it. */
const EDGE = 0.006;

/**
 * What the boxes of a picture alone say of one of them. Of two vehicles the one whose box ends lower is nearer to the camera, and
 * hides what it covers of the other.
 *
 * @param row of the box
 * @param width of the picture that the boxes are in pixels of
 */
export function boxView(
  { count, data }: Detections,
  row: number,
  width: number,
  height: number,
): Pick<StillView, 'area' | 'hidden' | 'whole' | 'score'> {
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
  const [marginX, marginY] = [width * EDGE, height * EDGE];
  return {
    area: Math.max(0, own) / (width * height),
    hidden: own > 0 ? Math.min(1, hidden / own) : 1,
    whole: x1 > marginX && y1 > marginY && x2 < width - marginX && y2 < height - marginY,
    score: data[at + 4]!,
  };
}

// YOLOX's raw output as boxes, the way it is commonly written in JavaScript.
import { suppress } from './suppress.mjs';

export const SIZE = 416;
const SCORE = 0.35;
const IOU = 0.45;

/**
 * @param data [3549, 85]: x, y, log w, log h in cells, objectness, 80 class scores
 * @returns [x1, y1, x2, y2, score, class] in pixels of a picture of `width` x `height`, strongest first
 */
export function decode(data, width, height) {
  const boxes = [];
  const scale = Math.min(SIZE / width, SIZE / height);
  const clip = (value, limit) => Math.min(limit, Math.max(0, value / scale));
  let row = 0;
  for (const stride of [8, 16, 32]) {
    const cells = SIZE / stride;
    for (let y = 0; y < cells; y++) {
      for (let x = 0; x < cells; x++, row += 85) {
        const objectness = data[row + 4];
        if (objectness < SCORE) continue;
        let best = 0;
        for (let c = 1; c < 80; c++) if (data[row + 5 + c] > data[row + 5 + best]) best = c;
        const score = objectness * data[row + 5 + best];
        if (score < SCORE) continue;
        const cx = (data[row] + x) * stride;
        const cy = (data[row + 1] + y) * stride;
        const w = Math.exp(data[row + 2]) * stride;
        const h = Math.exp(data[row + 3]) * stride;
        boxes.push([
          clip(cx - w / 2, width),
          clip(cy - h / 2, height),
          clip(cx + w / 2, width),
          clip(cy + h / 2, height),
          score,
          best,
        ]);
      }
    }
  }
  return suppress(boxes, IOU);
}

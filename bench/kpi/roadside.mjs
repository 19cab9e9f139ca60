// The roadside models' output as boxes, the way it is commonly written in JavaScript.
import { suppress } from '../peers/suppress.mjs';

const SCORE = 0.35;
const IOU = 0.6;

/**
 * @param data rows of 4 + `classes`: x1, y1, x2, y2 in pixels of the input, one score per class
 * @param reported indices of the classes that are wanted
 * @param input size of the model's input in pixels
 * @param source size of the picture that the boxes are to refer to, which fills the input from its top left corner
 * @returns [x1, y1, x2, y2, score, class], strongest first
 */
export function decode(data, classes, reported, input, source) {
  const boxes = [];
  const scale = Math.min(input.width / source.width, input.height / source.height);
  const clip = (value, limit) => Math.min(limit, Math.max(0, value / scale));
  for (let row = 0; row < data.length; row += 4 + classes) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (data[row + 4 + c] > data[row + 4 + best]) best = c;
    const score = data[row + 4 + best];
    if (score < SCORE || !reported.includes(best)) continue;
    boxes.push([
      clip(data[row], source.width),
      clip(data[row + 1], source.height),
      clip(data[row + 2], source.width),
      clip(data[row + 3], source.height),
      score,
      best,
    ]);
  }
  return suppress(boxes, IOU);
}

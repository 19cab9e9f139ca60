// The roadside models' output as boxes, the way it is commonly written in JavaScript.

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
  return suppress(boxes);
}

function suppress(boxes) {
  const kept = [];
  for (const box of boxes.sort((a, b) => b[4] - a[4])) {
    if (!kept.some((other) => other[5] === box[5] && iou(other, box) > IOU)) kept.push(box);
  }
  return kept;
}

function iou(a, b) {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared);
}

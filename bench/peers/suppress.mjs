// Suppression of overlapping boxes, the way it is commonly written in JavaScript.

/** Of boxes of one class that overlap by more than `most`, the strongest; strongest first. */
export function suppress(boxes, most) {
  const kept = [];
  for (const box of boxes.sort((a, b) => b[4] - a[4])) {
    if (!kept.some((other) => other[5] === box[5] && iou(other, box) > most)) kept.push(box);
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

/** The corners of a box, x1, y1, x2, y2, in pixels of the camera's own picture. */
export type Box = [number, number, number, number];

/** Intersection over union, 0..1, of the boxes whose x1, y1, x2, y2 begin at elements `i` of `a` and `j` of `b`. */
export function iou(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number): number {
  const width = Math.min(a[i + 2]!, b[j + 2]!) - Math.max(a[i]!, b[j]!);
  if (width <= 0) return 0;
  const height = Math.min(a[i + 3]!, b[j + 3]!) - Math.max(a[i + 1]!, b[j + 1]!);
  if (height <= 0) return 0;
  const shared = width * height;
  const areaA = (a[i + 2]! - a[i]!) * (a[i + 3]! - a[i + 1]!);
  const areaB = (b[j + 2]! - b[j]!) * (b[j + 3]! - b[j + 1]!);
  return shared / (areaA + areaB - shared);
}

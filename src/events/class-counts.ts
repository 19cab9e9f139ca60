import { type Detections, STRIDE } from '../frame/detections.js';

/** Boxes per class, indexed by class. */
export type ClassCounts = Int32Array;

/** Counts boxes per class into `counts`. */
export function countClasses(detections: Detections, counts: ClassCounts): void {
  counts.fill(0);
  const { data, count } = detections;
  for (let i = 0, row = 5; i < count; i++, row += STRIDE) counts[data[row]!]!++;
}

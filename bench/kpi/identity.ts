import { iou } from '../../src/frame/box.js';
import { STRIDE } from '../../src/frame/detections.js';
import type { Truth } from '../../src/simulator/road.js';
import type { Box } from '../harness/results.js';
import type { Answer } from './answers.js';

const LEAST_IOU = 0.5;
/** Where a result's row has its track id. */
const TRACK = 6;

/**
 * Identity switches as MOTA counts them: a true vehicle that is matched to another track than when it was last matched.
 * A pair of the frame before stays together while its boxes overlap by an IoU of 0.5; the others pair by overlap.
 *
 * @returns null where no answer has a track id (0 is none)
 */
export function identitySwitches(answers: readonly Answer[], truth: readonly Truth[]): number | null {
  if (!answers.some(({ detections }) => detections.some((box) => (box[TRACK] ?? 0) !== 0))) return null;
  const lastTrack = new Map<number, number>();
  let paired = new Map<number, number>();
  let switches = 0;
  for (const { seq, detections } of answers) {
    const frame = truth[seq];
    if (!frame) continue;
    paired = pairUp(frame, detections, paired);
    for (const [vehicle, track] of paired) {
      const last = lastTrack.get(vehicle);
      if (last !== undefined && last !== track) switches++;
      lastTrack.set(vehicle, track);
    }
  }
  return switches;
}

/** Vehicle id → track id. */
function pairUp(truth: Truth, boxes: readonly Box[], before: ReadonlyMap<number, number>): Map<number, number> {
  const candidates = [];
  for (let i = 0; i < truth.count; i++) {
    const vehicle = truth.ids[i]!;
    for (const box of boxes) {
      const track = box[TRACK] ?? 0;
      const overlap = track === 0 ? 0 : iou(truth.data, i * STRIDE, box, 0);
      if (overlap >= LEAST_IOU) candidates.push({ vehicle, track, stays: before.get(vehicle) === track, overlap });
    }
  }
  candidates.sort((a, b) => Number(b.stays) - Number(a.stays) || b.overlap - a.overlap);
  const paired = new Map<number, number>();
  const taken = new Set<number>();
  for (const { vehicle, track } of candidates) {
    if (paired.has(vehicle) || taken.has(track)) continue;
    paired.set(vehicle, track);
    taken.add(track);
  }
  return paired;
}

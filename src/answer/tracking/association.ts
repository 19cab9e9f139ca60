import { iou } from '../../frame/box.js';
import { type Detections, STRIDE } from '../../frame/detections.js';
import { assign } from './assignment.js';
import type { Track } from './track.js';

/** IoU from which a sure box may be a track's, and a weak one. */
const SURE_IOU = 0.2;
const WEAK_IOU = 0.4;
/** A box of another class: detectors take vans for trucks from one frame to the next. */
const OTHER_CLASS = 0.9;
/** A vehicle seen no more often has hardly a speed: it is looked for around, in sizes, at a similar size (log of areas). */
const NEWLY_SEEN = 2;
const REACH = 1.2;
const ALIKE = 0.7;

export interface Association {
  /** Row of the detections for each track, -1 where it has none. */
  readonly rows: Int32Array;
  /** 1 for each detection that is some track's. */
  readonly taken: Uint8Array;
}

/**
 * Which detection is which track, in the manner of ByteTrack (Zhang et al., "ByteTrack: multi-object tracking by
 * associating every detection box", 2022): sure boxes first, by overlap; then weak boxes for the tracks that are left, so
 * that a vehicle half hidden keeps its number. Last, vehicles just seen, which may have moved by more than their length.
 *
 * @param boxes of the tracks, 4 per track: x1, y1, x2, y2 in pixels of the detections' picture
 * @param isSure whether a detection (class, score) would be reported
 */
export function associate(
  tracks: readonly Track[],
  boxes: Float32Array,
  detections: Detections,
  isSure: (classIndex: number, score: number) => boolean,
): Association {
  const { count, data } = detections;
  const rows = new Int32Array(tracks.length).fill(-1);
  const taken = new Uint8Array(count);
  const sure = new Uint8Array(count);
  for (let j = 0; j < count; j++) sure[j] = isSure(data[j * STRIDE + 5]!, data[j * STRIDE + 4]!) ? 1 : 0;
  const overlap = (i: number, j: number, least: number): number => {
    const value = iou(boxes, i * 4, data, j * STRIDE);
    const weighed = tracks[i]!.classIndex === data[j * STRIDE + 5] ? value : value * OTHER_CLASS;
    return weighed >= least ? weighed : 0;
  };
  const near = (i: number, j: number): number =>
    tracks[i]!.hits <= NEWLY_SEEN ? closeness(boxes, i * 4, data, j * STRIDE) : 0;
  pair(rows, taken, sure, 1, (i, j) => overlap(i, j, SURE_IOU));
  pair(rows, taken, sure, 0, (i, j) => overlap(i, j, WEAK_IOU));
  pair(rows, taken, sure, 1, near);
  return { rows, taken };
}

/** Assigns what is left on both sides. */
function pair(
  rows: Int32Array,
  taken: Uint8Array,
  sure: Uint8Array,
  stage: 0 | 1,
  value: (track: number, row: number) => number,
): void {
  const tracks = [...rows.keys()].filter((i) => rows[i]! < 0);
  const candidates = [...taken.keys()].filter((j) => taken[j] === 0 && sure[j] === stage);
  if (tracks.length === 0 || candidates.length === 0) return;
  const values = tracks.map((i) => Float64Array.from(candidates, (j) => value(i, j)));
  const columns = assign(values);
  for (const [k, i] of tracks.entries()) {
    if (columns[k]! < 0) continue;
    rows[i] = candidates[columns[k]!]!;
    taken[rows[i]!] = 1;
  }
}

/** 0 where too far or too different; up to 1 at the same place. */
function closeness(a: Float32Array, i: number, b: Float32Array, j: number): number {
  const [aw, ah] = [a[i + 2]! - a[i]!, a[i + 3]! - a[i + 1]!];
  const [bw, bh] = [b[j + 2]! - b[j]!, b[j + 3]! - b[j + 1]!];
  const area = aw * ah;
  if (Math.abs(Math.log((bw * bh) / area)) >= ALIKE) return 0;
  const dx = (a[i]! + a[i + 2]! - b[j]! - b[j + 2]!) / 2;
  const dy = (a[i + 1]! + a[i + 3]! - b[j + 1]! - b[j + 3]!) / 2;
  const distance = Math.hypot(dx, dy) / Math.sqrt(area);
  return distance >= REACH ? 0 : 1 - distance / REACH;
}

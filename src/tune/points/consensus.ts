import { iou } from '../../frame/box.js';
import { STRIDE } from '../../frame/detections.js';

/** What one variant sees on the frames, in an order that is the same for all. */
export interface Witness {
  readonly model: string;
  readonly variant: string;
  /** Per frame rows of 6 in pixels of the picture, classes as the other witnesses number them; weak ones too. */
  readonly rows: readonly Float32Array[];
}

/** How much of what the others believe a witness reports. */
export interface Agreed {
  /** 0..1 */
  readonly f1: number;
  /** Vehicles that it should have reported, by the others. */
  readonly boxes: number;
}

const SAME_IOU = 0.5;
/** The others' scores for a vehicle, on average: from so much on they believe in it. Few of many may see a small one. */
const BELIEVED = 0.15;
/** Narrower ones are a matter of taste. */
const LEAST_WIDTH = 14;

/** The boxes of all witnesses that mean one vehicle. */
interface Cluster {
  readonly box: Float32Array;
  /** Score by witness; 0 where it does not see it. */
  readonly scores: Float64Array;
}

/**
 * How accurate each witness is on frames of which nobody knows the truth: for each, what the others believe together is
 * taken for it. No model is its own judge, the most accurate one on a set of pictures is not believed more on this camera,
 * and each model has one voice, however many variants of it there are.
 *
 * @param reportedFrom score from which a box is reported
 * @returns one per witness, in their order
 */
export function agreement(witnesses: readonly Witness[], reportedFrom: number): Agreed[] {
  if (witnesses.length === 0) return [];
  const tallies = witnesses.map(() => ({ found: 0, missed: 0, alone: 0 }));
  const frames = Math.min(...witnesses.map(({ rows }) => rows.length));
  const voices = voicesOf(witnesses);
  for (let frame = 0; frame < frames; frame++) {
    for (const { box, scores } of clustersOf(witnesses, frame)) {
      if (box[2]! - box[0]! < LEAST_WIDTH) continue;
      for (const [at, tally] of tallies.entries()) {
        const isReported = scores[at]! >= reportedFrom;
        if (beliefWithout(at, scores, voices) >= BELIEVED) tally[isReported ? 'found' : 'missed']++;
        else if (isReported) tally.alone++;
      }
    }
  }
  return tallies.map(({ found, missed, alone }) => {
    const all = 2 * found + missed + alone;
    return { f1: all === 0 ? 1 : (2 * found) / all, boxes: found + missed };
  });
}

/** By witness: its share of its model's one voice. */
function voicesOf(witnesses: readonly Witness[]): readonly number[] {
  const count = (model: string): number => witnesses.filter((one) => one.model === model).length;
  return witnesses.map(({ model }) => 1 / count(model));
}

function beliefWithout(left: number, scores: Float64Array, voices: readonly number[]): number {
  let belief = 0;
  let all = 0;
  for (const [at, voice] of voices.entries()) {
    if (at === left) continue;
    belief += voice * scores[at]!;
    all += voice;
  }
  return all === 0 ? 0 : belief / all;
}

/** Strongest boxes first: each joins the cluster that it overlaps most and that has none of its witness, or begins one. */
function clustersOf(witnesses: readonly Witness[], frame: number): Cluster[] {
  const boxes: { readonly witness: number; readonly box: Float32Array }[] = [];
  for (const [witness, { rows }] of witnesses.entries()) {
    const all = rows[frame]!;
    for (let at = 0; at < all.length; at += STRIDE) boxes.push({ witness, box: all.subarray(at, at + STRIDE) });
  }
  boxes.sort((a, b) => b.box[4]! - a.box[4]!);
  const clusters: Cluster[] = [];
  for (const { witness, box } of boxes) {
    const free = clusters.filter(({ scores }) => scores[witness] === 0);
    const overlaps = free.map((cluster) => iou(box, 0, cluster.box, 0));
    const most = Math.max(0, ...overlaps);
    const cluster = most > SAME_IOU ? free[overlaps.indexOf(most)]! : newCluster(box, witnesses.length, clusters);
    cluster.scores[witness] = box[4]!;
  }
  return clusters;
}

function newCluster(box: Float32Array, witnesses: number, clusters: Cluster[]): Cluster {
  const cluster = { box, scores: new Float64Array(witnesses) };
  clusters.push(cluster);
  return cluster;
}

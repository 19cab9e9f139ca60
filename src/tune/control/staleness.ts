import type { CameraLoad } from '../observation.js';
import type { KnownPoint } from '../operating-point.js';
import { DriftingRegression } from './drifting-regression.js';
import { kindOf } from './kinds.js';

/** F1 lost a second by boxes that are carried on, for each inference a second that a scene asks for. */
const LOST_PER_WANTED = 0.02;
/** Whatever a scene asks for: every frame is asked for where reuse is off, and that says nothing of the road. */
const MOST_LOST_PER_S = 0.12;
const DAY_S = 86_400;
const READING_SD = 0.015;
/** Inferences a second below which a scene asks for none. */
const NONE = 0.01;

/**
 * What answering without inference costs in F1, by how old the inference behind an answer is, learnt from the audits.
 *
 * Lost = a + b · staleness + what this kind of point loses beside that. The staleness of a setting is the mean age of the
 * inferences behind the answers times what a second of age would cost that camera, which goes with how often its scene asks
 * for an inference. Before anything is known b is 1. A kind that lost accuracy shows in a part of its own.
 */
export class Staleness {
  readonly #regression = new DriftingRegression([
    { start: 0.005, sd: 0.01, drift: 0.0005, returnS: DAY_S, least: 0, most: 0.5, jumps: false },
    { start: 1, sd: 1, drift: 0.02, returnS: DAY_S, least: 0.05, most: 20, jumps: false },
  ]);
  readonly #kinds = new Map<string, number>();
  #row = new Float64Array(2);

  know(points: readonly KnownPoint[]): void {
    for (const point of points) {
      const kind = kindOf(point);
      if (this.#kinds.has(kind)) continue;
      const index = this.#regression.add({
        start: 0,
        sd: 0.03,
        drift: 0.002,
        returnS: 2 * DAY_S,
        least: -0.02,
        most: 0.9,
        jumps: true,
      });
      this.#kinds.set(kind, index);
    }
    this.#row = new Float64Array(this.#regression.size);
  }

  get kinds(): Iterable<string> {
    return this.#kinds.keys();
  }

  advance(seconds: number): void {
    this.#regression.advance(seconds);
  }

  /** Learns from what the audits found at a point, under a staleness. */
  learn(point: KnownPoint, staleness: number, keptF1: number): void {
    if (!(keptF1 >= 0 && keptF1 <= 1)) return;
    this.#regression.learn(this.#rowOf(point, staleness), 1 - keptF1, READING_SD);
  }

  /** Share of the accuracy that is lost at a point under a staleness, 0..1. */
  lost(point: KnownPoint, staleness: number): number {
    const lost = this.#regression.expect(this.#rowOf(point, staleness));
    // far beyond what was seen it is not a straight line, but never more than all
    return lost < 0.2 ? Math.max(0, lost) : 1 - 0.8 * Math.exp(-(lost - 0.2) / 0.8);
  }

  /** What one kind loses beside what its age explains. */
  ofKind(kind: string): number {
    const index = this.#kinds.get(kind);
    return index === undefined ? 0 : this.#regression.values[index]!;
  }

  sdOfKind(kind: string): number {
    const index = this.#kinds.get(kind);
    return index === undefined ? 0 : this.#regression.sd(index);
  }

  restore(kind: string, lost: number, sd: number): void {
    const index = this.#kinds.get(kind);
    if (index !== undefined) this.#regression.restore(index, lost, sd);
  }

  /** a and b, and how sure they are. */
  get curve(): readonly [number, number, number, number] {
    const { values } = this.#regression;
    return [values[0]!, values[1]!, this.#regression.sd(0), this.#regression.sd(1)];
  }

  restoreCurve([a, b, sdA, sdB]: readonly number[]): void {
    this.#regression.restore(0, a!, sdA!);
    this.#regression.restore(1, b!, sdB!);
  }

  #rowOf(point: KnownPoint, staleness: number): Float64Array {
    this.#row.fill(0);
    this.#row[0] = 1;
    this.#row[1] = staleness;
    const index = this.#kinds.get(kindOf(point));
    if (index !== undefined) this.#row[index] = 1;
    return this.#row;
  }
}

/** F1 that a camera would lose for each second that its boxes are carried on. */
export function lostPerS(wantedPerS: number): number {
  return Math.min(LOST_PER_WANTED * wantedPerS, MOST_LOST_PER_S);
}

/** Staleness of one camera that gets `perS` inferences a second, of `framesPerS` frames. */
export function stalenessOf(wantedPerS: number, perS: number, framesPerS: number): number {
  if (wantedPerS <= NONE) return 0;
  const frameS = framesPerS > 0 ? 1 / framesPerS : 0;
  // half of the time between two inferences, less the frame that is inferred itself
  const age = Math.max(0, 1 / Math.max(perS, 1e-3) - frameS) / 2;
  return lostPerS(wantedPerS) * Math.min(age, 60);
}

/** Staleness over all frames of all cameras, by what they really got. */
export function observedStaleness(cameras: readonly CameraLoad[]): number {
  let sum = 0;
  let frames = 0;
  for (const { wantedPerS, inferredPerS, framesPerS } of cameras) {
    if (!(framesPerS > 0) || !(wantedPerS >= 0)) continue;
    sum += framesPerS * stalenessOf(wantedPerS, inferredPerS, framesPerS);
    frames += framesPerS;
  }
  return frames === 0 ? 0 : sum / frames;
}

import type { BlockLesson, BlockPair } from '../block-pair.js';
import type { BlockState } from '../block-state.js';
import type { LightChange } from '../light-change.js';
import { keepVehicleLike } from './vehicle-like.js';

/*
 * As ../assembly/blocks.ts, which computes the same in the same order, so that both give the same to the last bit.
 */

type Light = Pick<LightChange, 'gain' | 'offset'>;

/** Levels below which no difference counts, however still the picture: what compression does between two key frames. */
const LEAST_TOLERANCE = 4;
/** A block that would need more levels tells nothing about vehicles: it has no vote. */
export const MOST_TOLERANCE = 60;
/** Standard deviations of a block's noise; and from the median of |difference of two frames| to that of one. */
const DEVIATIONS = 5 * (1 / (0.6745 * Math.SQRT2));
const LEAST_NOISE = 0.02;
/** Share by which the running median moves per frame. */
const NOISE_STEP = 0.02;

/** See `BlockWork.compare`. */
export function plainCompare(state: BlockState, pair: BlockPair, { gain, offset }: Light, into: Uint8Array): number {
  const { count, across, levels, other, difference, ratio, comparable } = state;
  const { from, to, known, masked, mayBeOther } = pair;
  for (let i = 0; i < count; i++) {
    const isOpen = masked[i] === 0;
    const isValid = known === null ? isOpen : known[i] !== 0;
    const level = levels[i]!;
    difference[i] = isValid ? to[i]! - cut(from[i]! * gain + offset) : 0;
    const votes = isValid && isOpen && level < MOST_TOLERANCE;
    comparable[i] = votes ? 1 : 0;
    const d = Math.abs(difference[i]!);
    const isOver = votes && d > level && !(mayBeOther && isShown(other[i]!, to[i]!, level, gain, offset));
    ratio[i] = isOver ? d / level : 0;
  }
  return keepVehicleLike(difference, ratio, across, into);
}

/** See `BlockWork.follow`. */
export function plainFollow(state: BlockState, lesson: BlockLesson, light: Light, beyond: Int32Array): number {
  const { count, skip, usual, noise, factor, levels, before, otherFor, difference } = state;
  const { luma, follows, sees, share, kept } = lesson;
  const { gain, offset } = light;
  let found = 0;
  for (let i = 0; i < count; i++) {
    if (follows[i] === 0) continue;
    const d = difference[i]!;
    if (sees && skip[i] === 0) noise[i] = movedNoise(noise[i]!, Math.abs(d - before[i]!));
    skip[i] = 0;
    before[i] = d;
    settleTolerance(factor, noise, levels, i, kept);
    if (Math.abs(d) <= levels[i]!) {
      usual[i]! += share * ((luma[i]! - offset) / gain - usual[i]!);
      otherFor[i] = 0;
    } else beyond[found++] = i;
  }
  return found;
}

/** Sets the tolerance of a block by its noise and what widens it. @param kept of what widens it, what is left */
export function settleTolerance(
  factor: Float32Array,
  noise: Float32Array,
  levels: Float32Array,
  i: number,
  kept: number,
): void {
  const widened = 1 + (factor[i]! - 1) * kept;
  factor[i] = widened;
  const level = Math.max(LEAST_TOLERANCE, DEVIATIONS * noise[i]!) * widened;
  levels[i] = level < MOST_TOLERANCE ? level : MOST_TOLERANCE;
}

/** The tolerance of a block with such a noise that nothing widens, levels. */
export const toleranceOf = (noise: number): number => DEVIATIONS * noise;

/** Whether a block shows its other usual state. */
export function isShown(other: number, luma: number, level: number, gain: number, offset: number): boolean {
  return Math.abs(luma - cut(other * gain + offset)) <= level;
}

function movedNoise(noise: number, step: number): number {
  const moved = noise * (step > noise ? 1 + NOISE_STEP : 1 - NOISE_STEP);
  return moved < LEAST_NOISE ? LEAST_NOISE : moved;
}

function cut(luma: number): number {
  return luma < 0 ? 0 : luma > 255 ? 255 : luma;
}

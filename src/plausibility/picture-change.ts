import { TILES } from './picture-sample.js';

/** Levels by which a tile differs, whatever the noise; and by which something else is there. */
const DIFFERENT = 6;
const REPLACED = 25;
/** Share of the tiles that differ in another picture. */
const OTHER_PICTURE = 0.05;
/** Share of the tiles that something of the size of a vehicle replaces; more is a change of light. */
const LEAST_VEHICLE = 0.01;
const MOST_VEHICLE = 0.3;

/** What became of a picture since another one. */
export interface PictureChange {
  /** Whether it is another picture, be it for the light. */
  readonly isOther: boolean;
  /** Whether something of the size of a vehicle came or went. */
  readonly hasMoved: boolean;
}

/** @param before,now mean level of each tile */
export function pictureChange(before: Float32Array, now: Float32Array): PictureChange {
  let different = 0;
  let replaced = 0;
  for (let tile = 0; tile < TILES; tile++) {
    const change = Math.abs(now[tile]! - before[tile]!);
    if (change > DIFFERENT) different++;
    if (change > REPLACED) replaced++;
  }
  return {
    isOther: different >= OTHER_PICTURE * TILES,
    hasMoved: replaced >= LEAST_VEHICLE * TILES && different <= MOST_VEHICLE * TILES,
  };
}

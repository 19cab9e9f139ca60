/** Steps by which JPEG rounds the cosine transform of luma at quality 50 (ITU-T T.81, K.1), row by row. */
// biome-ignore format: a row of the block a line
const STEPS = [
  16, 11, 10, 16, 24, 40, 51, 61,
  12, 12, 14, 19, 26, 58, 60, 55,
  14, 13, 16, 24, 40, 57, 69, 56,
  14, 17, 22, 29, 51, 87, 80, 62,
  18, 22, 37, 56, 68, 109, 103, 77,
  24, 35, 55, 64, 81, 104, 113, 92,
  49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
];

/** How an encoder rounds the frequencies of a block: JPEG high ones more coarsely than low ones, WebP and AVIF all alike. */
export type Rounding = 'graded' | 'even';

/** Part of a step below which a number is left out: encoders that weigh bits against damage leave out more than half a step. */
export const LEAST_KEPT: Readonly<Record<Rounding, number>> = { graded: 0.5, even: 0.6 };

/** What an even step is at coarseness 1, levels: as JPEG's smallest, so that the two scales have the same range. */
const EVEN_STEP = 16;

/**
 * The steps of a block.
 *
 * @param coarseness how coarsely detail is rounded, as a multiple of JPEG's steps at quality 50
 * @param to of 64
 */
export function stepsOf(coarseness: number, rounding: Rounding, to: Float32Array): void {
  if (rounding === 'even') to.fill(EVEN_STEP * coarseness);
  else for (let cell = 0; cell < STEPS.length; cell++) to[cell] = Math.max(1, STEPS[cell]! * coarseness);
}

/** A difference has to be unlike its surroundings by this share of itself: glare and shadows of clouds are smooth. */
const STANDS_OUT = 0.25;
/** And by this share of its tolerance. */
const OF_TOLERANCE = 0.3;
/** Blocks from the one looked at to those that it is compared with. */
const RING = 2;
/** Times its tolerance by which a block counts without a neighbour that differs too. */
const ALONE = 1.6;

/**
 * Keeps what may be a vehicle of the blocks that differ: those that stand out of the blocks two further on, and that
 * have a neighbour which does too, or differ by far. The middle of a smooth glow, where everything around brightened
 * alike, does not stand out; the edge of a vehicle does.
 *
 * @param difference levels per block, 0 where there is nothing to compare with
 * @param ratio |difference| as a multiple of the block's tolerance where it is above 1, 0 elsewhere; changed
 * @param across blocks of a row
 * @param into 1 where a block counts, 0 elsewhere
 * @returns how many count
 */
export function keepVehicleLike(
  difference: Float32Array,
  ratio: Float32Array,
  across: number,
  into: Uint8Array,
): number {
  for (let i = 0; i < ratio.length; i++) {
    if (ratio[i] === 0) continue;
    const d = Math.abs(difference[i]!);
    const least = Math.max((d / ratio[i]!) * OF_TOLERANCE, d * STANDS_OUT);
    if (!standsOut(difference, i, across, least)) ratio[i] = 0;
  }
  let count = 0;
  for (let i = 0; i < ratio.length; i++) {
    const counts = ratio[i] !== 0 && (ratio[i]! >= ALONE || hasNeighbour(ratio, i, across));
    into[i] = counts ? 1 : 0;
    if (counts) count++;
  }
  return count;
}

/** Whether the difference is unlike the mean of those to both sides, or above and below. */
function standsOut(difference: Float32Array, i: number, across: number, least: number): boolean {
  const d = difference[i]!;
  const x = i % across;
  const left = difference[i - Math.min(RING, x)]!;
  const right = difference[i + Math.min(RING, across - 1 - x)]!;
  if (Math.abs(d - (left + right) / 2) > least) return true;
  const up = i >= RING * across ? difference[i - RING * across]! : d;
  const down = i < difference.length - RING * across ? difference[i + RING * across]! : d;
  return Math.abs(d - (up + down) / 2) > least;
}

function hasNeighbour(ratio: Float32Array, i: number, across: number): boolean {
  const x = i % across;
  return (
    (x > 0 && ratio[i - 1] !== 0) ||
    (x < across - 1 && ratio[i + 1] !== 0) ||
    (i >= across && ratio[i - across] !== 0) ||
    (i < ratio.length - across && ratio[i + across] !== 0)
  );
}

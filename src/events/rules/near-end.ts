import type { Box } from '../../frame/box.js';

/** Of the height of a vehicle's box, the part that is its length on the road, seen from a pole. */
const LENGTH_SHARE = 0.35;

/**
 * Where the near end of a vehicle is: the lower edge of its box, without the part beside it that the far end takes up. Pixels.
 *
 * @param slant as `VehiclePath.slant`; null: nobody knows, and the whole edge is taken
 */
export function nearEnd([x1, y1, x2, y2]: Box, slant: number | null): { x: number; y: number; width: number } {
  const shift = (slant ?? 0) * LENGTH_SHARE * (y2 - y1);
  const width = Math.max(0.4 * (x2 - x1), x2 - x1 - Math.abs(shift));
  return { x: (x1 + x2) / 2 + (Math.sign(shift) * (x2 - x1 - width)) / 2, y: y2, width };
}

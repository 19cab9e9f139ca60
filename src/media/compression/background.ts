import { smoothed } from '../image.js';
import type { Rgb } from '../picture-light.js';
import type { Background, Region } from './wish.js';

const DIVISORS: Readonly<Record<Exclude<Background, 'whole'>, number>> = { half: 2, quarter: 4 };
/** What of a vehicle sticks out of its box: px, and part of the larger side of the box. */
const MARGIN_PX = 2;
const MARGIN = 0.03;

/** The picture with less detail outside the regions; as it is where there are none, or none is to be taken away. */
export async function withBackground(picture: Rgb, regions: readonly Region[], background: Background): Promise<Rgb> {
  if (background === 'whole' || regions.length === 0) return picture;
  const smooth = await smoothed(picture, DIVISORS[background]);
  for (const region of regions) copyRegion(picture, smooth, grown(region, picture));
  return smooth;
}

/** The region with its margin, in whole pixels, within the picture. */
export function grown([x1, y1, x2, y2]: Region, { width, height }: Pick<Rgb, 'width' | 'height'>): Region {
  const margin = MARGIN_PX + MARGIN * Math.max(x2 - x1, y2 - y1);
  const down = (at: number): number => Math.max(0, Math.floor(at - margin));
  const up = (at: number, most: number): number => Math.min(most, Math.ceil(at + margin));
  return [down(x1), down(y1), up(x2, width), up(y2, height)];
}

function copyRegion(from: Rgb, to: Rgb, [x1, y1, x2, y2]: Region): void {
  if (x2 <= x1) return;
  for (let y = y1; y < y2; y++) {
    const at = (y * from.width + x1) * 3;
    to.data.set(from.data.subarray(at, at + (x2 - x1) * 3), at);
  }
}

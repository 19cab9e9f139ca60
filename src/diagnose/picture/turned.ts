import type { Rgb } from '../../media/picture-light.js';

/** Quarter turns, clockwise. */
export type Quarters = 0 | 1 | 2 | 3;

/** A picture turned clockwise. */
export function turned({ width, height, data }: Rgb, quarters: Quarters): Rgb {
  if (quarters === 0) return { width, height, data };
  const isUpright = quarters === 2;
  const [across, down] = isUpright ? [width, height] : [height, width];
  const into = new Uint8Array(data.length);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const [column, row] = isUpright
        ? [width - 1 - x, height - 1 - y]
        : quarters === 1
          ? [y, height - 1 - x]
          : [width - 1 - y, x];
      const from = (row * width + column) * 3;
      const to = (y * across + x) * 3;
      into[to] = data[from]!;
      into[to + 1] = data[from + 1]!;
      into[to + 2] = data[from + 2]!;
    }
  }
  return { width: across, height: down, data: into };
}

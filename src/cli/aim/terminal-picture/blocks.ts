import type { Rgb } from '../../../media/picture-light.js';

/**
 * Lines of a terminal: half blocks, two pixels above each other in a letter, in 24-bit colour.
 *
 * @param picture one letter wide a pixel; its height is even
 */
export function inBlocks({ width, height, data }: Rgb): string[] {
  const colour = (x: number, y: number): string => {
    const at = (y * width + x) * 3;
    return `${data[at]};${data[at + 1]};${data[at + 2]}`;
  };
  return Array.from({ length: Math.floor(height / 2) }, (_, row) => {
    let line = '';
    let last = '';
    for (let x = 0; x < width; x++) {
      const colours = `\u001b[38;2;${colour(x, row * 2)};48;2;${colour(x, row * 2 + 1)}m`;
      // neighbours of one colour need it said once
      line += colours === last ? '▀' : `${colours}▀`;
      last = colours;
    }
    return `${line}\u001b[0m`;
  });
}

import type { BlockGrid } from '../block-grid.js';
import type { BlockShift } from '../block-shift.js';

/** The means of `createShiftedBlocks` without WebAssembly, to the last bit. */
export function plainShiftedBlocks(
  { width, height, columnEnds, rowEnds }: BlockGrid,
  plane: Uint8Array,
  { x, y, turn, growth }: BlockShift,
  into: Float32Array,
): void {
  const across = columnEnds.length;
  for (let row = 0, block = 0; row < rowEnds.length; row++) {
    const [top, bottom] = [row === 0 ? 0 : rowEnds[row - 1]!, rowEnds[row]!];
    const below = (top + bottom) / 2 - height / 2;
    for (let column = 0; column < across; column++, block++) {
      const [left, end] = [column === 0 ? 0 : columnEnds[column - 1]!, columnEnds[column]!];
      const right = (left + end) / 2 - width / 2;
      const farX = x + growth * right - turn * below;
      const farY = y + growth * below + turn * right;
      const [wholeX, wholeY] = [Math.floor(farX), Math.floor(farY)];
      const dx = Math.max(-left, Math.min(width - 1 - end, wholeX));
      const dy = Math.max(-top, Math.min(height - 1 - bottom, wholeY));
      let [sum, beside, under] = [0, 0, 0];
      for (let v = top + dy; v < bottom + dy; v++) {
        for (let u = left + dx; u < end + dx; u++) sum += plane[v * width + u]!;
        beside += plane[v * width + end + dx]! - plane[v * width + left + dx]!;
      }
      for (let u = left + dx; u < end + dx; u++) {
        under += plane[(bottom + dy) * width + u]! - plane[(top + dy) * width + u]!;
      }
      into[block] = (sum + (farX - wholeX) * beside + (farY - wholeY) * under) / ((end - left) * (bottom - top));
    }
  }
}

import type { Decoding } from '../../decoding.js';
import type { Candidates } from './decoder.js';

/** Adds the box whose four numbers begin at `at` to the candidates; `anchor` is the row that it came from. */
export type BoxReader = (
  candidates: Candidates,
  data: Float32Array,
  at: number,
  score: number,
  classIndex: number,
  anchor: number,
) => void;

/** Chooses, once, how four numbers become corners in pixels of an input of this size. */
export function boxReader({ boxes, coordinates }: Decoding, width: number, height: number): BoxReader {
  if (coordinates === 'grid') return gridBoxes(width, height);
  const x = coordinates === 'normalised' ? width : 1;
  const y = coordinates === 'normalised' ? height : 1;
  switch (boxes) {
    case 'xyxy':
      return (candidates, data, at, score, classIndex) =>
        candidates.add(data[at]! * x, data[at + 1]! * y, data[at + 2]! * x, data[at + 3]! * y, score, classIndex);
    case 'yxyx':
      return (candidates, data, at, score, classIndex) =>
        candidates.add(data[at + 1]! * x, data[at]! * y, data[at + 3]! * x, data[at + 2]! * y, score, classIndex);
    case 'xywh':
      return (candidates, data, at, score, classIndex) => {
        const left = data[at]! * x;
        const top = data[at + 1]! * y;
        candidates.add(left, top, left + data[at + 2]! * x, top + data[at + 3]! * y, score, classIndex);
      };
    case 'cxcywh':
      return (candidates, data, at, score, classIndex) =>
        addCentred(
          candidates,
          data[at]! * x,
          data[at + 1]! * y,
          data[at + 2]! * x,
          data[at + 3]! * y,
          score,
          classIndex,
        );
  }
}

/** Columns of an anchor in the grid's table. */
const CELL = 3;

/** YOLOX before decoding: x, y (offset from the grid cell, in cells), log w, log h (in cells). */
function gridBoxes(width: number, height: number): BoxReader {
  const grid = gridOf(width, height);
  return (candidates, data, at, score, classIndex, anchor) => {
    const cell = grid[anchor * CELL]!;
    const cx = (data[at]! + grid[anchor * CELL + 1]!) * cell;
    const cy = (data[at + 1]! + grid[anchor * CELL + 2]!) * cell;
    addCentred(candidates, cx, cy, Math.exp(data[at + 2]!) * cell, Math.exp(data[at + 3]!) * cell, score, classIndex);
  };
}

function addCentred(
  candidates: Candidates,
  cx: number,
  cy: number,
  width: number,
  height: number,
  score: number,
  classIndex: number,
): void {
  candidates.add(cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2, score, classIndex);
}

const STRIDES = [8, 16, 32];

/** Cells of stride 8, 16 and 32 that an input of this size has: what an anchor-free head gives one row each. */
export function cellsOf(width: number, height: number): number {
  return STRIDES.reduce((sum, stride) => sum + Math.floor(width / stride) * Math.floor(height / stride), 0);
}

/** Per anchor: stride in pixels, column, row of its cell; row by row. */
function gridOf(width: number, height: number): Float32Array {
  const cells: number[] = [];
  for (const stride of STRIDES) {
    const columns = Math.floor(width / stride);
    const rows = Math.floor(height / stride);
    for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) cells.push(stride, x, y);
  }
  return Float32Array.from(cells);
}

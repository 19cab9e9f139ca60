import { type CreateDecoder, unreadable } from './decoder.js';

const STRIDES = [8, 16, 32];

/**
 * `[batch, anchors, 5 + classes]` as the official export gives it, before decoding: x, y (offset from the grid cell, in
 * cells), log w, log h (in cells), objectness, one score per class (sigmoid already taken). Cells of stride 8, 16, 32,
 * row by row.
 */
export const yolox: CreateDecoder = (request, outputs) => {
  const { width, height } = request.input;
  const classes = request.classes.length;
  const stride = 5 + classes;
  const grid = gridOf(width, height);
  const anchors = grid.length / 3;
  const output = outputs.find(({ dims }) => dims.length === 3 && dims[1] === anchors && dims[2] === stride);
  if (!output) {
    throw unreadable(
      'a yolox model',
      `[batch, ${anchors}, ${stride}] (cells of ${width}x${height}, 5 + ${classes})`,
      outputs,
    );
  }
  const thresholds = Float32Array.from(request.scoreThresholds);
  const lowest = Math.min(...request.scoreThresholds);
  return {
    reads: [output],
    anchors,
    overlapping: true,
    padded: false,
    decode(slices, candidates) {
      const { data, offset } = slices[0]!;
      let peak = 0;
      for (let anchor = 0; anchor < anchors; anchor++) {
        const row = offset + anchor * stride;
        const objectness = data[row + 4]!;
        if (!(objectness >= lowest || objectness > peak)) continue; // the product cannot be larger
        let best = 0;
        let bestClass = 0;
        for (let c = 0; c < classes; c++) {
          const score = data[row + 5 + c]!;
          if (score > best) {
            best = score;
            bestClass = c;
          }
        }
        const score = Math.fround(best * objectness);
        if (score > peak) peak = score;
        if (!(score > 0 && score >= thresholds[bestClass]!)) continue;
        const cell = grid[anchor * 3]!;
        const cx = (data[row]! + grid[anchor * 3 + 1]!) * cell;
        const cy = (data[row + 1]! + grid[anchor * 3 + 2]!) * cell;
        const halfWidth = (Math.exp(data[row + 2]!) * cell) / 2;
        const halfHeight = (Math.exp(data[row + 3]!) * cell) / 2;
        candidates.add(cx - halfWidth, cy - halfHeight, cx + halfWidth, cy + halfHeight, score, bestClass);
      }
      candidates.peak = peak;
    },
  };
};

/** Per anchor: stride in pixels, column, row of its cell. */
function gridOf(width: number, height: number): Float32Array {
  const cells: number[] = [];
  for (const stride of STRIDES) {
    const columns = Math.floor(width / stride);
    const rows = Math.floor(height / stride);
    for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) cells.push(stride, x, y);
  }
  return Float32Array.from(cells);
}

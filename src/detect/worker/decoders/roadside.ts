import { type CreateDecoder, unreadable } from './decoder.js';

/**
 * `[batch, anchors, 4 + classes]`: x1, y1, x2, y2 in pixels of the input, then one score per class, 0..1.
 */
export const roadside: CreateDecoder = (request, outputs) => {
  const classes = request.classes.length;
  const stride = 4 + classes;
  const output = outputs.find(({ dims }) => dims.length === 3 && dims[2] === stride);
  if (!output) throw unreadable('a roadside model', `[batch, anchors, ${stride}] (4 + ${classes} classes)`, outputs);
  const anchors = output.dims[1]!;
  const thresholds = Float32Array.from(request.scoreThresholds);
  return {
    reads: [output],
    anchors,
    overlapping: true,
    padded: false,
    decode(slices, candidates) {
      const { data, offset } = slices[0]!;
      const end = offset + anchors * stride;
      let peak = 0;
      for (let row = offset; row < end; row += stride) {
        let best = 0;
        let bestClass = 0;
        for (let c = 0; c < classes; c++) {
          const score = data[row + 4 + c]!;
          if (score > best) {
            best = score;
            bestClass = c;
          }
        }
        if (best > peak) peak = best;
        if (best > 0 && best >= thresholds[bestClass]!) {
          candidates.add(data[row]!, data[row + 1]!, data[row + 2]!, data[row + 3]!, best, bestClass);
        }
      }
      candidates.peak = peak;
    },
  };
};

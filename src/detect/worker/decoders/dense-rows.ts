import type { Decoding } from '../../decoding.js';
import { boxReader } from './box-reader.js';
import { type Decoder, type DecoderRequest, type OutputShape, sigmoid } from './decoder.js';

/**
 * One row per anchor, `[batch, anchors, features]`: four numbers of the box, with `objectness` how sure it is that there is
 * anything, one score per class, columns that are not used.
 */
export function denseRows(request: DecoderRequest, decoding: Decoding, output: OutputShape): Decoder {
  const [, anchors = 0, stride = 0] = output.dims;
  return {
    reads: [output],
    anchors,
    rows: 'fixed',
    pictures: 'axis',
    overlapping: decoding.overlapping,
    padded: false,
    decode: (decoding.objectness ? withObjectness : withoutObjectness)(request, decoding, anchors, stride),
  };
}

type Scan = (request: DecoderRequest, decoding: Decoding, anchors: number, stride: number) => Decoder['decode'];

const withoutObjectness: Scan = (request, decoding, anchors, stride) => {
  const classes = request.classes.length;
  const thresholds = Float32Array.from(request.scoreThresholds);
  const addBox = boxReader(decoding, request.input.width, request.input.height);
  const logits = decoding.scores === 'logit';
  const least = logits ? Number.NEGATIVE_INFINITY : 0;
  return (slices, candidates) => {
    const { data, offset } = slices[0]!;
    let peak = 0;
    for (let anchor = 0, row = offset; anchor < anchors; anchor++, row += stride) {
      let best = least;
      let bestClass = 0;
      for (let c = 0; c < classes; c++) {
        const score = data[row + 4 + c]!;
        if (score > best) {
          best = score;
          bestClass = c;
        }
      }
      if (logits) best = Math.fround(sigmoid(best));
      if (best > peak) peak = best;
      if (best > 0 && best >= thresholds[bestClass]!) addBox(candidates, data, row, best, bestClass, anchor);
    }
    candidates.peak = peak;
  };
};

const withObjectness: Scan = (request, decoding, anchors, stride) => {
  const classes = request.classes.length;
  const thresholds = Float32Array.from(request.scoreThresholds);
  const lowest = Math.min(...request.scoreThresholds);
  const addBox = boxReader(decoding, request.input.width, request.input.height);
  const logits = decoding.scores === 'logit';
  const least = logits ? Number.NEGATIVE_INFINITY : 0;
  return (slices, candidates) => {
    const { data, offset } = slices[0]!;
    let peak = 0;
    for (let anchor = 0, row = offset; anchor < anchors; anchor++, row += stride) {
      const objectness = logits ? sigmoid(data[row + 4]!) : data[row + 4]!;
      if (!(objectness >= lowest || objectness > peak)) continue; // the product cannot be larger
      let best = least;
      let bestClass = 0;
      for (let c = 0; c < classes; c++) {
        const score = data[row + 5 + c]!;
        if (score > best) {
          best = score;
          bestClass = c;
        }
      }
      const score = Math.fround((logits ? sigmoid(best) : best) * objectness);
      if (score > peak) peak = score;
      if (score > 0 && score >= thresholds[bestClass]!) addBox(candidates, data, row, score, bestClass, anchor);
    }
    candidates.peak = peak;
  };
};

import type { Decoding } from '../../decoding.js';
import { boxReader } from './box-reader.js';
import { type Decoder, type DecoderRequest, type OutputShape, sigmoid } from './decoder.js';

/**
 * Two outputs: boxes `[batch, anchors, 4]` and scores `[batch, anchors, classes]`, among the latter perhaps one for the
 * background. A box tensor with a further axis of 1, and scores without an axis for their one class, lie in memory alike.
 */
export function boxesAndScores(
  request: DecoderRequest,
  decoding: Decoding,
  boxes: OutputShape,
  scores: OutputShape,
): Decoder {
  const classes = request.classes.length;
  const anchors = boxes.dims[1]!;
  const stride = scores.dims[2] ?? 1;
  const first = decoding.background === 'first' ? 1 : 0;
  const thresholds = Float32Array.from(request.scoreThresholds);
  const addBox = boxReader(decoding, request.input.width, request.input.height);
  const scoreOf = SCORES[decoding.scores];
  return {
    reads: [boxes, scores],
    anchors,
    rows: 'fixed',
    pictures: 'axis',
    overlapping: decoding.overlapping,
    padded: false,
    decode(slices, candidates) {
      const box = slices[0]!;
      const { data, offset } = slices[1]!;
      let peak = 0;
      for (let anchor = 0, row = offset; anchor < anchors; anchor++, row += stride) {
        let best = Number.NEGATIVE_INFINITY;
        let bestClass = 0;
        for (let c = 0; c < classes; c++) {
          const value = data[row + first + c]!;
          if (value > best) {
            best = value;
            bestClass = c;
          }
        }
        const score = scoreOf(best, data, row, stride);
        if (score > peak) peak = score;
        if (!(score > 0 && score >= thresholds[bestClass]!)) continue;
        addBox(candidates, box.data, box.offset + anchor * 4, score, bestClass, anchor);
      }
      candidates.peak = peak;
    },
  };
}

/** The score of a row's best class, whose numbers are `stride` from `row` on. */
type ScoreOf = (best: number, data: Float32Array, row: number, stride: number) => number;

const SCORES: Readonly<Record<Decoding['scores'], ScoreOf>> = {
  probability: (best) => best,
  logit: (best) => Math.fround(sigmoid(best)),
  softmax(best, data, row, stride) {
    let sum = 0;
    for (let i = row; i < row + stride; i++) sum += Math.exp(data[i]! - best);
    return Math.fround(1 / sum);
  },
};

import type { Decoding } from '../../decoding.js';
import { boxReader } from './box-reader.js';
import { type Decoder, type DecoderRequest, type OutputShape, sigmoid } from './decoder.js';

/** An output with some numbers of every anchor, and how they lie in memory. */
export interface PerAnchor {
  readonly output: OutputShape;
  readonly anchors: number;
  readonly numbers: number;
  /** Elements from one anchor to the next, and from one number of an anchor to its next. */
  readonly stride: number;
  readonly step: number;
}

/**
 * Two outputs: boxes `[batch, anchors, 4]` and scores `[batch, anchors, classes]`, among the latter perhaps one for the
 * background; each perhaps with its axes the other way round.
 */
export function boxesAndScores(
  request: DecoderRequest,
  decoding: Decoding,
  boxes: PerAnchor,
  scores: PerAnchor,
): Decoder {
  const classes = request.classes.length;
  const { anchors } = boxes;
  const { stride, step, numbers } = scores;
  const first = decoding.background === 'first' ? step : 0;
  const thresholds = Float32Array.from(request.scoreThresholds);
  const addBox = boxReader(decoding, request.input.width, request.input.height);
  const scoreOf = SCORES[decoding.scores];
  const box = new Float32Array(4);
  return {
    reads: [boxes.output, scores.output],
    anchors,
    rows: 'fixed',
    pictures: 'axis',
    overlapping: decoding.overlapping,
    padded: false,
    decode(slices, candidates) {
      const boxed = slices[0]!;
      const { data, offset } = slices[1]!;
      let peak = 0;
      for (let anchor = 0, row = offset; anchor < anchors; anchor++, row += stride) {
        let best = Number.NEGATIVE_INFINITY;
        let bestClass = 0;
        for (let c = 0, at = row + first; c < classes; c++, at += step) {
          const value = data[at]!;
          if (value > best) {
            best = value;
            bestClass = c;
          }
        }
        const score = scoreOf(best, data, row, step, numbers);
        if (score > peak) peak = score;
        if (!(score > 0 && score >= thresholds[bestClass]!)) continue;
        const at = boxed.offset + anchor * boxes.stride;
        for (let k = 0; k < 4; k++) box[k] = boxed.data[at + k * boxes.step]!;
        addBox(candidates, box, 0, score, bestClass, anchor);
      }
      candidates.peak = peak;
    },
  };
}

/** The score of an anchor's best class; its `numbers` numbers are `step` apart, from `row` on. */
type ScoreOf = (best: number, data: Float32Array, row: number, step: number, numbers: number) => number;

const SCORES: Readonly<Record<Decoding['scores'], ScoreOf>> = {
  probability: (best) => best,
  logit: (best) => Math.fround(sigmoid(best)),
  softmax(best, data, row, step, numbers) {
    let sum = 0;
    for (let k = 0, at = row; k < numbers; k++, at += step) sum += Math.exp(data[at]! - best);
    return Math.fround(1 / sum);
  },
};

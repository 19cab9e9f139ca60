import type { Decoding } from '../../decoding.js';
import { boxReader } from './box-reader.js';
import { type Decoder, type DecoderRequest, type OutputShape, sigmoid } from './decoder.js';

/** One column per anchor, `[batch, features, anchors]`: the features are those of dense rows. */
export function denseColumns(request: DecoderRequest, decoding: Decoding, output: OutputShape): Decoder {
  const anchors = output.dims[2]!;
  const classes = request.classes.length;
  const first = decoding.objectness ? 5 : 4;
  const thresholds = Float32Array.from(request.scoreThresholds);
  const addBox = boxReader(decoding, request.input.width, request.input.height);
  const least = decoding.scores === 'logit' ? Number.NEGATIVE_INFINITY : 0;
  const finish = chooseFinish(decoding);
  const best = new Float32Array(anchors);
  const bestClass = new Uint16Array(anchors);
  const box = new Float32Array(4);
  return {
    reads: [output],
    anchors,
    rows: 'fixed',
    pictures: 'axis',
    overlapping: decoding.overlapping,
    padded: false,
    decode(slices, candidates) {
      const { data, offset } = slices[0]!;
      best.fill(least);
      // Class by class, as it lies in memory.
      for (let c = 0; c < classes; c++) {
        const row = offset + (first + c) * anchors;
        for (let i = 0; i < anchors; i++) {
          const score = data[row + i]!;
          if (score > best[i]!) {
            best[i] = score;
            bestClass[i] = c;
          }
        }
      }
      finish(best, data, offset + 4 * anchors);
      let peak = 0;
      for (let i = 0; i < anchors; i++) {
        const score = best[i]!;
        if (score > peak) peak = score;
        const classIndex = bestClass[i]!;
        if (!(score > 0 && score >= thresholds[classIndex]!)) continue;
        for (let k = 0; k < 4; k++) box[k] = data[offset + k * anchors + i]!;
        addBox(candidates, box, 0, score, classIndex, i);
      }
      candidates.peak = peak;
    },
  };
}

/** Makes scores of the best numbers of all anchors, whose objectness lies in `data` from `at` on. */
function chooseFinish({ objectness, scores }: Decoding): (best: Float32Array, data: Float32Array, at: number) => void {
  if (objectness && scores === 'logit') {
    return (best, data, at) => {
      for (let i = 0; i < best.length; i++) best[i] = sigmoid(best[i]!) * sigmoid(data[at + i]!);
    };
  }
  if (objectness) {
    return (best, data, at) => {
      for (let i = 0; i < best.length; i++) best[i] = best[i]! * data[at + i]!;
    };
  }
  if (scores !== 'logit') return () => undefined;
  return (best) => {
    for (let i = 0; i < best.length; i++) best[i] = sigmoid(best[i]!);
  };
}

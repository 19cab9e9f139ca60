import type { Decoding } from '../../decoding.js';
import { boxReader } from './box-reader.js';
import { type Decoder, type DecoderRequest, type OutputShape, type RowCount, rowLimit, sigmoid } from './decoder.js';

/** The outputs that say, box by box, where it is, how sure that is and of what. */
export interface FinishedParts {
  /** `[batch, rows, 4]`, or `[rows, 4]` of one picture; with 5 numbers, the last is the score. */
  readonly boxes: OutputShape;
  /** `[batch, rows]`; null where they stand behind the boxes. */
  readonly scores: OutputShape | null;
  /** `[batch, rows]` */
  readonly classes: OutputShape;
  /** How many rows of a picture mean anything, `[batch]` or `[batch, 1]`; null where all do, or those with a score. */
  readonly count: OutputShape | null;
}

/** Boxes, scores and classes in outputs of their own: EfficientNMS, TensorFlow's detectors, torchvision, post-processed DETRs. */
export function finishedParts(
  request: DecoderRequest,
  decoding: Decoding,
  parts: FinishedParts,
  rows: RowCount = 'fixed',
): Decoder {
  const { boxes, scores, classes, count } = parts;
  const names = request.classes.length;
  const thresholds = Float32Array.from(request.scoreThresholds);
  const addBox = boxReader(decoding, request.input.width, request.input.height);
  const boxStride = boxes.dims.at(-1)!;
  const [scoreFrom, scoreStride, scoreAt] = scores === null ? [0, boxStride, 4] : [2, 1, 0];
  const logits = decoding.scores === 'logit';
  const firstClass = decoding.background === 'first' ? 1 : 0;
  const countFrom = scores === null ? 2 : 3;
  return {
    reads: [boxes, classes, scores, count].filter((output) => output !== null),
    labels: classes,
    anchors: rowLimit(boxes.dims.at(-2)!, rows),
    overlapping: decoding.overlapping,
    padded: true,
    pictures: boxes.dims.length === 3 ? 'axis' : 'one',
    rows,
    decode(slices, candidates) {
      const box = slices[0]!;
      const label = slices[1]!;
      const scored = slices[scoreFrom]!;
      const told = count === null ? box.rows : slices[countFrom]!.data[slices[countFrom]!.offset]!;
      const valid = Math.min(box.rows, label.rows, told);
      let peak = 0;
      for (let k = 0; k < valid; k++) {
        const number = scored.data[scored.offset + scoreAt + k * scoreStride]!;
        const score = logits ? Math.fround(sigmoid(number)) : number;
        if (score > peak) peak = score;
        const classIndex = Math.round(label.data[label.offset + k]!) - firstClass;
        if (!(classIndex >= 0 && classIndex < names && score > 0 && score >= thresholds[classIndex]!)) continue;
        addBox(candidates, box.data, box.offset + k * boxStride, score, classIndex, k);
      }
      candidates.peak = peak;
    },
  };
}

import { type CreateDecoder, type Decoder, type OutputShape, sigmoid, unreadable } from './decoder.js';

/**
 * RT-DETR and D-FINE, in either of their two exports:
 * - boxes `[batch, queries, 4]` (cx, cy, w, h as fractions of the input) and logits `[batch, queries, classes]`;
 * - post-processed: labels `[batch, queries]`, boxes `[batch, queries, 4]` (x1, y1, x2, y2 in pixels of the input) and
 *   scores `[batch, queries]`.
 */
export const detr: CreateDecoder = (request, outputs) => {
  const classes = request.classes.length;
  const named = (word: string) => outputs.filter(({ name }) => name.toLowerCase().includes(word));
  const labels = named('label').find(({ dims }) => dims.length === 2);
  const scores = named('score').find(({ dims }) => dims.length === 2);
  const boxes = [...named('box'), ...outputs].find(({ dims }) => dims.length === 3 && dims[2] === 4);
  const logits = [...named('logit'), ...named('score'), ...outputs].find(
    (output) => output !== boxes && output.dims.length === 3 && output.dims[2] === classes,
  );
  if (boxes && labels && scores) return postProcessed(request, labels, boxes, scores);
  if (boxes && logits && boxes.dims[1] === logits.dims[1]) return fromLogits(request, boxes, logits);
  const expected = `boxes [batch, queries, 4] and logits [batch, queries, ${classes}], or labels, boxes and scores`;
  throw unreadable('a detr model', expected, outputs);
};

function fromLogits(request: Parameters<CreateDecoder>[0], boxes: OutputShape, logits: OutputShape): Decoder {
  const { width, height } = request.input;
  const classes = request.classes.length;
  const anchors = boxes.dims[1]!;
  const thresholds = Float32Array.from(request.scoreThresholds);
  return {
    reads: [boxes, logits],
    anchors,
    overlapping: false,
    padded: false,
    decode(slices, candidates) {
      const box = slices[0]!;
      const logit = slices[1]!;
      let peak = 0;
      for (let query = 0; query < anchors; query++) {
        const row = logit.offset + query * classes;
        let best = Number.NEGATIVE_INFINITY;
        let bestClass = 0;
        for (let c = 0; c < classes; c++) {
          const value = logit.data[row + c]!;
          if (value > best) {
            best = value;
            bestClass = c;
          }
        }
        const score = Math.fround(sigmoid(best));
        if (score > peak) peak = score;
        if (!(score > 0 && score >= thresholds[bestClass]!)) continue;
        const at = box.offset + query * 4;
        const cx = box.data[at]! * width;
        const cy = box.data[at + 1]! * height;
        const halfWidth = (box.data[at + 2]! * width) / 2;
        const halfHeight = (box.data[at + 3]! * height) / 2;
        candidates.add(cx - halfWidth, cy - halfHeight, cx + halfWidth, cy + halfHeight, score, bestClass);
      }
      candidates.peak = peak;
    },
  };
}

function postProcessed(
  request: Parameters<CreateDecoder>[0],
  labels: OutputShape,
  boxes: OutputShape,
  scores: OutputShape,
): Decoder {
  const classes = request.classes.length;
  const anchors = boxes.dims[1]!;
  const thresholds = Float32Array.from(request.scoreThresholds);
  if (labels.dims[1] !== anchors || scores.dims[1] !== anchors) {
    throw unreadable('a detr model', 'as many labels and scores as boxes', [labels, boxes, scores]);
  }
  return {
    reads: [labels, boxes, scores],
    anchors,
    overlapping: false,
    padded: false,
    decode(slices, candidates) {
      const label = slices[0]!;
      const box = slices[1]!;
      const scored = slices[2]!;
      let peak = 0;
      for (let query = 0; query < anchors; query++) {
        const score = scored.data[scored.offset + query]!;
        if (score > peak) peak = score;
        const classIndex = label.data[label.offset + query]!;
        if (!(classIndex >= 0 && classIndex < classes && score > 0 && score >= thresholds[classIndex]!)) continue;
        const at = box.offset + query * 4;
        candidates.add(box.data[at]!, box.data[at + 1]!, box.data[at + 2]!, box.data[at + 3]!, score, classIndex);
      }
      candidates.peak = peak;
    },
  };
}

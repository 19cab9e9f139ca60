import { type CreateDecoder, type Decoder, type DecoderRequest, type OutputShape, unreadable } from './decoder.js';

/** Floats per row: x1, y1, x2, y2 in pixels of the input, score, class index. */
const ROW = 6;

/** YOLOv10 and other end-to-end exports: `[batch, boxes, 6]`: x1, y1, x2, y2 in pixels of the input, score, class. */
export const yolov10: CreateDecoder = (request, outputs) => {
  const output = rowsAmong(outputs);
  if (!output) throw unreadable('a yolov10 model', '[batch, boxes, 6] (x1, y1, x2, y2, score, class)', outputs);
  return finishedRows(request, output, false);
};

/**
 * What a graph with a reduced output gives, whatever the family: `[batch, K, 6]`, rows as above. Rows without a score
 * fill up to K.
 *
 * @param form for the message @param overlapping whether one vehicle still comes as many rows
 */
export function reducedRows(form: 'candidates' | 'boxes', overlapping: boolean): CreateDecoder {
  return (request, outputs) => {
    const output = rowsAmong(outputs);
    if (output) return finishedRows(request, output, overlapping);
    throw unreadable(`a variant with output ${form}`, '[batch, K, 6] (x1, y1, x2, y2, score, class)', outputs);
  };
}

function rowsAmong(outputs: readonly OutputShape[]): OutputShape | undefined {
  return outputs.find(({ dims }) => dims.length === 3 && dims[2] === ROW);
}

function finishedRows(request: DecoderRequest, output: OutputShape, overlapping: boolean): Decoder {
  const classes = request.classes.length;
  const anchors = output.dims[1]!;
  const thresholds = Float32Array.from(request.scoreThresholds);
  return {
    reads: [output],
    anchors,
    overlapping,
    padded: true,
    decode(slices, candidates) {
      const { data, offset } = slices[0]!;
      let peak = 0;
      for (let row = offset; row < offset + anchors * ROW; row += ROW) {
        const score = data[row + 4]!;
        if (score > peak) peak = score;
        const classIndex = Math.round(data[row + 5]!);
        if (!(classIndex >= 0 && classIndex < classes && score > 0 && score >= thresholds[classIndex]!)) continue;
        candidates.add(data[row]!, data[row + 1]!, data[row + 2]!, data[row + 3]!, score, classIndex);
      }
      candidates.peak = peak;
    },
  };
}

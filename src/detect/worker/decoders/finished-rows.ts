import type { Decoding } from '../../decoding.js';
import { boxReader } from './box-reader.js';
import { type Decoder, type DecoderRequest, type OutputShape, type RowCount, rowLimit, sigmoid } from './decoder.js';

/**
 * One row per box: four numbers of the box, its score and its class in either order, columns that are not used. Rows without a
 * score only fill up. `[batch, rows, 6]`, or, from an export for one picture, `[rows, 6]`.
 */
export function finishedRows(
  request: DecoderRequest,
  decoding: Decoding,
  output: OutputShape,
  rows: RowCount = 'fixed',
): Decoder {
  const stride = output.dims.at(-1)!;
  return {
    reads: [output],
    anchors: rowLimit(output.dims.at(-2)!, rows),
    overlapping: decoding.overlapping,
    padded: true,
    pictures: output.dims.length === 3 ? 'axis' : 'one',
    rows,
    decode: scanRows(request, decoding, stride, 0, false),
  };
}

/**
 * The same behind the index of its picture in the batch: `[rows, 7]` or `[1, 1, rows, 7]`, of all pictures together, as NMS in a
 * graph gives them; or `[batch, rows, 7]`.
 */
export function indexedRows(request: DecoderRequest, decoding: Decoding, output: OutputShape): Decoder {
  const batched = output.dims.length === 3;
  return {
    reads: [output],
    anchors: rowLimit(output.dims.at(-2)!, 'varying'),
    overlapping: decoding.overlapping,
    padded: true,
    pictures: batched ? 'axis' : 'rows',
    rows: 'varying',
    decode: scanRows(request, decoding, output.dims.at(-1)!, 1, !batched),
  };
}

/** Where in a row box, score and class are; one further where the index of the picture comes before. */
export const ROW_COLUMNS: Readonly<
  Record<Decoding['order'], readonly [box: number, score: number, classIndex: number]>
> = {
  'score-class': [0, 4, 5],
  'class-score': [0, 5, 4],
  'class-score-box': [2, 1, 0],
};

/**
 * @param first 1 where each row has the index of its picture before that
 * @param indexed whether that index is looked at
 */
function scanRows(
  request: DecoderRequest,
  decoding: Decoding,
  stride: number,
  first: 0 | 1,
  indexed: boolean,
): Decoder['decode'] {
  const classes = request.classes.length;
  const thresholds = Float32Array.from(request.scoreThresholds);
  const addBox = boxReader(decoding, request.input.width, request.input.height);
  const [boxAt, scoreAt, classAt] = ROW_COLUMNS[decoding.order].map((column) => first + column) as [
    number,
    number,
    number,
  ];
  const logits = decoding.scores === 'logit';
  const firstClass = decoding.background === 'first' ? 1 : 0;
  return (slices, candidates, picture) => {
    const { data, offset, rows } = slices[0]!;
    let peak = 0;
    for (let k = 0, row = offset; k < rows; k++, row += stride) {
      if (indexed && data[row] !== picture) continue;
      const told = data[row + scoreAt]!;
      const score = logits ? Math.fround(sigmoid(told)) : told;
      if (score > peak) peak = score;
      const classIndex = Math.round(data[row + classAt]!) - firstClass;
      if (!(classIndex >= 0 && classIndex < classes && score > 0 && score >= thresholds[classIndex]!)) continue;
      addBox(candidates, data, row + boxAt, score, classIndex, k);
    }
    candidates.peak = peak;
  };
}

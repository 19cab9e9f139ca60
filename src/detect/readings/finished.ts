import type { Decoding } from '../decoding.js';
import type { Family } from '../detector.js';
import type { OutputShape, RowCount } from '../worker/decoders/decoder.js';
import { finishedRows, indexedRows } from '../worker/decoders/finished-rows.js';
import { allowsExtra, type OutputReading, type ReadingFacts, UNUSUAL, USUAL_DECODING } from './reading.js';

/** x1, y1, x2, y2, score, class. */
const ROW = 6;
/** A graph that chose its boxes gives no more. */
const MOST_CHOSEN = 1000;

/** One output with a row per box, `[batch, rows, 6]`, or with the picture's index before it, `[rows, 7]`. */
export function finishedReadings(outputs: readonly OutputShape[], facts: ReadingFacts): OutputReading[] {
  if (facts.task === 'obb') return [];
  return outputs.flatMap((output) => [...plain(output, outputs, facts), ...indexed(output)]);
}

const ONCE = { overlapping: false } as const;

interface PlainWay {
  readonly decoding: Partial<Decoding>;
  /** How likely with few rows, with many, and with rows of one picture without an axis for it. */
  readonly few: number;
  readonly many: number;
  readonly loose: number;
}

const PLAIN_WAYS: readonly PlainWay[] = [
  { decoding: ONCE, few: 5, many: 2, loose: 4 },
  { decoding: {}, few: 1, many: 3, loose: 1 },
  { decoding: { ...ONCE, coordinates: 'normalised' }, few: 5 - UNUSUAL, many: 1, loose: 2 },
  { decoding: { coordinates: 'normalised' }, few: 0.5, many: 1.5, loose: 0.5 },
  { decoding: { ...ONCE, order: 'class-score' }, few: 2, many: 1, loose: 2 },
  // PaddlePaddle
  { decoding: { ...ONCE, order: 'class-score-box' }, few: 2, many: 1, loose: 5 },
];

/** How many rows there are: PaddlePaddle says it beside them. */
function isCount({ dims, type }: OutputShape): boolean {
  return dims.length === 1 && dims[0] === 1 && type?.startsWith('int') === true;
}

function plain(output: OutputShape, outputs: readonly OutputShape[], facts: ReadingFacts): OutputReading[] {
  const { dims } = output;
  const extra = dims.at(-1)! - ROW;
  const rowsAlone = dims.length === 2 && (output.varying === true || dims[0] !== 1 || outputs.some(isCount));
  const shaped = dims.length === 3 || rowsAlone;
  if (!shaped || !allowsExtra(extra, outputs, facts)) return [];
  const rows: RowCount = dims.length === 2 || output.varying === true || dims[1] === 0 ? 'varying' : 'fixed';
  const few = dims.at(-2)! <= MOST_CHOSEN;
  return PLAIN_WAYS.map((way) => ({
    family: 'yolov10',
    decoding: { ...USUAL_DECODING, ...way.decoding, extra },
    classes: null,
    uses: [output],
    likelihood: dims.length === 2 ? way.loose : few ? way.few : way.many,
    decoder: (request, as) => finishedRows(request, as, output, rows),
  }));
}

interface IndexedWay {
  readonly family: Family;
  readonly decoding: Partial<Decoding>;
  /** How likely it is by the number of axes: `[rows, 7]`, `[batch, rows, 7]`, `[1, 1, rows, 7]`. */
  readonly axes: readonly [two: number, three: number, four: number];
}

const INDEXED_WAYS: readonly IndexedWay[] = [
  { family: 'yolov5', decoding: { ...ONCE, order: 'class-score' }, axes: [5, 2, 1] },
  { family: 'yolo-nas', decoding: ONCE, axes: [4, 1, 1] },
  // AutoML's EfficientDet
  { family: 'ssd', decoding: { ...ONCE, boxes: 'yxyx', background: 'first' }, axes: [1, 1.5, 1] },
  // Caffe and OpenVINO
  {
    family: 'ssd',
    decoding: { ...ONCE, order: 'class-score-box', coordinates: 'normalised', background: 'first' },
    axes: [2, 1, 5],
  },
];

function indexed(output: OutputShape): OutputReading[] {
  const { dims } = output;
  const shaped = dims.length <= 3 || (dims.length === 4 && dims[0] === 1 && dims[1] === 1);
  if (dims.at(-1) !== ROW + 1 || dims.length < 2 || !shaped) return [];
  return INDEXED_WAYS.map(({ family, decoding, axes }) => ({
    family,
    decoding: { ...USUAL_DECODING, ...decoding },
    classes: null,
    uses: [output],
    likelihood: axes[dims.length - 2]!,
    decoder: (request, as) => indexedRows(request, as, output),
  }));
}

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

const PLAIN_WAYS: readonly { readonly decoding: Partial<Decoding>; readonly few: number; readonly many: number }[] = [
  { decoding: ONCE, few: 5, many: 2 },
  { decoding: {}, few: 1, many: 3 },
  { decoding: { ...ONCE, coordinates: 'normalised' }, few: 5 - UNUSUAL, many: 1 },
  { decoding: { coordinates: 'normalised' }, few: 0.5, many: 1.5 },
  { decoding: { ...ONCE, order: 'class-score' }, few: 2, many: 1 },
];

function plain(output: OutputShape, outputs: readonly OutputShape[], facts: ReadingFacts): OutputReading[] {
  const { dims } = output;
  const extra = dims.at(-1)! - ROW;
  const shaped = dims.length === 3 || (dims.length === 2 && (output.varying === true || dims[0] !== 1));
  if (!shaped || !allowsExtra(extra, outputs, facts)) return [];
  const rows: RowCount = dims.length === 2 || output.varying === true || dims[1] === 0 ? 'varying' : 'fixed';
  const few = dims.at(-2)! <= MOST_CHOSEN;
  return PLAIN_WAYS.map((way) => ({
    family: 'yolov10',
    decoding: { ...USUAL_DECODING, ...way.decoding, extra },
    classes: null,
    uses: [output],
    likelihood: few ? way.few : way.many,
    decoder: (request, as) => finishedRows(request, as, output, rows),
  }));
}

const INDEXED_WAYS: readonly {
  readonly family: Family;
  readonly decoding: Partial<Decoding>;
  readonly likely: number;
}[] = [
  { family: 'yolov5', decoding: { ...ONCE, order: 'class-score' }, likely: 5 },
  { family: 'yolo-nas', decoding: ONCE, likely: 4 },
];

function indexed(output: OutputShape): OutputReading[] {
  const { dims } = output;
  if (dims.at(-1) !== ROW + 1 || dims.length < 2 || dims.length > 3) return [];
  return INDEXED_WAYS.map(({ family, decoding, likely }) => ({
    family,
    decoding: { ...USUAL_DECODING, ...decoding },
    classes: null,
    uses: [output],
    likelihood: likely - (dims.length === 3 ? 3 : 0),
    decoder: (request, as) => indexedRows(request, as, output),
  }));
}

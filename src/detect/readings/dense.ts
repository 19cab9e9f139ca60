import type { Decoding } from '../decoding.js';
import type { Family } from '../detector.js';
import { cellsOf } from '../worker/decoders/box-reader.js';
import type { OutputShape } from '../worker/decoders/decoder.js';
import { denseColumns } from '../worker/decoders/dense-columns.js';
import { denseRows } from '../worker/decoders/dense-rows.js';
import {
  allowsExtra,
  maskCoefficients,
  type OutputReading,
  type ReadingFacts,
  UNUSUAL,
  USUAL_DECODING,
} from './reading.js';

/** A model with one row per query, not per anchor, has no more. */
const MOST_QUERIES = 1000;

/** One output with box and scores of every anchor, `[batch, anchors, features]` or `[batch, features, anchors]`. */
export function denseReadings(outputs: readonly OutputShape[], facts: ReadingFacts): OutputReading[] {
  // oriented boxes have an angle that would pass for a class
  if (facts.task === 'obb') return [];
  return outputs
    .filter((output) => output.dims.length === 3 && !hasBoxesBeside(output, outputs))
    .flatMap((output) => [
      ...readingsOf(output, output.dims[2]!, output.dims[1]!, denseColumns, COLUMNS, outputs, facts),
      ...readingsOf(output, output.dims[1]!, output.dims[2]!, denseRows, ROWS, outputs, facts),
    ]);
}

interface Way {
  readonly family: Family;
  readonly decoding: Partial<Decoding>;
  /** @param cells of the strides 8, 16 and 32 @returns 0 where it cannot be */
  likelihood(anchors: number, cells: number): number;
}

const CENTRED = { boxes: 'cxcywh' } as const;
const SURE = { boxes: 'cxcywh', objectness: true } as const;

const COLUMNS: readonly Way[] = [
  { family: 'yolov8', decoding: CENTRED, likelihood: () => 6 },
  { family: 'yolov8', decoding: { ...CENTRED, coordinates: 'normalised' }, likelihood: () => 6 - UNUSUAL },
  { family: 'yolov8', decoding: { ...CENTRED, scores: 'logit' }, likelihood: () => 2 },
  { family: 'yolov5', decoding: SURE, likelihood: (anchors, cells) => (anchors === 3 * cells ? 2 : 0) },
];

const ROWS: readonly Way[] = [
  { family: 'yolov8', decoding: CENTRED, likelihood: (anchors, cells) => (anchors === cells ? 4 : 2) },
  { family: 'roadside', decoding: {}, likelihood: (anchors, cells) => (anchors === cells ? 3.5 : 1.5) },
  { family: 'yolov8', decoding: { ...CENTRED, coordinates: 'normalised' }, likelihood: () => 2 },
  {
    family: 'detr',
    decoding: { ...CENTRED, coordinates: 'normalised', overlapping: false },
    likelihood: (anchors) => (anchors <= MOST_QUERIES ? 4.5 : 0),
  },
  {
    family: 'yolox',
    decoding: { ...SURE, coordinates: 'grid' },
    likelihood: (anchors, cells) => (anchors === cells ? 5 : 0),
  },
  { family: 'yolox', decoding: SURE, likelihood: (anchors, cells) => (anchors === cells ? 4 : 0) },
  { family: 'yolov5', decoding: SURE, likelihood: (anchors, cells) => (anchors === 3 * cells ? 6 : 2.5) },
  { family: 'yolov5', decoding: { ...SURE, coordinates: 'normalised' }, likelihood: () => 2.5 - UNUSUAL },
  { family: 'yolov8', decoding: { ...CENTRED, scores: 'logit' }, likelihood: () => 1 },
  { family: 'yolov5', decoding: { ...SURE, scores: 'logit' }, likelihood: () => 0.5 },
];

function readingsOf(
  output: OutputShape,
  anchors: number,
  features: number,
  open: typeof denseRows,
  ways: readonly Way[],
  outputs: readonly OutputShape[],
  facts: ReadingFacts,
): OutputReading[] {
  const cells = cellsOf(facts.width, facts.height);
  return ways.flatMap(({ family, decoding, likelihood }) => {
    const behindBox = features - (decoding.objectness === true ? 5 : 4);
    const split = splitColumns(behindBox, features <= anchors, outputs, facts);
    const likely = likelihood(anchors, cells);
    if (split === null || likely === 0) return [];
    return {
      family,
      decoding: { ...USUAL_DECODING, ...decoding, extra: split.extra },
      classes: split.classes,
      uses: [output],
      likelihood: likely,
      decoder: (request, as) => open(request, as, output),
    };
  });
}

/** Whether another output has four numbers for as many anchors: then those are the boxes. */
function hasBoxesBeside(output: OutputShape, outputs: readonly OutputShape[]): boolean {
  const axes = output.dims.slice(1);
  return outputs.some(({ dims }, at) => {
    if (outputs[at] === output || dims.length < 3) return false;
    const anchors = dims.at(-1) === 4 ? dims[1]! : dims[1] === 4 ? dims[2]! : null;
    return anchors !== null && axes.includes(anchors);
  });
}

/** How many of the columns behind a box are classes, and how many something else; null where it cannot be. */
function splitColumns(
  columns: number,
  plausible: boolean,
  outputs: readonly OutputShape[],
  facts: ReadingFacts,
): { readonly classes: number; readonly extra: number } | null {
  if (facts.classes !== null) {
    const extra = columns - facts.classes;
    return allowsExtra(extra, outputs, facts) ? { classes: facts.classes, extra } : null;
  }
  // keypoints are nearly always those of one class
  const coefficients = maskCoefficients(outputs, facts).find((count) => count < columns);
  const extra = facts.extra ?? coefficients ?? (facts.task === 'pose' ? columns - 1 : 0);
  return plausible && columns - extra >= 1 ? { classes: columns - extra, extra } : null;
}

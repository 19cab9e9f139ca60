import type { Decoding } from '../decoding.js';
import type { Family } from '../detector.js';
import { boxesAndScores } from '../worker/decoders/boxes-and-scores.js';
import type { OutputShape } from '../worker/decoders/decoder.js';
import { type OutputReading, type ReadingFacts, UNUSUAL, USUAL_DECODING } from './reading.js';

/** Up to so many rows are a transformer's queries, more an image grid's anchors. */
const MOST_QUERIES = 1000;

/** Two outputs, boxes `[batch, anchors, 4]` and scores `[batch, anchors, classes]`. */
export function pairReadings(outputs: readonly OutputShape[], facts: ReadingFacts): OutputReading[] {
  return outputs
    .filter(isBoxes)
    .flatMap((boxes) =>
      outputs
        .filter((scores) => scores !== boxes && isScores(scores, boxes) && !isMisnamed(boxes, scores, outputs))
        .flatMap((scores) => readingsOf(boxes, scores, facts)),
    );
}

interface Way {
  readonly family: Family;
  readonly decoding: Partial<Decoding>;
  readonly queries: number;
  readonly anchors: number;
}

const FRACTIONS = { boxes: 'cxcywh', coordinates: 'normalised', overlapping: false } as const;
const NORMALISED = { coordinates: 'normalised' } as const;

/** Ways and how likely they are, by whether there are few rows or many. */
const WAYS: readonly Way[] = [
  { family: 'detr', decoding: { ...FRACTIONS, scores: 'logit' }, queries: 5, anchors: 1 },
  { family: 'detr', decoding: { ...FRACTIONS, scores: 'softmax', background: 'last' }, queries: 4, anchors: 1 },
  { family: 'detr', decoding: FRACTIONS, queries: 3, anchors: 1 },
  { family: 'detr', decoding: { ...FRACTIONS, background: 'last' }, queries: 2, anchors: 1 },
  { family: 'rf-detr', decoding: { ...FRACTIONS, scores: 'logit' }, queries: 3.5, anchors: 0.5 },
  { family: 'rf-detr', decoding: { ...FRACTIONS, scores: 'logit', background: 'first' }, queries: 3, anchors: 0.4 },
  { family: 'rf-detr', decoding: { ...FRACTIONS, scores: 'logit', background: 'last' }, queries: 2.5, anchors: 0.3 },
  { family: 'yolo-nas', decoding: {}, queries: 2, anchors: 5 },
  { family: 'yolo-nas', decoding: NORMALISED, queries: 1, anchors: 5 - UNUSUAL },
  { family: 'yolo-nas', decoding: { boxes: 'cxcywh' }, queries: 1, anchors: 2 },
  { family: 'yolo-nas', decoding: { boxes: 'cxcywh', ...NORMALISED }, queries: 1, anchors: 2 },
  { family: 'ssd', decoding: { ...NORMALISED, background: 'first' }, queries: 2, anchors: 4 },
  { family: 'ssd', decoding: { background: 'first' }, queries: 1.5, anchors: 3 },
  {
    family: 'ssd',
    decoding: { ...NORMALISED, scores: 'softmax', background: 'first' },
    queries: 1,
    anchors: 2,
  },
  { family: 'ssd', decoding: { ...NORMALISED, boxes: 'yxyx', background: 'first' }, queries: 1, anchors: 2 },
  { family: 'ssd', decoding: { ...NORMALISED, boxes: 'yxyx' }, queries: 1, anchors: 1.5 },
];

function readingsOf(boxes: OutputShape, scores: OutputShape, facts: ReadingFacts): OutputReading[] {
  const columns = scores.dims[2] ?? 1;
  const few = boxes.dims[1]! <= MOST_QUERIES;
  // a transformer may give its last hidden state besides
  const named = nameHas(scores, 'logit', 'score', 'conf', 'cls', 'class', 'label') ? 0.5 : 0;
  const likeRfDetr = nameHas(boxes, 'dets') && nameHas(scores, 'labels');
  return WAYS.flatMap((way) => {
    const decoding = { ...USUAL_DECODING, ...way.decoding };
    const classes = columns - (decoding.background === 'none' ? 0 : 1);
    if (classes < 1 || (facts.classes !== null && classes !== facts.classes)) return [];
    return {
      family: way.family,
      decoding,
      classes,
      uses: [boxes, scores],
      likelihood: (few ? way.queries : way.anchors) + named + (likeRfDetr && way.family === 'rf-detr' ? 3 : 0),
      decoder: (request, as) => boxesAndScores(request, as, boxes, scores),
    };
  });
}

/** `[batch, anchors, 4]`, or with a further axis of 1. */
function isBoxes({ dims }: OutputShape): boolean {
  return (dims.length === 3 || (dims.length === 4 && dims[2] === 1)) && dims.at(-1) === 4;
}

function isScores({ dims, type }: OutputShape, boxes: OutputShape): boolean {
  if (dims[1] !== boxes.dims[1] || type?.startsWith('int')) return false;
  return dims.length === 3 || (dims.length === 2 && boxes.dims[1] !== 1);
}

/** With four classes both have four columns, and only the names tell; labels beside one score per box are another form. */
function isMisnamed(boxes: OutputShape, scores: OutputShape, outputs: readonly OutputShape[]): boolean {
  if (nameHas(scores, 'box') || (nameHas(boxes, 'logit', 'score') && !nameHas(boxes, 'box'))) return true;
  if (nameHas(boxes, 'raw_') !== nameHas(scores, 'raw_')) return true;
  return scores.dims.length === 2 && outputs.some((other) => other !== scores && other.dims.length === 2);
}

function nameHas({ name }: OutputShape, ...words: readonly string[]): boolean {
  return words.some((word) => name.toLowerCase().includes(word));
}

import type { Decoding } from '../decoding.js';
import type { Family } from '../detector.js';
import { boxesAndScores, type PerAnchor } from '../worker/decoders/boxes-and-scores.js';
import type { OutputShape } from '../worker/decoders/decoder.js';
import { type OutputReading, type ReadingFacts, UNUSUAL, USUAL_DECODING } from './reading.js';

/** Up to so many rows are a transformer's queries, more an image grid's anchors. */
const MOST_QUERIES = 1000;

/** Two outputs, boxes `[batch, anchors, 4]` and scores `[batch, anchors, classes]`, each perhaps the other way round. */
export function pairReadings(outputs: readonly OutputShape[], facts: ReadingFacts): OutputReading[] {
  return outputs.flatMap((output) => {
    const boxes = boxesIn(output);
    if (boxes === null) return [];
    return outputs.flatMap((other) => {
      const scores = other === output || isMisnamed(output, other, outputs) ? null : scoresIn(other, boxes.anchors);
      return scores === null ? [] : readingsOf(boxes, scores, facts);
    });
  });
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

function readingsOf(boxes: PerAnchor, scores: PerAnchor, facts: ReadingFacts): OutputReading[] {
  const few = boxes.anchors <= MOST_QUERIES;
  // a transformer may give its last hidden state besides
  const named = nameHas(scores.output, 'logit', 'score', 'conf', 'cls', 'class', 'label') ? 0.5 : 0;
  const likeRfDetr = nameHas(boxes.output, 'dets') && nameHas(scores.output, 'labels');
  return WAYS.flatMap((way) => {
    const decoding = { ...USUAL_DECODING, ...way.decoding };
    const classes = scores.numbers - (decoding.background === 'none' ? 0 : 1);
    if (classes < 1 || (facts.classes !== null && classes !== facts.classes)) return [];
    return {
      family: way.family,
      decoding,
      classes,
      uses: [boxes.output, scores.output],
      likelihood: (few ? way.queries : way.anchors) + named + (likeRfDetr && way.family === 'rf-detr' ? 3 : 0),
      decoder: (request, as) => boxesAndScores(request, as, boxes, scores),
    };
  });
}

/** `[batch, anchors, 4]`, with a further axis of 1, or `[batch, 4, anchors]`; null for anything else. */
function boxesIn(output: OutputShape): PerAnchor | null {
  const { dims } = output;
  if (dims.length === 3 && dims[2] === 4) return inRows(output, dims[1]!, 4);
  if (dims.length === 4 && dims[2] === 1 && dims[3] === 4) return inRows(output, dims[1]!, 4);
  return dims.length === 3 && dims[1] === 4 ? inColumns(output, dims[2]!, 4) : null;
}

/** `[batch, anchors, scores]`, `[batch, scores, anchors]`, or `[batch, anchors]` of one class; null for anything else. */
function scoresIn(output: OutputShape, anchors: number): PerAnchor | null {
  const { dims, type } = output;
  if (type?.includes('int')) return null;
  if (dims.length === 2 && dims[1] === anchors && anchors > 1) return inRows(output, anchors, 1);
  if (dims.length !== 3) return null;
  if (dims[1] === anchors) return inRows(output, anchors, dims[2]!);
  return dims[2] === anchors ? inColumns(output, anchors, dims[1]!) : null;
}

function inRows(output: OutputShape, anchors: number, numbers: number): PerAnchor {
  return { output, anchors, numbers, stride: numbers, step: 1 };
}

function inColumns(output: OutputShape, anchors: number, numbers: number): PerAnchor {
  return { output, anchors, numbers, stride: 1, step: anchors };
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

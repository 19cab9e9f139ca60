import type { Decoding } from '../decoding.js';
import type { Family } from '../detector.js';
import type { OutputShape, RowCount } from '../worker/decoders/decoder.js';
import { type FinishedParts, finishedParts } from '../worker/decoders/finished-parts.js';
import { type OutputReading, UNUSUAL, USUAL_DECODING } from './reading.js';

/** Boxes, scores and classes in outputs of their own. */
export function partReadings(outputs: readonly OutputShape[]): OutputReading[] {
  const parts = partsAmong(outputs);
  if (parts === null) return [];
  const { boxes, scores, classes, count } = parts;
  const rows: RowCount = isVarying(parts) ? 'varying' : 'fixed';
  return waysOf(parts).map(({ family, decoding, likelihood }) => ({
    family,
    decoding: { ...USUAL_DECODING, overlapping: false, ...decoding },
    classes: null,
    uses: [boxes, scores, classes, count].filter((output) => output !== null),
    likelihood,
    decoder: (request, as) => finishedParts(request, as, parts, rows),
  }));
}

interface Way {
  readonly family: Family;
  readonly decoding: Partial<Decoding>;
  readonly likelihood: number;
}

/** A graph that chose its boxes gives no more. */
const MOST_CHOSEN = 1000;

const NORMALISED = { coordinates: 'normalised' } as const;
const FROM_ONE = { background: 'first' } as const;
const TENSORFLOW = { boxes: 'yxyx', coordinates: 'normalised', background: 'first' } as const;

function waysOf({ boxes, scores, count }: FinishedParts): readonly Way[] {
  const isTensorFlow = boxes.name.toLowerCase().includes('detection_boxes');
  const isTorchvision = boxes.dims.length === 2;
  const isCounted = count !== null || scores === null;
  const many = boxes.dims.at(-2)! > MOST_CHOSEN;
  return [
    { family: 'efficientnms', decoding: {}, likelihood: isCounted ? 5 : 2 },
    { family: 'efficientnms', decoding: NORMALISED, likelihood: (isCounted ? 5 : 2) - UNUSUAL },
    // the best class of every anchor, as Qualcomm's exports have it
    { family: 'efficientnms', decoding: { overlapping: true }, likelihood: many ? 6 : 1 },
    { family: 'efficientnms', decoding: { ...NORMALISED, overlapping: true }, likelihood: many ? 6 - UNUSUAL : 0.5 },
    { family: 'detr', decoding: {}, likelihood: isCounted ? 1 : 4 },
    { family: 'detr', decoding: NORMALISED, likelihood: isCounted ? 0.5 : 4 - UNUSUAL },
    { family: 'detr', decoding: { ...NORMALISED, boxes: 'cxcywh' }, likelihood: 0.5 },
    { family: 'ssd', decoding: TENSORFLOW, likelihood: isTensorFlow ? 7 : 1 },
    { family: 'ssd', decoding: { ...TENSORFLOW, background: 'none' }, likelihood: isTensorFlow ? 3 : 0.5 },
    { family: 'ssd', decoding: { ...NORMALISED, ...FROM_ONE }, likelihood: isTorchvision ? 2 : 2.5 },
    { family: 'ssd', decoding: FROM_ONE, likelihood: isTorchvision ? 5 : 2 },
    { family: 'ssd', decoding: {}, likelihood: 1 },
  ];
}

/** The outputs by their names, and classes by their type as well. */
function partsAmong(outputs: readonly OutputShape[]): FinishedParts | null {
  const usable = outputs.filter(({ name }) => !/raw_|multiclass|anchor_ind/i.test(name));
  const boxes =
    usable.find(({ name, dims }) => /box|dets/i.test(name) && isBoxes(dims)) ??
    usable.find(({ dims }) => isBoxes(dims));
  if (boxes === undefined) return null;
  const perBox = usable.filter((output) => output !== boxes && isPerBox(output.dims, boxes.dims));
  const classes =
    perBox.find(({ name }) => /label|class|cls/i.test(name)) ?? perBox.find(({ type }) => type?.includes('int'));
  if (classes === undefined) return null;
  const others = perBox.filter((output) => output !== classes);
  const scores = others.find(({ name }) => /score|conf|prob/i.test(name)) ?? (others.length === 1 ? others[0]! : null);
  const inBoxes = boxes.dims.at(-1) === 5;
  if (scores === null && !inBoxes) return null;
  const count = usable.find(
    ({ name, dims }) => /num|count|valid/i.test(name) && dims.slice(1).every((dim) => dim === 1) && dims.length <= 2,
  );
  return { boxes, scores: inBoxes ? null : scores, classes, count: boxes.dims.length === 3 ? (count ?? null) : null };
}

/** `[batch, rows, 4]`, or of one picture `[rows, 4]`; with the score behind the box, 5. */
function isBoxes(dims: readonly number[]): boolean {
  return (dims.length === 2 || dims.length === 3) && (dims.at(-1) === 4 || dims.at(-1) === 5);
}

/** As many as there are boxes, perhaps with a last axis of 1. */
function isPerBox(dims: readonly number[], boxes: readonly number[]): boolean {
  const expected = boxes.slice(0, -1);
  const rest = dims.slice(expected.length);
  return expected.every((dim, axis) => dims[axis] === dim) && rest.every((dim) => dim === 1) && rest.length <= 1;
}

function isVarying({ boxes }: FinishedParts): boolean {
  return boxes.varying === true || boxes.dims.length === 2 || boxes.dims[1] === 0;
}

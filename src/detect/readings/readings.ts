import type { Decoding, ToldDecoding } from '../decoding.js';
import type { OutputShape } from '../worker/decoders/decoder.js';
import { denseReadings } from './dense.js';
import { finishedReadings } from './finished.js';
import { pairReadings } from './pairs.js';
import { partReadings } from './parts.js';
import type { OutputReading, ReadingFacts } from './reading.js';

/**
 * Every reading of a model's outputs that their shapes allow, likeliest first. Shapes alone do not tell centres from corners,
 * pixels from fractions or logits from probabilities: where several are left, the numbers have to be looked at.
 */
export function readingsFor(outputs: readonly OutputShape[], facts: ReadingFacts): OutputReading[] {
  // of several, one with an axis of 1 is a map of an image
  const shapes = outputs.length === 1 ? outputs.map(withoutSingleAxis) : outputs;
  return [
    ...denseReadings(shapes, facts),
    ...pairReadings(shapes, facts),
    ...finishedReadings(shapes, facts),
    ...partReadings(shapes),
  ].sort((a, b) => likelihoodOf(b, facts) - likelihoodOf(a, facts));
}

/** Of COCO: the number of classes that public exports have. */
const USUAL_CLASSES = 80;

/** Where nobody says how many classes there are, the usual number speaks for a reading. */
function likelihoodOf({ likelihood, classes }: OutputReading, facts: ReadingFacts): number {
  return facts.classes === null && classes === USUAL_CLASSES ? likelihood + 1.5 : likelihood;
}

/** `[batch, 1, a, b]` lies in memory as `[batch, a, b]`; rows of 7 are OpenVINO's and keep their axes. */
function withoutSingleAxis(output: OutputShape): OutputShape {
  const { dims } = output;
  if (dims.length !== 4 || dims[1] !== 1 || dims[3] === 7) return output;
  return { ...output, dims: [dims[0]!, dims[2]!, dims[3]!] };
}

/** Those of the readings that a decoding, told in part, leaves; that which agrees with it altogether comes first. */
export function agreeing(readings: readonly OutputReading[], told: ToldDecoding): OutputReading[] {
  const agrees = (reading: OutputReading, keys: readonly (keyof Decoding)[]) =>
    keys.every((key) => told[key] === undefined || told[key] === reading.decoding[key]);
  const possible = readings.filter((reading) => {
    return agrees(reading, fixedByShape(reading, told)) && (told.scores !== 'softmax' || hasAllScores(reading));
  });
  const exact = possible.find((reading) => agrees(reading, Object.keys(told) as (keyof Decoding)[]));
  return exact === undefined ? possible : [exact, ...possible.filter((reading) => reading !== exact)];
}

/** A softmax needs a score of every class, and no box among them. */
function hasAllScores({ classes, uses }: OutputReading): boolean {
  return classes !== null && uses.length === 2;
}

/** What the shapes fix; the rest of a decoding says how the numbers in these columns are meant. */
function fixedByShape({ classes }: OutputReading, told: ToldDecoding): (keyof Decoding)[] {
  const fixed: (keyof Decoding)[] = ['objectness', 'extra'];
  // a background takes a column, but where classes are told by their numbers
  if (classes !== null) fixed.push('background');
  // and a grid must have as many cells as there are rows
  if (told.coordinates === 'grid') fixed.push('coordinates');
  return fixed;
}

/** A reading's decoding with what was told of it. */
export function withTold({ decoding }: OutputReading, told: ToldDecoding): Decoding {
  return { ...decoding, ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) };
}

/** What a reading leaves out of a model that gives more than boxes, for people; null where it gives nothing more. */
export function ignoredBy(
  { uses, decoding: { extra } }: OutputReading,
  outputs: readonly OutputShape[],
): string | null {
  const columns = extra > 0 ? [`${extra} column(s) behind the classes (mask coefficients or keypoints)`] : [];
  const used = new Set(uses.map(({ name }) => name));
  const others = outputs
    .filter((output) => !used.has(output.name) && !isCount(output))
    .map(({ name }) => `output ${name}`);
  const ignored = [...columns, ...others];
  return ignored.length === 0 ? null : `only the boxes are used, not ${ignored.join(', ')}`;
}

/** One number for each picture tells of boxes, and is none. */
function isCount({ dims }: OutputShape): boolean {
  return dims.length <= 2 && dims.slice(1).every((dim) => dim === 1);
}

import { BOX_ORDERS, type Decoding, ROW_ORDERS, SCORE_KINDS } from '../../detect/decoding.js';
import type { Family } from '../../detect/detector.js';
import type { OutputReading, ReadingFacts } from '../../detect/readings/reading.js';
import { readingsFor } from '../../detect/readings/readings.js';
import type { OutputShape } from '../../detect/worker/decoders/decoder.js';
import { COCO_CATEGORIES, COCO_CLASSES, ROADSIDE_CLASSES } from '../coco.js';
import type { NamedReading } from './readout.js';

/** Where a model's class names come from; `nowhere`: they are only numbers. */
export type NamesFrom = 'you' | 'the file' | 'COCO' | 'the project' | 'nowhere';

/** Class names that somebody says. */
export interface KnownNames {
  readonly list: readonly string[];
  readonly from: NamesFrom;
}

/** A reading that the shapes allow, with names for its classes. */
export interface PossibleReading extends NamedReading {
  readonly namesFrom: NamesFrom;
}

/** Of a model whose class indices are the numbers of COCO's categories; number 0 stands for nothing. */
const FROM_ZERO: readonly string[] = ['background', ...COCO_CATEGORIES];
/** More classes than any model's: shapes that speak of more are no detector's. */
const MOST_NAMELESS = 10_000;

/**
 * The readings that the shapes allow, each with the names that its classes may have, the likeliest first.
 * @param names that the person or the file says; null where neither does
 */
export function possibleReadings(
  outputs: readonly OutputShape[],
  facts: Omit<ReadingFacts, 'classes'>,
  names: KnownNames | null,
): PossibleReading[] {
  if (names !== null) {
    const readings = readingsFor(outputs, { ...facts, classes: names.list.length });
    return readings.map((reading) => ({ reading, classes: names.list, namesFrom: names.from }));
  }
  return readingsFor(outputs, { ...facts, classes: null }).flatMap((reading) =>
    usualNames(reading.family, reading.classes).map(({ list, from }) => ({ reading, classes: list, namesFrom: from })),
  );
}

/**
 * What the same columns could mean besides, in exports that nobody knows: every order of the box, fractions or pixels, logits
 * or scores, one box per vehicle or many. Shapes do not contradict them; only numbers can.
 */
export function furtherReadings(readings: readonly PossibleReading[]): PossibleReading[] {
  const seen = new Set(readings.map(keyOf));
  return readings.flatMap((possible) =>
    variationsOf(possible.reading).flatMap((decoding) => {
      const further = { ...possible, reading: { ...possible.reading, decoding } };
      if (seen.has(keyOf(further))) return [];
      seen.add(keyOf(further));
      return further;
    }),
  );
}

/** Two readings with the same key read the same outputs alike, whatever their family is called. */
function keyOf({ reading: { uses, decoding }, classes }: PossibleReading): string {
  return JSON.stringify([uses.map(({ name }) => name), decoding, classes.length]);
}

function variationsOf({ decoding, classes, uses }: OutputReading): Decoding[] {
  if (decoding.coordinates === 'grid') return [];
  // rows that are finished have one score and say their class
  const { background } = decoding;
  const finished = classes === null;
  const orders = finished ? ROW_ORDERS : [decoding.order];
  const kinds = finished
    ? [decoding.scores]
    : SCORE_KINDS.filter((kind) => kind !== 'softmax' || (uses.length > 1 && background !== 'none'));
  let variations = [decoding];
  const vary = <Key extends keyof Decoding>(key: Key, values: readonly Decoding[Key][]) => {
    variations = variations.flatMap((variation) => values.map((value) => ({ ...variation, [key]: value })));
  };
  vary('boxes', BOX_ORDERS);
  vary('coordinates', ['pixels', 'normalised']);
  vary('scores', kinds);
  vary('order', orders);
  vary('overlapping', [true, false]);
  return variations;
}

/** Names for a model of which nobody says any. @param count of its classes; null where its outputs do not tell */
function usualNames(family: Family, count: number | null): KnownNames[] {
  if (family === 'roadside' && count === ROADSIDE_CLASSES.length) {
    return [{ list: ROADSIDE_CLASSES, from: 'the project' }];
  }
  const lists =
    family === 'ssd' ? [COCO_CATEGORIES, FROM_ZERO, COCO_CLASSES] : [COCO_CLASSES, FROM_ZERO, COCO_CATEGORIES];
  const fitting = lists.filter(({ length }) => count === null || length === count);
  if (fitting.length > 0) return fitting.map((list) => ({ list, from: 'COCO' }));
  const list = Array.from({ length: Math.min(count ?? 0, MOST_NAMELESS) }, (_, index) => `class ${index}`);
  return [{ list, from: 'nowhere' }];
}

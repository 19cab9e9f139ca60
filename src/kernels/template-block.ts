/** Positions are whole parts of a pixel, scales and sampled levels whole parts of 1: sums of them are exact in any order. */
export const PARTS_OF_PIXEL = 128;
export const PARTS_OF_SCALE = 4096;
export const PARTS_OF_LEVEL = 8;
/** Slopes are whole parts of the largest: with levels of 11 bits, 256 products fit 31 bits. */
export const MOST_SLOPE = 4095;
export const MOST_POINTS = 256;

/** Points that a kernel looks at together. */
const TOGETHER = 8;

/** Where each number is in `TemplateBlock.facts`. Three of a name: of the slopes across, down and with the scale. */
export const FACT = {
  /** Points. */
  points: 0,
  /** Sum of squares of the look less its mean, levels². */
  energy: 1,
  /** Upper triangle of the inverted normal equations. */
  inverse: 2,
  /** Levels per pixel that a part of a slope is worth. */
  unit: 8,
  /** Sums of the slopes, in parts. */
  sum: 11,
  /** Sums of slope times look less its mean, in levels. */
  base: 14,
  /** Pixels: the longest step. */
  limit: 17,
  /** Of the look, in parts of a level; and levels that such a part is worth. */
  lookSum: 18,
  lookUnit: 19,
} as const;
const FACTS = 20;

/** What is known of a template, in one piece of memory. Points are padded to whole eights; those have a mask of 0. */
export interface TemplateBlock {
  readonly bytes: Uint8Array;
  /** Points with padding. */
  readonly count: number;
  readonly facts: Float64Array;
  /** From the middle, in parts of a pixel. */
  readonly dx: Int32Array;
  readonly dy: Int32Array;
  /** -1 of a point, 0 of padding. */
  readonly mask: Int16Array;
  /** Parts of a level. */
  readonly look: Int16Array;
  /** Across, then down, then with the scale; `count` each. */
  readonly slopes: Int16Array;
}

/** @param points of it, at most `MOST_POINTS` */
export function templateBlock(points: number): TemplateBlock {
  if (points > MOST_POINTS) throw new RangeError(`points: expected at most ${MOST_POINTS}, got ${points}`);
  const count = Math.ceil(points / TOGETHER) * TOGETHER;
  const buffer = new ArrayBuffer(FACTS * 8 + count * (4 + 4 + 5 * 2));
  let at = FACTS * 8;
  const placed = (bytes: number): number => {
    at += bytes;
    return at - bytes;
  };
  const facts = new Float64Array(buffer, 0, FACTS);
  facts[FACT.points] = points;
  const block = {
    bytes: new Uint8Array(buffer),
    count,
    facts,
    dx: new Int32Array(buffer, placed(count * 4), count),
    dy: new Int32Array(buffer, placed(count * 4), count),
    mask: new Int16Array(buffer, placed(count * 2), count),
    look: new Int16Array(buffer, placed(count * 2), count),
    slopes: new Int16Array(buffer, placed(count * 6), count * 3),
  };
  block.mask.fill(-1, 0, points);
  return block;
}

/** Some of a template's points, to be looked for at many places. */
export interface SearchPoints {
  /** A multiple of four. */
  readonly count: number;
  /** All offsets across, then down, both in parts of a pixel, then the look in parts of a level. */
  readonly table: Int32Array;
  /** Sum of squares of their look less its mean, levels². */
  readonly energy: number;
  /** Sum of the look, in parts; levels that a part is worth. */
  readonly lookSum: number;
  readonly lookUnit: number;
}

/** Where a template is looked for, in pixels. */
export interface SearchPlaces {
  /** Middle of the grid of places. */
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  /** Whole pixels to both sides, and from place to place. */
  readonly rangeX: number;
  readonly rangeY: number;
  readonly step: number;
}

/** Where a template was found. */
export interface TemplatePlace {
  /** Middle, pixels. */
  readonly x: number;
  readonly y: number;
  /** Size against the template's own. */
  readonly scale: number;
  /** Normalised correlation there, at most 1. */
  readonly correlation: number;
}

import type { LumaPlane } from '../luma-plane.js';
import {
  FACT,
  PARTS_OF_LEVEL,
  PARTS_OF_PIXEL,
  PARTS_OF_SCALE,
  type SearchPlaces,
  type SearchPoints,
  type TemplateBlock,
  type TemplatePlace,
} from '../template-block.js';

/*
 * Sampling, alignment and search of templates, as ../assembly/template.ts does them: sums are of whole numbers, and what is made of them
 * is computed in the same order, so that both give the same to the last bit. Numbers declared here stand there too.
 */

const ITERATIONS = 5;
const SMALLEST = 0.6;
const LARGEST = 1.6;
const MAX_SCALE_STEP = 0.05;
/** px² below which a step ends the alignment. */
const STILL = 0.0025;
const LEAST_GAIN = 0.5;
const MOST_GAIN = 2;
/** Per half range of a search: of equals, the nearest wins. */
const DISTANCE_COST = 0.002;

/** In parts: of a position in pixels, of a scale. */
const positionOf = (pixels: number): number => Math.floor(pixels * PARTS_OF_PIXEL + 0.5) | 0;
const scaleOf = (scale: number): number => Math.floor(scale * PARTS_OF_SCALE + 0.5) | 0;
const offsetOf = (offset: number, scale: number): number => (Math.imul(offset, scale) + PARTS_OF_SCALE / 2) >> 12;

/** Brightness at a position in parts of a pixel, interpolated between four, in parts of a level; beyond the edge as at the edge. */
function valueAt({ width, height, data, first, step }: LumaPlane, x: number, y: number): number {
  const px = Math.max(0, Math.min(x, (width - 1) * PARTS_OF_PIXEL - 1));
  const py = Math.max(0, Math.min(y, (height - 1) * PARTS_OF_PIXEL - 1));
  const [right, lower] = [px & (PARTS_OF_PIXEL - 1), py & (PARTS_OF_PIXEL - 1)];
  const row = width * step;
  const at = (py >> 7) * row + (px >> 7) * step + first;
  const above = data[at]! * (PARTS_OF_PIXEL - right) + data[at + step]! * right;
  const below = data[at + row]! * (PARTS_OF_PIXEL - right) + data[at + row + step]! * right;
  return (above * (PARTS_OF_PIXEL - lower) + below * lower + 1024) >> 11;
}

/** @param into a value per point of the block, padding included */
export function plainSample(
  plane: LumaPlane,
  { count, dx, dy }: TemplateBlock,
  x: number,
  y: number,
  scale: number,
  into: Int16Array,
): void {
  const [middleX, middleY, size] = [positionOf(x), positionOf(y), scaleOf(scale)];
  for (let k = 0; k < count; k++) {
    into[k] = valueAt(plane, middleX + offsetOf(dx[k]!, size), middleY + offsetOf(dy[k]!, size));
  }
}

/** What a picture shows at a template's points: sums of the values, their squares, and their products with slopes and look. */
interface Sums {
  values: number;
  squares: number;
  across: number;
  down: number;
  growing: number;
  looks: number;
}

function sumsAt(plane: LumaPlane, block: TemplateBlock, x: number, y: number, scale: number): Sums {
  const { count, dx, dy, look, slopes } = block;
  const [middleX, middleY, size] = [positionOf(x), positionOf(y), scaleOf(scale)];
  const points = block.facts[FACT.points]!;
  const sums = { values: 0, squares: 0, across: 0, down: 0, growing: 0, looks: 0 };
  for (let k = 0; k < points; k++) {
    const value = valueAt(plane, middleX + offsetOf(dx[k]!, size), middleY + offsetOf(dy[k]!, size));
    sums.values += value;
    sums.squares += value * value;
    sums.across += slopes[k]! * value;
    sums.down += slopes[count + k]! * value;
    sums.growing += slopes[2 * count + k]! * value;
    sums.looks += look[k]! * value;
  }
  return sums;
}

/** @param unit levels per part of a level */
const unitOf = (lumaScale: number): number => lumaScale / PARTS_OF_LEVEL;

/** See `TemplateWork.align`. */
export function plainAlign(
  plane: LumaPlane,
  lumaScale: number,
  block: TemplateBlock,
  from: Pick<TemplatePlace, 'x' | 'y' | 'scale'>,
): TemplatePlace {
  const { facts } = block;
  const unit = unitOf(lumaScale);
  const points = facts[FACT.points]!;
  const own = facts[FACT.energy]!;
  const [i00, i01, i02, i11, i12, i22] = facts.subarray(FACT.inverse) as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const limit = facts[FACT.limit]!;
  let { x, y } = from;
  let scale = clamp(from.scale, SMALLEST, LARGEST);
  for (let step = 0; step < ITERATIONS; step++) {
    const sums = sumsAt(plane, block, x, y, scale);
    const mean = sums.values / points;
    const energy = (sums.squares - sums.values * mean) * (unit * unit);
    const gain = clamp(Math.sqrt((own + points) / (energy + points)), LEAST_GAIN, MOST_GAIN) * unit;
    const b0 = ((sums.across - mean * facts[FACT.sum]!) * gain - facts[FACT.base]!) * facts[FACT.unit]!;
    const b1 = ((sums.down - mean * facts[FACT.sum + 1]!) * gain - facts[FACT.base + 1]!) * facts[FACT.unit + 1]!;
    const b2 = ((sums.growing - mean * facts[FACT.sum + 2]!) * gain - facts[FACT.base + 2]!) * facts[FACT.unit + 2]!;
    const dx = clamp(i00 * b0 + i01 * b1 + i02 * b2, -limit, limit);
    const dy = clamp(i01 * b0 + i11 * b1 + i12 * b2, -limit, limit);
    const grow = clamp(i02 * b0 + i12 * b1 + i22 * b2, -MAX_SCALE_STEP, MAX_SCALE_STEP);
    const next = scale / (1 + grow);
    x -= next * dx;
    y -= next * dy;
    scale = clamp(next, SMALLEST, LARGEST);
    if (step > 0 && dx * dx + dy * dy < STILL) break;
  }
  const sums = sumsAt(plane, block, x, y, scale);
  const mean = sums.values / points;
  const energy = (sums.squares - sums.values * mean) * (unit * unit);
  const both = (sums.looks - mean * facts[FACT.lookSum]!) * (unit * facts[FACT.lookUnit]!);
  return { x, y, scale, correlation: both / Math.sqrt(energy * own + 1) };
}

/** See `TemplateWork.search`. */
export function plainSearch(
  plane: LumaPlane,
  lumaScale: number,
  { count, table, energy: own, lookSum, lookUnit }: SearchPoints,
  { x, y, scale, rangeX, rangeY, step }: SearchPlaces,
): TemplatePlace {
  const unit = unitOf(lumaScale);
  const [middleX, middleY, size] = [positionOf(x), positionOf(y), scaleOf(scale)];
  const [offsetX, offsetY] = [new Int32Array(count), new Int32Array(count)];
  for (let k = 0; k < count; k++) {
    offsetX[k] = middleX + offsetOf(table[k]!, size);
    offsetY[k] = middleY + offsetOf(table[count + k]!, size);
  }
  const reach = Math.max(rangeX, 1);
  let [bestX, bestY, best] = [x, y, Number.NEGATIVE_INFINITY];
  for (let dy = -rangeY; dy <= rangeY; dy += step) {
    for (let dx = -rangeX; dx <= rangeX; dx += step) {
      let [values, squares, looks] = [0, 0, 0];
      for (let k = 0; k < count; k++) {
        const value = valueAt(plane, offsetX[k]! + dx * PARTS_OF_PIXEL, offsetY[k]! + dy * PARTS_OF_PIXEL);
        values += value;
        squares += value * value;
        looks += value * table[2 * count + k]!;
      }
      const mean = values / count;
      const energy = (squares - values * mean) * (unit * unit);
      const both = (looks - mean * lookSum) * (unit * lookUnit);
      const cost = (DISTANCE_COST * (Math.abs(dx) + Math.abs(dy))) / reach;
      const match = both / Math.sqrt(energy * own + 1) - cost;
      if (match <= best) continue;
      [bestX, bestY, best] = [x + dx, y + dy, match];
    }
  }
  return { x: bestX, y: bestY, scale, correlation: best };
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

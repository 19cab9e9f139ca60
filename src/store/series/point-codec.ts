import type { SeriesPoint } from './series-point.js';
import { ByteReader, ByteWriter } from './varint.js';

/*
 * Points of one series in few bytes: 1 or 2 each where nothing changes, 14 of a noisy gauge.
 *
 *   chunk  = varint number of points, entries; a block is one chunk or more, one after the other
 *   entry  = head byte, [varint steps left out before it], [varint count], values
 *   head   = bit 0: steps were left out, else it follows the entry before (the first: the block's start)
 *            bit 1: the count stands here, else it is that of the entry before
 *            bits 2-3: SAME, ALL_INTEGER, ALL_FLOAT, APART
 *   values = SAME: varint how many points more are as the one before; ALL_…: one number that all four are;
 *            APART: byte of which numbers are integers and how the p95 stands, minimum, mean, maximum, [p95]
 *   number = zigzag varint of an integer of 32 bits, or a 32-bit float, little-endian: 7 digits
 *   p95    = left out where it is the maximum, else 16 bits: where it lies between minimum and maximum
 */
const LEFT_OUT = 1;
const COUNTED = 2;
const SHAPE_SHIFT = 2;
const SAME = 0;
const ALL_INTEGER = 1;
const ALL_FLOAT = 2;
const APART = 3;
const INTEGER_MIN = 1;
const INTEGER_MEAN = 2;
const INTEGER_MAX = 4;
const P95_WITHIN = 8;
const WITHIN_STEPS = 0xffff;
/** Of a chunk: what says more is damaged. */
const MOST_POINTS = 10_000;
const LARGEST_FLOAT = 3.4e38;
/** Of an entry and of a chunk's head. */
const LONGEST_ENTRY = 40;

/** @param points in order of time, each of a step of its own, none before `start` */
export function encodePoints(points: readonly SeriesPoint[], start: number, stepMs: number): Buffer {
  const writer = new ByteWriter(Buffer.allocUnsafe(LONGEST_ENTRY * (points.length + 1)));
  writer.varint(points.length);
  let before: SeriesPoint | null = null;
  let expected = start;
  for (let i = 0; i < points.length; ) {
    const point = points[i]!;
    const run = before === null ? 0 : runLength(points, i, before, expected, stepMs);
    if (run > 0) {
      writer.byte(SAME << SHAPE_SHIFT);
      writer.varint(run);
      i += run;
      before = points[i - 1]!;
    } else {
      writePoint(writer, point, (point.t - expected) / stepMs, before?.count ?? 0);
      i++;
      before = point;
    }
    expected = before.t + stepMs;
  }
  return Buffer.from(writer.written());
}

/** Of one chunk or more; in the order in which they were encoded. @throws RangeError where the bytes are no such chunks */
export function decodePoints(bytes: Uint8Array, start: number, stepMs: number): SeriesPoint[] {
  const points: SeriesPoint[] = [];
  const reader = new ByteReader(bytes);
  while (!reader.isAtEnd) readChunk(reader, start, stepMs, points);
  return points;
}

/** How many points from `from` on, one step apart, are as `before`. */
function runLength(
  points: readonly SeriesPoint[],
  from: number,
  before: SeriesPoint,
  expected: number,
  stepMs: number,
): number {
  let run = 0;
  for (let t = expected; from + run < points.length; run++, t += stepMs) {
    const { t: at, min, mean, max, p95, count } = points[from + run]!;
    if (at !== t || count !== before.count) break;
    if (min !== before.min || mean !== before.mean || max !== before.max || p95 !== before.p95) break;
  }
  return run;
}

function writePoint(writer: ByteWriter, point: SeriesPoint, leftOut: number, countBefore: number): void {
  const { min, mean, max, p95, count } = point;
  const shape = min !== max ? APART : isInteger(max) ? ALL_INTEGER : ALL_FLOAT;
  writer.byte((leftOut > 0 ? LEFT_OUT : 0) | (count !== countBefore ? COUNTED : 0) | (shape << SHAPE_SHIFT));
  if (leftOut > 0) writer.varint(leftOut);
  if (count !== countBefore) writer.varint(count);
  if (shape !== APART) {
    writeNumber(writer, max);
    return;
  }
  writer.byte(
    (isInteger(min) ? INTEGER_MIN : 0) |
      (isInteger(mean) ? INTEGER_MEAN : 0) |
      (isInteger(max) ? INTEGER_MAX : 0) |
      (p95 < max ? P95_WITHIN : 0),
  );
  writeNumber(writer, min);
  writeNumber(writer, mean);
  writeNumber(writer, max);
  if (p95 < max) writer.sixteen(Math.round((Math.max(0, p95 - min) / (max - min)) * WITHIN_STEPS));
}

function readChunk(reader: ByteReader, start: number, stepMs: number, points: SeriesPoint[]): void {
  const length = reader.varint();
  if (length > MOST_POINTS) throw new RangeError(`a chunk of ${length} points is none`);
  const end = points.length + length;
  let [t, count, min, mean, max, p95] = [start, 0, 0, 0, 0, 0];
  while (points.length < end) {
    const head = reader.byte();
    const shape = head >> SHAPE_SHIFT;
    if (shape === SAME) {
      for (let run = reader.varint(); run > 0 && points.length < end; run--, t += stepMs) {
        points.push({ t, min, mean, max, p95, count });
      }
      continue;
    }
    if (head & LEFT_OUT) t += reader.varint() * stepMs;
    if (head & COUNTED) count = reader.varint();
    if (shape === APART) {
      const forms = reader.byte();
      min = forms & INTEGER_MIN ? reader.zigzag() : reader.float();
      mean = forms & INTEGER_MEAN ? reader.zigzag() : reader.float();
      max = forms & INTEGER_MAX ? reader.zigzag() : reader.float();
      // a float of 32 bits may be rounded past its neighbour
      mean = Math.min(max, Math.max(min, mean));
      p95 = forms & P95_WITHIN ? min + ((max - min) * reader.sixteen()) / WITHIN_STEPS : max;
    } else {
      min = mean = max = p95 = shape === ALL_INTEGER ? reader.zigzag() : reader.float();
    }
    points.push({ t, min, mean, max, p95, count });
    t += stepMs;
  }
}

function writeNumber(writer: ByteWriter, value: number): void {
  if (isInteger(value)) writer.zigzag(value);
  else writer.float(Math.max(-LARGEST_FLOAT, Math.min(LARGEST_FLOAT, value)));
}

const isInteger = (value: number): boolean => (value | 0) === value;

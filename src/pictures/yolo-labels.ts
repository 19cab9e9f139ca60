import { SourceError } from '../foundation/errors.js';
import type { ClassMap } from './class-map.js';
import type { Label } from './frame-set.js';

/** Shares are written with some six digits: a box at the edge may seem to reach beyond it by so much. */
const ROUNDING = 0.002;

/**
 * Reads the labels of one picture in YOLO's text form: per line a class and the box's centre, width and height in shares
 * of the picture; five numbers, or more where it is a polygon's corners (`class x y x y …`), which become their box.
 * An empty text says that there is nothing in the picture.
 *
 * @param where file name for messages
 * @throws SourceError naming file and line of what is no label
 */
export function parseYoloLabels(
  text: string,
  where: string,
  picture: { readonly width: number; readonly height: number },
  classes: ClassMap,
): Label[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '') return [];
    const fail = (problem: string): SourceError =>
      new SourceError(`${where}, line ${index + 1}: ${problem}`, { file: where, line: index + 1 });
    const words = line.trim().split(/\s+/);
    const numbers = words.map(Number);
    const bad = numbers.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw fail(`expected numbers, got "${words[bad]!.slice(0, 40)}"`);
    const box = boxOf(numbers.slice(1));
    if (box === null) throw fail(`expected class cx cy width height, got ${words.length} numbers`);
    const labelClass = numbers[0]!;
    const classIndex = Number.isInteger(labelClass) && labelClass >= 0 ? classes.indexOf(labelClass) : undefined;
    if (classIndex === undefined) throw fail(`class ${labelClass} is not one of this set's classes${classes.advice}`);
    const [x1, y1, x2, y2] = box;
    if (x2 <= x1 || y2 <= y1) throw fail('expected a box with a width and a height above 0');
    if (Math.min(x1, y1) < -ROUNDING || Math.max(x2, y2) > 1 + ROUNDING) {
      throw fail(`expected a box inside the picture, in shares of it from 0 to 1, got ${box.map(short).join(' ')}`);
    }
    if (classIndex < 0) return [];
    const { width, height } = picture;
    const clip = (value: number, size: number): number => Math.min(1, Math.max(0, value)) * size;
    return [{ classIndex, x1: clip(x1, width), y1: clip(y1, height), x2: clip(x2, width), y2: clip(y2, height) }];
  });
}

/** Corners x1, y1, x2, y2 in shares; null where it is neither a box nor a polygon. */
function boxOf(values: readonly number[]): readonly [number, number, number, number] | null {
  if (values.length === 4) {
    const [cx, cy, width, height] = values as [number, number, number, number];
    return [cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2];
  }
  if (values.length < 6 || values.length % 2 !== 0) return null;
  const xs = values.filter((_, at) => at % 2 === 0);
  const ys = values.filter((_, at) => at % 2 === 1);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

const short = (value: number): string => String(Number(value.toFixed(4)));

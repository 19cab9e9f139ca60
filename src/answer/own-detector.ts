import { type Detections, STRIDE } from '../frame/detections.js';
import type { PictureBox } from '../frame/picture-box.js';
import { classNamed } from '../frame/same-class.js';

/** RGB24 pixels: rows top to bottom, `width * height * 3` bytes. */
export interface CameraPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** ms on the clock of the scene, by which vehicles are followed: Unix ms of a live camera, media time of a film. Default now. */
  readonly capturedAt?: number;
}

/** A detector of the program's own, of any kind and anywhere. */
export interface OwnDetector {
  /** Tells its answers from those of another: `yolo11n@640`. */
  readonly name: string;
  /** Every class that it may name. */
  readonly classes: readonly string[];
  /** Score from which a box is answered, 0 to 1; default 0.35. */
  readonly threshold?: number;
  /**
   * What is in the picture. Boxes below the threshold, from 0.1 up, are of use: they keep a vehicle that is known.
   * Calls never overlap. The pixels are the caller's until it resolves.
   */
  detect(picture: CameraPicture): Promise<readonly PictureBox[]>;
}

/** Fainter boxes are no sign even of a vehicle that is known. */
const LEAST_SCORE = 0.1;

/**
 * Boxes as flat rows, strongest first.
 *
 * @throws TypeError where one is none, with the box
 */
export function flatBoxes(boxes: readonly PictureBox[], classes: readonly string[]): Detections {
  if (!Array.isArray(boxes)) throw new TypeError(`detect: expected a list of boxes, got ${typeof boxes}`);
  for (const found of boxes) checkBox(found, classes);
  const rows = boxes.filter(({ score }) => score >= LEAST_SCORE).sort((a, b) => b.score - a.score);
  const data = new Float32Array(rows.length * STRIDE);
  for (const [row, { box, score, class: name }] of rows.entries()) {
    data.set([...box, score, classes.indexOf(name)], row * STRIDE);
  }
  return { count: rows.length, data };
}

/** The opposite. */
export function namedBoxes({ count, data }: Detections, classes: readonly string[]): PictureBox[] {
  return Array.from({ length: count }, (_, row) => {
    const [x1, y1, x2, y2, score, index] = data.subarray(row * STRIDE, (row + 1) * STRIDE);
    return { class: classes[index!]!, score: score!, box: [x1!, y1!, x2!, y2!] };
  });
}

function checkBox(found: PictureBox, classes: readonly string[]): void {
  const { box, score, class: name } = found ?? {};
  const [x1, y1, x2, y2] = box ?? [];
  const isBox = box?.length === 4 && box.every(Number.isFinite) && x2! >= x1! && y2! >= y1!;
  const problem = !isBox
    ? 'expected box [x1, y1, x2, y2] in pixels with x1 <= x2 and y1 <= y2'
    : !(score >= 0 && score <= 1)
      ? 'expected a score from 0 to 1'
      : classes.includes(name)
        ? null
        : unknownClass(name, classes);
  if (problem !== null) throw new TypeError(`detect: ${problem}, got ${JSON.stringify(found)}`);
}

function unknownClass(name: string, classes: readonly string[]): string {
  const meant = typeof name === 'string' ? classNamed(name, classes) : -1;
  return `expected a class of ${classes.join(', ')}${meant < 0 ? '' : ` (did you mean ${classes[meant]}?)`}`;
}

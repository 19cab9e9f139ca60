import type { LoadRequest } from '../../../src/detect/detector.js';
import type { ProbeOutput } from '../../../src/detect/probe-messages.js';
import type { ProbeScene } from '../../../src/models/recognition/probe-scenes.js';

/** Pixels: scenes and inputs are squares of this size, so that nothing is scaled. */
export const SIDE = 64;
/** Cells of strides 8, 16 and 32. */
export const CELLS = 84;

export type Corners = readonly [x1: number, y1: number, x2: number, y2: number];

/** Two red cars a picture, each somewhere else, side by side. */
const ROADS: readonly (readonly Corners[])[] = [
  [
    [4, 10, 24, 26],
    [34, 30, 60, 52],
  ],
  [
    [8, 40, 30, 58],
    [36, 6, 56, 20],
  ],
  [
    [2, 20, 20, 44],
    [30, 12, 62, 40],
  ],
];

/** Pictures of black roads with red cars, noise and grey. */
export function redCarScenes(): ProbeScene[] {
  const roads = ROADS.map((cars, index): ProbeScene => {
    const data = new Uint8Array(SIDE * SIDE * 3);
    for (const [x1, y1, x2, y2] of cars) {
      for (let y = y1; y < y2; y++) for (let x = x1; x < x2; x++) data[(y * SIDE + x) * 3] = 255;
    }
    return sceneOf(`road ${index + 1}`, 'road', data, cars);
  });
  const noise = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, index) => 40 + ((index * 7919) % 97));
  const grey = new Uint8Array(SIDE * SIDE * 3).fill(114);
  return [...roads, sceneOf('noise', 'noise', noise, []), sceneOf('grey', 'grey', grey, [])];
}

function sceneOf(id: string, kind: ProbeScene['kind'], data: Uint8Array, cars: readonly Corners[]): ProbeScene {
  return { id, kind, width: SIDE, height: SIDE, data, vehicles: Float32Array.from(cars.flat()) };
}

/** What the model expects at its input. */
export interface Expects {
  readonly colour: 'rgb' | 'bgr';
  /** The value of a byte of 255. */
  readonly white: number;
}

/** The cars that a model sees: patches that are red and nothing else, if the input is as it expects. */
export function seeCars(picture: Uint8Array, input: LoadRequest['input'], { colour, white }: Expects): Corners[] {
  const value = (byte: number, channel: number) => (byte * input.scale - input.mean[channel]!) / input.std[channel]!;
  const swapped = colour !== input.colour;
  const isCar = (x: number, y: number) => {
    const pixel = picture.subarray((y * SIDE + x) * 3, (y * SIDE + x) * 3 + 3);
    const [first, , last] = swapped ? [pixel[2]!, pixel[1]!, pixel[0]!] : pixel;
    return Math.abs(value(first!, 0) - white) < white / 20 && Math.abs(value(last!, 2)) < white / 20;
  };
  const cars: [number, number, number, number][] = [];
  for (let x = 0; x < SIDE; x++) {
    const rows = Array.from({ length: SIDE }, (_, y) => y).filter((y) => isCar(x, y));
    if (rows.length === 0) continue;
    const last = cars.at(-1);
    if (last && last[2] === x) last[2] = x + 1;
    else cars.push([x, rows[0]!, x + 1, rows.at(-1)! + 1]);
  }
  return cars;
}

/** A row of a model that has many for each car: its corners, and the score of each class. */
export interface Row {
  readonly box: Corners;
  readonly scores: readonly number[];
}

/** Three overlapping rows a car; every other row is a small box of which nobody is sure. */
export function denseRowsOf(cars: readonly Corners[], rows: number, classes: number, carClass: number): Row[] {
  return Array.from({ length: rows }, (_, index) => {
    const car = cars[Math.floor(index / 3)];
    const [column, line] = [index % 10, Math.floor(index / 10)];
    const box: Corners = car ?? [column * 6, line * 6, column * 6 + 5, line * 6 + 4];
    const score = car === undefined ? 0.01 : 0.9 - (index % 3) / 50;
    return { box, scores: Array.from({ length: classes }, (_, c) => (c === carClass ? score : 0.002)) };
  });
}

export const centred = ([x1, y1, x2, y2]: Corners): number[] => [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1];
export const fractions = (box: readonly number[]): number[] => box.map((value) => value / SIDE);
export const logit = (p: number): number => Math.log(p / (1 - p));

/** `[1, rows, columns]`, or turned `[1, columns, rows]`. */
export function output(name: string, rows: readonly (readonly number[])[], turned = false): ProbeOutput {
  const columns = rows[0]!.length;
  const dims = turned ? [1, columns, rows.length] : [1, rows.length, columns];
  const values = turned ? rows[0]!.flatMap((_, c) => rows.map((row) => row[c]!)) : rows.flat();
  return { name, type: 'float32', dims, varying: false, data: Float32Array.from(values) };
}

/** `[1, values]` */
export function list(name: string, values: readonly number[], type: 'float32' | 'int64' = 'float32'): ProbeOutput {
  const data = type === 'int64' ? BigInt64Array.from(values, BigInt) : Float32Array.from(values);
  return { name, type, dims: [1, values.length], varying: false, data };
}

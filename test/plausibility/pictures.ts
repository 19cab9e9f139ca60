import type { WatchedFrame } from '../../src/plausibility/picture-watch.js';
import { seeded } from '../seeded.js';

export const WIDTH = 160;
export const HEIGHT = 90;

/** A road of no particular kind: what stands out lies where `x` and `y` say, RGB24. */
export function scene(level = (x: number, y: number) => 90 + 60 * Math.sin(x / 7) * Math.cos(y / 5)): Uint8Array {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) data.fill(level(x, y), (y * WIDTH + x) * 3, (y * WIDTH + x) * 3 + 3);
  }
  return data;
}

/** Adds the noise of a sensor, each time another one. */
export function noiseOf(seed: number, levels = 3): (picture: Uint8Array) => Uint8Array {
  const random = seeded(seed);
  return (picture) =>
    picture.map((value) => Math.max(0, Math.min(255, value + Math.round((random() - 0.5) * 2 * levels))));
}

/** Sets the pixels of a rectangle. */
export function painted(picture: Uint8Array, [x1, y1, x2, y2]: readonly number[], level: number): Uint8Array {
  const copy = picture.slice();
  for (let y = y1!; y < y2!; y++) copy.fill(level, (y * WIDTH + x1!) * 3, (y * WIDTH + x2!) * 3);
  return copy;
}

export function frameOf(data: Uint8Array, sceneMs: number, damaged = false): WatchedFrame {
  return { width: WIDTH, height: HEIGHT, data, sceneMs, damaged };
}

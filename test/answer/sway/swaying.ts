import { seeded } from '../../seeded.js';

/** Pixels beyond the edges of a picture. */
const MARGIN = 70;
const [WIDE, HIGH] = [320 + 2 * MARGIN, 180 + 2 * MARGIN];

/** Something to look at: smooth, and nowhere like itself; brightness at any point near a picture, pixels. */
export function landscape(seed: number): (x: number, y: number) => number {
  const random = seeded(seed);
  const waves = Array.from({ length: 16 }, () => {
    const [angle, length] = [random() * Math.PI * 2, 6 + random() * 40];
    return { u: Math.cos(angle) / length, v: Math.sin(angle) / length, phase: random() * 7 };
  });
  const levels = new Float32Array(WIDE * HIGH);
  for (const { u, v, phase } of waves) {
    for (let i = 0; i < levels.length; i++) {
      const [x, y] = [i % WIDE, Math.floor(i / WIDE)];
      levels[i]! += 11 * Math.sin(2 * Math.PI * (u * x + v * y) + phase);
    }
  }
  return (x, y) => {
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const at = (top + MARGIN) * WIDE + left + MARGIN;
    const [fx, fy] = [x - left, y - top];
    const above = levels[at]! + (levels[at + 1]! - levels[at]!) * fx;
    const below = levels[at + WIDE]! + (levels[at + WIDE + 1]! - levels[at + WIDE]!) * fx;
    return 128 + above + (below - above) * fy;
  };
}

export const WIDTH = 320;
export const HEIGHT = 180;

/** A picture of it by a camera whose scene lies so far to the right and down. */
export function pictureOf(at: (x: number, y: number) => number, right: number, down: number): Uint8Array {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0, p = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, p += 3) data.fill(Math.round(at(x - right, y - down)), p, p + 3);
  }
  return data;
}

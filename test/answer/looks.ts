import { brightnessOf } from '../../src/answer/tracking/luma-picture.js';

/** Brightness of a surface at a point; any numbers. */
export type Look = (u: number, v: number) => number;

/** A picture of a surface whose origin is at (x, y), so many times enlarged; grey, any brightness. */
export function pictureOf(
  look: Look,
  at: { x: number; y: number; scale?: number },
  size = { width: 160, height: 120 },
) {
  const { width, height } = size;
  const data = new Uint8Array(width * height * 3);
  for (let p = 0; p < width * height; p++) {
    const u = ((p % width) - at.x) / (at.scale ?? 1);
    const v = (Math.floor(p / width) - at.y) / (at.scale ?? 1);
    data.fill(Math.min(255, Math.max(0, Math.round(look(u, v)))), p * 3, p * 3 + 3);
  }
  return brightnessOf({ width, height, data });
}

/** Smooth, and alike nowhere else near; each phase is another look. */
export function textured(phase = 0): Look {
  return (u, v) =>
    120 +
    40 * Math.sin(0.31 * u + 0.7 * phase) * Math.cos(0.27 * v + phase) +
    30 * Math.sin(0.17 * u + 0.13 * v + 2 * phase) +
    20 * Math.cos(0.083 * u - 0.22 * v + 3 * phase);
}

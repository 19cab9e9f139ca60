import type { Shape } from './vehicles.js';
import type { View } from './view.js';

/** A rectangle in pixels of the picture, not rounded. */
export interface Bounds {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/**
 * A vehicle as seen at one place of one lane, one texel per pixel of the picture. Colours are premultiplied; where they
 * exceed the coverage they shine. A border of empty texels surrounds it.
 */
export interface Sprite {
  /** Where its first texel lies in the picture when the vehicle is at that place. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** r, g, b, coverage from the low byte up. */
  readonly texels: Uint32Array;
  /** Share of the vehicle's paint colour in each texel. */
  readonly paint: Uint8Array;
  /** First texel and the one after the last that is not empty, per row. */
  readonly spans: Uint16Array;
  /** Bounds of the box around the vehicle: what a sprite is stretched from. */
  readonly frame: Bounds;
  /** Bounds of the vehicle itself, without shadow and glow, also beyond the picture. */
  readonly tight: Bounds;
  /** Pixels that the whole vehicle would cover, also beyond the picture. */
  readonly area: number;
}

/** Texels with at least this coverage are the vehicle; below are its shadow, glow and soft edge. */
export const SOLID = 160;

/** Nearer parts than this are under the picture's lower edge whatever their height: they are drawn no nearer, metres. */
export const NEAR_Z = 6;

/**
 * Writes the bounds of the box around a vehicle at `x`, nearest end at `z`, into `out` (x1, y1, x2, y2).
 *
 * @param turn by how much it is turned about its middle, radians
 */
export function frameAt(view: View, shape: Shape, x: number, z: number, out: Float64Array, turn = 0): void {
  const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
  let x1 = Infinity;
  let y1 = Infinity;
  let x2 = -Infinity;
  let y2 = -Infinity;
  for (let corner = 0; corner < 8; corner++) {
    let cx = x + (corner & 1 ? shape.halfWidth : -shape.halfWidth);
    const cy = corner & 2 ? shape.height : 0;
    let cz = corner & 4 ? z + shape.length : z;
    if (turn !== 0) {
      const [dx, dz] = [cx - x, cz - z - shape.length / 2];
      cx = x + dx * cos - dz * sin;
      cz = z + shape.length / 2 + dx * sin + dz * cos;
    }
    view.project(cx, cy, Math.max(NEAR_Z, cz));
    x1 = Math.min(x1, view.px);
    x2 = Math.max(x2, view.px);
    y1 = Math.min(y1, view.py);
    y2 = Math.max(y2, view.py);
  }
  out[0] = x1;
  out[1] = y1;
  out[2] = x2;
  out[3] = y2;
}

/**
 * Draws a sprite into RGB24, stretched: texel (u, v) lands at (left + u · scaleX, top + v · scaleY).
 *
 * @param r, g, b the vehicle's paint, 0..255
 */
export function blit(
  out: Uint8Array,
  width: number,
  height: number,
  sprite: Sprite,
  left: number,
  top: number,
  scaleX: number,
  scaleY: number,
  r: number,
  g: number,
  b: number,
): void {
  const { texels, paint, spans } = sprite;
  const stride = sprite.width;
  const stepU = Math.round(65536 / scaleX);
  const firstY = Math.max(0, Math.ceil(top + 0.5 * scaleY - 0.5));
  const lastY = Math.min(height - 1, Math.floor(top + (sprite.height - 0.5) * scaleY - 0.5) - 1);
  for (let y = firstY; y <= lastY; y++) {
    const v = (y + 0.5 - top) / scaleY - 0.5;
    const v0 = Math.floor(v);
    if (v0 < 0 || v0 + 1 >= sprite.height) continue;
    const fv = Math.floor((v - v0) * 256);
    const from = Math.min(spans[v0 * 2]!, spans[v0 * 2 + 2]!);
    const to = Math.max(spans[v0 * 2 + 1]!, spans[v0 * 2 + 3]!);
    if (from >= to) continue;
    const firstX = Math.max(0, Math.ceil(left + (from - 0.5) * scaleX - 0.5));
    const lastX = Math.min(width - 1, Math.floor(left + (to + 0.5) * scaleX - 0.5));
    let u = Math.round(((firstX + 0.5 - left) / scaleX - 0.5) * 65536);
    let o = (y * width + firstX) * 3;
    for (let x = firstX; x <= lastX; x++, o += 3, u += stepU) {
      const u0 = u >> 16;
      if (u0 < 0 || u0 + 1 >= stride) continue;
      const i = v0 * stride + u0;
      const p00 = texels[i]!;
      const p01 = texels[i + 1]!;
      const p10 = texels[i + stride]!;
      const p11 = texels[i + stride + 1]!;
      if ((p00 | p01 | p10 | p11) === 0) continue;
      const fu = (u >> 8) & 255;
      const w11 = (fu * fv) >> 8;
      const w10 = fv - w11;
      const w01 = fu - w11;
      const w00 = 256 - fu - fv + w11;
      const rb =
        ((Math.imul(p00 & 0xff00ff, w00) +
          Math.imul(p01 & 0xff00ff, w01) +
          Math.imul(p10 & 0xff00ff, w10) +
          Math.imul(p11 & 0xff00ff, w11)) >>>
          8) &
        0xff00ff;
      const ga =
        ((Math.imul((p00 >>> 8) & 0xff00ff, w00) +
          Math.imul((p01 >>> 8) & 0xff00ff, w01) +
          Math.imul((p10 >>> 8) & 0xff00ff, w10) +
          Math.imul((p11 >>> 8) & 0xff00ff, w11)) >>>
          8) &
        0xff00ff;
      const s = (paint[i]! * w00 + paint[i + 1]! * w01 + paint[i + stride]! * w10 + paint[i + stride + 1]! * w11) >> 8;
      const a = ga >>> 16;
      const keep = 256 - a - (a >> 7);
      const nr = ((out[o]! * keep + s * r) >> 8) + (rb & 255);
      const ng = ((out[o + 1]! * keep + s * g) >> 8) + (ga & 255);
      const nb = ((out[o + 2]! * keep + s * b) >> 8) + (rb >>> 16);
      out[o] = Math.min(255, nr);
      out[o + 1] = Math.min(255, ng);
      out[o + 2] = Math.min(255, nb);
    }
  }
}

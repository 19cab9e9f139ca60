import type { Polygon } from '../config/config.js';
import { inside } from './polygon.js';

/** Pixels: RGB24, rows top to bottom. */
interface MaskedPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Of a pixel, a little within: one that an area only touches may show something of what is under it. */
const WITHIN = [
  [0.02, 0.02],
  [0.98, 0.02],
  [0.02, 0.98],
  [0.98, 0.98],
  [0.5, 0.5],
] as const;

/** Areas of a camera's picture that nobody may see. */
export class PrivacyMask {
  readonly #areas: readonly Polygon[];
  /** Of the last size: bytes from and to, in pairs. */
  #runs: Uint32Array = new Uint32Array();
  #width = 0;
  #height = 0;

  /** @param areas in shares of the picture */
  constructor(areas: readonly Polygon[]) {
    this.#areas = areas;
  }

  /** Blackens the areas in place: nothing is left of their pixels. */
  paint({ width, height, data }: MaskedPixels): void {
    if (this.#areas.length === 0) return;
    if (width !== this.#width || height !== this.#height) this.#measure(width, height);
    for (let at = 0; at < this.#runs.length; at += 2) data.fill(0, this.#runs[at]!, this.#runs[at + 1]!);
  }

  #measure(width: number, height: number): void {
    const runs: number[] = [];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (!this.#covers(x, y, width, height)) continue;
        const from = (y * width + x) * 3;
        if (runs.at(-1) === from) runs[runs.length - 1] = from + 3;
        else runs.push(from, from + 3);
      }
    }
    this.#runs = Uint32Array.from(runs);
    this.#width = width;
    this.#height = height;
  }

  #covers(x: number, y: number, width: number, height: number): boolean {
    return this.#areas.some((area) => WITHIN.some(([u, v]) => inside(area, (x + u) / width, (y + v) / height)));
  }
}

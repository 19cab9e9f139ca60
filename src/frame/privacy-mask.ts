import type { Polygon } from '../config/config.js';
import { YUV_COLOURS } from '../kernels/yuv-colour.js';
import type { CameraPixels } from './camera-pixels.js';
import { inside } from './polygon.js';

/** Of a pixel, a little within: one that an area only touches may show something of what is under it. */
const WITHIN = [
  [0.02, 0.02],
  [0.98, 0.02],
  [0.02, 0.98],
  [0.98, 0.98],
  [0.5, 0.5],
] as const;
/** Of U and V: no colour. */
const GREY = 128;

/** Bytes from and to, in pairs. */
type Runs = Uint32Array;

/** What is painted of pictures of one size. */
interface Measured {
  readonly width: number;
  readonly height: number;
  readonly isYuv: boolean;
  /** Of RGB24, or of luma. */
  readonly black: Runs;
  /** Of U and V. */
  readonly grey: Runs;
}

/** Areas of a camera's picture that nobody may see. */
export class PrivacyMask {
  readonly #areas: readonly Polygon[];
  #last: Measured | null = null;

  /** @param areas in shares of the picture */
  constructor(areas: readonly Polygon[]) {
    this.#areas = areas;
  }

  /**
   * Blackens the areas in place: nothing is left of their pixels. Of I420 four pixels share a colour, which goes where one of them is
   * covered: beside the edge one pixel may be grey.
   */
  paint({ width, height, yuv, data }: CameraPixels): void {
    if (this.#areas.length === 0) return;
    const isYuv = yuv !== undefined;
    const last = this.#last;
    const isSame = last?.width === width && last.height === height && last.isYuv === isYuv;
    const { black, grey } = isSame ? last : this.#measure(width, height, isYuv);
    fill(data, black, yuv === undefined ? 0 : YUV_COLOURS[yuv].black);
    fill(data, grey, GREY);
  }

  #measure(width: number, height: number, isYuv: boolean): Measured {
    const [black, grey]: [number[], number[]] = [[], []];
    const pixelBytes = isYuv ? 1 : 3;
    const touched = new Uint8Array(isYuv ? (width * height) / 4 : 0);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (!this.#covers(x, y, width, height)) continue;
        extend(black, (y * width + x) * pixelBytes, pixelBytes);
        if (isYuv) touched[((y >> 1) * width) / 2 + (x >> 1)] = 1;
      }
    }
    for (const plane of [width * height, width * height + touched.length])
      for (let at = 0; at < touched.length; at++) if (touched[at] === 1) extend(grey, plane + at, 1);
    this.#last = { width, height, isYuv, black: Uint32Array.from(black), grey: Uint32Array.from(grey) };
    return this.#last;
  }

  #covers(x: number, y: number, width: number, height: number): boolean {
    return this.#areas.some((area) => WITHIN.some(([u, v]) => inside(area, (x + u) / width, (y + v) / height)));
  }
}

function extend(runs: number[], from: number, bytes: number): void {
  if (runs.at(-1) === from) runs[runs.length - 1] = from + bytes;
  else runs.push(from, from + bytes);
}

function fill(data: Uint8Array, runs: Runs, value: number): void {
  for (let at = 0; at < runs.length; at += 2) data.fill(value, runs[at]!, runs[at + 1]!);
}

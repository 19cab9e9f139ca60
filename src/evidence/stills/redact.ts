import type { StillPixels } from './crop.js';

/** Tiles along the longer side of what is made unrecognisable. */
const TILES = 5;
/** Of the box's width and height, on each side: a box rarely holds all of a person. */
const AROUND = 0.12;

/**
 * Makes what is in a box unrecognisable, in place: a few even tiles, of whose pixels nothing is left but their mean.
 *
 * @param box in pixels of the picture; may reach beyond it
 */
export function blurBox(picture: StillPixels, [x1, y1, x2, y2]: readonly [number, number, number, number]): void {
  const [aroundX, aroundY] = [(x2 - x1) * AROUND, (y2 - y1) * AROUND];
  const left = Math.max(0, Math.floor(x1 - aroundX));
  const top = Math.max(0, Math.floor(y1 - aroundY));
  const right = Math.min(picture.width, Math.ceil(x2 + aroundX));
  const bottom = Math.min(picture.height, Math.ceil(y2 + aroundY));
  const side = Math.max(2, Math.ceil(Math.max(right - left, bottom - top) / TILES));
  for (let y = top; y < bottom; y += side) {
    for (let x = left; x < right; x += side) {
      evenTile(picture, [x, y, Math.min(x + side, right), Math.min(y + side, bottom)]);
    }
  }
}

/** Makes all unrecognisable but what is in a box. */
export function blurAround(picture: StillPixels, [x1, y1, x2, y2]: readonly [number, number, number, number]): void {
  const { width, height } = picture;
  const [left, top] = [clamp(Math.floor(x1), width), clamp(Math.floor(y1), height)];
  const [right, bottom] = [clamp(Math.ceil(x2), width), clamp(Math.ceil(y2), height)];
  const side = Math.max(8, Math.ceil(Math.max(width, height) / 24));
  for (const area of [
    [0, 0, width, top],
    [0, bottom, width, height],
    [0, top, left, bottom],
    [right, top, width, bottom],
  ] as const) {
    for (let y = area[1]; y < area[3]; y += side) {
      for (let x = area[0]; x < area[2]; x += side) {
        evenTile(picture, [x, y, Math.min(x + side, area[2]), Math.min(y + side, area[3])]);
      }
    }
  }
}

const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value));

function evenTile(
  { width, data }: StillPixels,
  [left, top, right, bottom]: readonly [number, number, number, number],
): void {
  const pixels = (right - left) * (bottom - top);
  if (pixels <= 0) return;
  const sums = [0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let at = (y * width + left) * 3; at < (y * width + right) * 3; at++) sums[at % 3]! += data[at]!;
  }
  const mean = sums.map((sum) => Math.round(sum / pixels));
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) data.set(mean, (y * width + x) * 3);
  }
}

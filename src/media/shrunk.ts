import type { Rgb } from './picture-light.js';

/** A picture of `width` × `height`, each pixel the mean of those it stands for. Both at most as large as the picture's own. */
export function shrunk(picture: Rgb, width: number, height: number): Rgb {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = span(y, height, picture.height);
    for (let x = 0; x < width; x++) {
      const [left, right] = span(x, width, picture.width);
      data.set(meanColour(picture, left, top, right, bottom), (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

/** The pixels `[from, to)` of `size` that the one at `index` of `parts` stands for; at least one. */
function span(index: number, parts: number, size: number): [from: number, to: number] {
  const from = Math.min(size - 1, Math.floor((index * size) / parts));
  return [from, Math.max(from + 1, Math.floor(((index + 1) * size) / parts))];
}

function meanColour({ data, width }: Rgb, left: number, top: number, right: number, bottom: number): number[] {
  let [red, green, blue] = [0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let at = (y * width + left) * 3; at < (y * width + right) * 3; at += 3) {
      red += data[at]!;
      green += data[at + 1]!;
      blue += data[at + 2]!;
    }
  }
  const count = (right - left) * (bottom - top);
  return [red / count, green / count, blue / count];
}

/** Red, green, blue, 0..255. */
export type Colour = readonly [number, number, number];

/** Draws outlines into a picture. @param boxes x1, y1, x2, y2 in its pixels */
export function outline({ data, width, height }: Rgb, boxes: readonly (readonly number[])[], colour: Colour): void {
  const dot = (x: number, y: number): void => {
    if (x >= 0 && x < width && y >= 0 && y < height) data.set(colour, (y * width + x) * 3);
  };
  for (const box of boxes) {
    const [left = 0, top = 0, right = 0, bottom = 0] = box.map(Math.floor);
    for (let x = left; x <= right; x++) for (const y of [top, bottom]) dot(x, y);
    for (let y = top; y <= bottom; y++) for (const x of [left, right]) dot(x, y);
  }
}

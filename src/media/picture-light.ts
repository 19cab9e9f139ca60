/** RGB24, rows top to bottom. */
export interface Rgb {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** How sharp and how well lit a picture is. */
export interface PictureLight {
  /**
   * Variance of the Laplacian of the luma over the variance of the luma itself: it grows with sharpness and hardly changes
   * with light. Only for comparing pictures of one camera; null where the picture has no texture at all.
   * Method: Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, ICPR 2000.
   */
  readonly sharpness: number | null;
  /** Mean luma, 0..255. */
  readonly mean: number;
  /** Shares of the pixels that are black (below 16) and white (above 239), 0..1: there nothing can be seen. */
  readonly black: number;
  readonly white: number;
}

const [BLACK, WHITE] = [16, 239];
/** Variance of luma below which only noise is left, in squared levels. */
const LEAST_TEXTURE = 4;

/** Looks at all pixels once: some milliseconds for a megapixel. */
export function lightOf(picture: Rgb): PictureLight {
  const luma = lumaOf(picture);
  let [sum, squares, black, white] = [0, 0, 0, 0];
  for (const level of luma) {
    sum += level;
    squares += level * level;
    if (level < BLACK) black++;
    else if (level > WHITE) white++;
  }
  const count = Math.max(1, luma.length);
  const mean = sum / count;
  const texture = squares / count - mean * mean;
  const sharpness = texture < LEAST_TEXTURE ? null : laplacianVariance(luma, picture.width) / texture;
  return { sharpness, mean, black: black / count, white: white / count };
}

/** BT.601, 0..255. */
/** Brightness of each pixel, 0..255 (BT.601). */
export function lumaOf({ data }: Rgb): Uint8Array {
  const luma = new Uint8Array(data.length / 3);
  for (let pixel = 0, at = 0; pixel < luma.length; pixel++, at += 3)
    luma[pixel] = (77 * data[at]! + 150 * data[at + 1]! + 29 * data[at + 2]!) >> 8;
  return luma;
}

function laplacianVariance(luma: Uint8Array, width: number): number {
  let [sum, squares, count] = [0, 0, 0];
  for (let row = width; row + width < luma.length; row += width) {
    for (let at = row + 1; at < row + width - 1; at++) {
      const edge = 4 * luma[at]! - luma[at - 1]! - luma[at + 1]! - luma[at - width]! - luma[at + width]!;
      sum += edge;
      squares += edge * edge;
      count++;
    }
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}

import { lightOf, type Rgb } from '../../media/picture-light.js';
import { shrunk } from '../../media/shrunk.js';

/** What a picture shows, at one size whatever its own, so that thresholds hold for every camera. */
export interface PictureFacts {
  /** Luma, 0..255, that 1 % of the pixels are below, and above. */
  readonly darkest: number;
  readonly brightest: number;
  /** Share of the pixels that are white (luma above 239), 0..1. */
  readonly white: number;
  /** Variance of the Laplacian over that of the luma; null where there is no texture. */
  readonly sharpness: number | null;
  /** Share of the parts of the picture that have texture, 0..1. */
  readonly textured: number;
}

/** What spoils a picture; one only, the first that holds. */
export type PictureSpoil = 'covered' | 'dark' | 'overexposed' | 'fog' | 'blurred';

/** Pixels across at which pictures are looked at: noise is averaged away, and a lens out of focus still shows. */
const LOOKED_WIDTH = 320;
/** Levels between darkest and brightest below which there is nothing in a picture; below it is fog, or dew on the lens. */
const FLAT_RANGE = 12;
const FOG_RANGE = 45;
/** Level of the brightest pixels up to which hardly anything is visible: a road by night has lights and what they light. */
const DARK_LEVEL = 32;
/** A road by night has no more range than fog has, and is darker. */
const FOG_LEVEL = 100;
const WHITE_SHARE = 0.6;
/** Sharp roads have 0.3 and more, by night and in rain too; pixels that are noise alone, each for itself, have 20. */
const BLURRED = 0.08;
const NOISE_ALONE = 12;
/** One bright thing before nothing says nothing of the lens. */
const LEAST_TEXTURED = 0.2;
/** Parts across and down, and the standard deviation, in levels, of a part with texture. */
const PARTS = 8;
const TEXTURE = 3;

/** Measures a picture once: a millisecond. */
export function pictureFactsOf(picture: Rgb): PictureFacts {
  const small = picture.width > LOOKED_WIDTH ? smaller(picture) : picture;
  const { sharpness, white } = lightOf(small);
  const counts = new Uint32Array(256);
  for (let at = 0; at < small.data.length; at += 3)
    counts[(77 * small.data[at]! + 150 * small.data[at + 1]! + 29 * small.data[at + 2]!) >> 8]!++;
  return {
    sharpness,
    white,
    textured: texturedShare(small),
    darkest: levelAt(counts, 0.01),
    brightest: levelAt(counts, 0.99),
  };
}

/** What spoils it; null where it can be used. Pure. */
export function spoilOf({ darkest, brightest, white, sharpness, textured }: PictureFacts): PictureSpoil | null {
  const range = brightest - darkest;
  if (brightest <= DARK_LEVEL) return 'dark';
  if (white >= WHITE_SHARE) return 'overexposed';
  const isNoise = sharpness !== null && sharpness > NOISE_ALONE && range <= FOG_RANGE;
  if (range <= FLAT_RANGE || sharpness === null || isNoise) return 'covered';
  if (range <= FOG_RANGE && darkest >= FOG_LEVEL) return 'fog';
  return sharpness < BLURRED && textured >= LEAST_TEXTURED ? 'blurred' : null;
}

function texturedShare({ width, height, data }: Rgb): number {
  const [across, down] = [Math.floor(width / PARTS), Math.floor(height / PARTS)];
  let textured = 0;
  for (let part = 0; part < PARTS * PARTS; part++) {
    const first = (Math.floor(part / PARTS) * down * width + (part % PARTS) * across) * 3 + 1;
    let [sum, squares] = [0, 0];
    for (let row = 0; row < down; row++) {
      for (let column = 0; column < across; column++) {
        const green = data[first + (row * width + column) * 3]!;
        sum += green;
        squares += green * green;
      }
    }
    const count = Math.max(1, across * down);
    if (squares / count - (sum / count) ** 2 > TEXTURE ** 2) textured++;
  }
  return textured / (PARTS * PARTS);
}

function smaller(picture: Rgb): Rgb {
  return shrunk(picture, LOOKED_WIDTH, Math.max(1, Math.round((picture.height * LOOKED_WIDTH) / picture.width)));
}

/** The lowest level that this share of the pixels does not exceed. */
function levelAt(counts: Uint32Array, share: number): number {
  let left = share * counts.reduce((sum, count) => sum + count, 0);
  for (let level = 0; level < counts.length; level++) {
    left -= counts[level]!;
    if (left <= 0) return level;
  }
  return counts.length - 1;
}

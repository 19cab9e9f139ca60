import { LINES, type PictureSample, TILES_ACROSS, TILES_DOWN } from './picture-sample.js';

/** Levels within which all tiles of a picture are when there is nothing in it. */
const FLAT_SPREAD = 6;
/** Levels of its brightest tile up to which a picture is dark. */
const DARKEST_LIGHT = 20;
/** Mean levels between two lines, some pixels apart, that are repeated. */
const REPEATED = 0.5;
/** A line under this is dark: two such look alike anyway. */
const DARK_LINE = 24;
/** Levels that a decoder leaves where it had no data: grey in full or limited range, and the green of zeroes. */
const NO_DATA = { from: 125, to: 137 };
/** Rows of tiles at the top and at the bottom in which a clock or a name may be drawn over the picture. */
export const CAPTION_ROWS = 2;

/** Tiles between which captions are not looked for. */
const FIRST = CAPTION_ROWS * TILES_ACROSS;
const LAST = (TILES_DOWN - CAPTION_ROWS) * TILES_ACROSS;

/** Whether nothing at all is lit, but for what is drawn over the picture. */
export function isDark({ means }: PictureSample): boolean {
  for (let tile = FIRST; tile < LAST; tile++) if (means[tile]! > DARKEST_LIGHT) return false;
  return true;
}

/** Whether the whole picture has one colour, but for what is drawn over it. */
export function isFlat({ means }: PictureSample): boolean {
  let low = 255;
  let high = 0;
  for (let tile = FIRST; tile < LAST; tile++) {
    const mean = means[tile]!;
    if (mean < low) low = mean;
    if (mean > high) high = mean;
  }
  return high - low <= FLAT_SPREAD;
}

/** The part at the bottom of a picture in which every line is as the one above. */
export interface RepeatedPart {
  /** Share of the picture's height, 0..1. */
  readonly share: number;
  /** Whether it is what decoders leave where they had no data. */
  readonly isNoData: boolean;
}

/** Looks for rows that a decoder repeated or filled in because the rest of the picture never came. */
export function repeatedPart({ bytes, across }: PictureSample): RepeatedPart {
  let line = LINES - 1;
  let noData = 0;
  while (line > 0) {
    const at = line * across;
    let difference = 0;
    let sum = 0;
    for (let i = at; i < at + across; i++) {
      difference += Math.abs(bytes[i]! - bytes[i - across]!);
      sum += bytes[i]!;
    }
    const mean = sum / across;
    if (difference > REPEATED * across || mean < DARK_LINE) break;
    if (mean >= NO_DATA.from && mean <= NO_DATA.to) noData++;
    line--;
  }
  const repeated = LINES - 1 - line;
  return { share: repeated / LINES, isNoData: repeated > 0 && noData > repeated / 2 };
}

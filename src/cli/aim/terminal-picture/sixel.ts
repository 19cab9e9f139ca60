import type { Rgb } from '../../../media/picture-light.js';

/** Levels of each of red, green and blue: 216 colours, of the 256 that terminals have. */
const LEVELS = 6;
/** Rows in one letter. */
const BAND = 6;

/** Sixel graphics (xterm -ti vt340, foot, mlterm, Windows Terminal). Source: DEC STD 070, chapter 9.6. */
export function inSixel({ width, height, data }: Rgb): string {
  const indices = new Uint8Array(width * height);
  for (let pixel = 0; pixel < indices.length; pixel++) {
    const at = pixel * 3;
    indices[pixel] = (level(data[at]!) * LEVELS + level(data[at + 1]!)) * LEVELS + level(data[at + 2]!);
  }
  let text = `\u001bPq"1;1;${width};${height}`;
  for (const colour of new Set(indices)) text += `#${colour};2;${percents(colour).join(';')}`;
  for (let top = 0; top < height; top += BAND) text += band(indices, width, top, Math.min(BAND, height - top));
  return `${text}\u001b\\`;
}

const level = (value: number): number => Math.round((value / 255) * (LEVELS - 1));

const percents = (colour: number): number[] =>
  [colour / (LEVELS * LEVELS), (colour / LEVELS) % LEVELS, colour % LEVELS].map((part) =>
    Math.round((Math.floor(part) * 100) / (LEVELS - 1)),
  );

/** Six rows: a line for each colour in them, over one another. */
function band(indices: Uint8Array, width: number, top: number, rows: number): string {
  const colours = new Set(indices.subarray(top * width, (top + rows) * width));
  const lines = [...colours].map((colour) => {
    const letters = Array.from({ length: width }, (_, x) => {
      let bits = 0;
      for (let row = 0; row < rows; row++) if (indices[(top + row) * width + x] === colour) bits |= 1 << row;
      return String.fromCharCode(63 + bits);
    });
    return `#${colour}${shortened(letters.join(''))}`;
  });
  return `${lines.join('$')}-`;
}

/** Four and more of the same letter as `!count letter`. */
const shortened = (letters: string): string =>
  letters.replace(/(.)\1{3,}/gs, (run, letter: string) => `!${run.length}${letter}`);

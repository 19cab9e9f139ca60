import type { Rgb } from '../../../media/picture-light.js';

/** Letters of base64 in one escape sequence, as the protocol has it. */
const CHUNK = 4096;

/**
 * The terminal graphics protocol of kitty (also WezTerm, Ghostty, Konsole): raw RGB, over `rows` lines of the terminal, in
 * the place of the picture before it. Source: https://sw.kovidgoyal.net/kitty/graphics-protocol/
 */
export function inKitty({ width, height, data }: Rgb, columns: number, rows: number): string {
  const encoded = Buffer.from(data).toString('base64');
  let text = '';
  for (let at = 0; at < encoded.length; at += CHUNK) {
    const more = at + CHUNK < encoded.length ? 1 : 0;
    // q=2: the terminal answers nothing; C=1: the cursor stays; i: one picture that is replaced
    const head =
      at === 0 ? `a=T,q=2,C=1,i=1,p=1,f=24,s=${width},v=${height},c=${columns},r=${rows},m=${more}` : `m=${more}`;
    text += `\u001b_G${head};${encoded.slice(at, at + CHUNK)}\u001b\\`;
  }
  return text;
}

/** Takes the picture off the terminal again. */
export const NO_KITTY_PICTURE = '\u001b_Ga=d,d=I,i=1,q=2\u001b\\';

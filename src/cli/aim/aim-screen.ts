import { type Colour, outline, shrunk } from '../../media/shrunk.js';
import { clipped } from '../live-lines.js';
import type { Terminal } from '../live-view.js';
import type { AimedPicture } from './aim-watch.js';
import { inBlocks } from './terminal-picture/blocks.js';
import { inKitty, NO_KITTY_PICTURE } from './terminal-picture/kitty.js';
import { inSixel } from './terminal-picture/sixel.js';
import type { PictureForm } from './terminal-picture/terminal-picture.js';

const USUAL = { columns: 80, rows: 24 };
/** A letter is twice as high as wide; so many pixels are sent for each where the form has pixels. */
const LETTER = { width: 8, height: 16 };
/** Beneath the picture: what is said, and the line of the cursor. */
const TEXT_ROWS = 8;
const FOUND: Colour = [80, 255, 80];
const SURE: Colour = [255, 200, 0];
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';

/** A terminal that shows a camera's picture with what was found, and some lines beneath, in place. */
export class AimScreen {
  readonly #terminal: Terminal;
  readonly #form: PictureForm;

  constructor(terminal: Terminal, form: PictureForm) {
    this.#terminal = terminal;
    this.#form = form;
    terminal.write(ENTER);
  }

  /** @param sure side in pixels of the camera of a vehicle that is surely found: a square of that size lies in a corner; null for none */
  show(picture: AimedPicture | null, sure: number | null, lines: readonly string[]): void {
    const { columns = USUAL.columns, rows = USUAL.rows } = this.#terminal;
    const told = lines.map((line) => `${clipped(line, columns - 1)}\u001b[K`).join('\n');
    const drawn = picture === null ? '' : this.#drawn(picture, sure, columns, Math.max(2, rows - TEXT_ROWS));
    this.#terminal.write(`\u001b[H${drawn}${told}\u001b[J`);
  }

  /** The terminal is as it was before. */
  close(): void {
    this.#terminal.write(`${this.#form === 'kitty' ? NO_KITTY_PICTURE : ''}${LEAVE}`);
  }

  #drawn(picture: AimedPicture, sure: number | null, columns: number, rows: number): string {
    if (this.#form === 'none') return '';
    const letter = this.#form === 'blocks' ? { width: 1, height: 2 } : LETTER;
    const fit = Math.min((columns * letter.width) / picture.width, (rows * letter.height) / picture.height, 1);
    const width = Math.max(1, Math.floor(picture.width * fit));
    // whole letters
    const high = Math.max(1, Math.floor((picture.height * fit) / letter.height));
    const height = Math.min(high * letter.height, picture.height);
    const small = shrunk(picture, width, height);
    const scaled = picture.boxes.map((box) => box.map((at) => at * fit));
    outline(small, scaled, FOUND);
    if (sure !== null) outline(small, [cornerSquare((sure / picture.scale) * fit, height)], SURE);
    if (this.#form === 'blocks') return `${inBlocks(small).join('\u001b[K\n')}\u001b[K\n`;
    const text = this.#form === 'kitty' ? inKitty(small, Math.ceil(width / letter.width), high) : inSixel(small);
    return `${text}\u001b[${high + 1};1H`;
  }
}

/** A square in the lower left corner of a picture, x1, y1, x2, y2. */
const cornerSquare = (side: number, height: number): number[] => [1, height - 2 - side, 1 + side, height - 2];

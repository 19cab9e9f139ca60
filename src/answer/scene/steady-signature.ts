import type { Frame } from '../../frame/frame.js';
import type { SceneShift } from '../sway/camera-sway.js';
import { BLOCKS, blockStart, GRID_HEIGHT, GRID_WIDTH, type Signature } from './grid.js';
import { SignatureReader } from './signature.js';

/**
 * Takes the signatures of a camera's pictures as if it stood still: its blocks lie where the scene has gone, to a fraction of a
 * pixel. Colours, of cells many times larger than any sway, are taken where they are.
 */
export class SteadySignature {
  readonly #reader: SignatureReader;
  readonly #beside = new Float32Array(BLOCKS);
  readonly #below = new Float32Array(BLOCKS);

  /** @param width pixels of the pictures, as `height` */
  constructor(width: number, height: number) {
    this.#reader = new SignatureReader(width, height);
  }

  /** @param shift of the scene in this picture; blocks that are not wholly in it have any number, see `outside` */
  read({ data, yuv }: Pick<Frame, 'data' | 'yuv'>, { x, y }: SceneShift, into: Signature): void {
    if (x === 0 && y === 0) {
      this.#reader.read(data, into, yuv);
      return;
    }
    this.#reader.readChroma(data, into, yuv);
    const [right, down] = [Math.floor(x), Math.floor(y)];
    const [fx, fy] = [x - right, y - down];
    const { luma } = into;
    // a block that lies between pixels has the mean of those that lie on them: to the first order, three say it
    this.#reader.readLuma(data, luma, right, down, yuv);
    this.#reader.readLuma(data, this.#beside, right + 1, down, yuv);
    this.#reader.readLuma(data, this.#below, right, down + 1, yuv);
    for (let i = 0; i < BLOCKS; i++) {
      const here = luma[i]!;
      luma[i] = here + fx * (this.#beside[i]! - here) + fy * (this.#below[i]! - here);
    }
  }

  /** Sets the blocks of which a shift puts a part outside of the picture, and those at its edge; clears the others. */
  outside({ x, y }: SceneShift, into: Uint8Array): void {
    into.fill(0);
    if (x === 0 && y === 0) return;
    const { width, height } = this.#reader;
    const columns = Uint8Array.from({ length: GRID_WIDTH }, (_, i) => isOutside(i, GRID_WIDTH, width, x));
    const rows = Uint8Array.from({ length: GRID_HEIGHT }, (_, i) => isOutside(i, GRID_HEIGHT, height, y));
    for (let i = 0; i < BLOCKS; i++) {
      const column = i % GRID_WIDTH;
      into[i] = columns[column]! | rows[(i - column) / GRID_WIDTH]!;
    }
  }
}

/** The first block of a side holds what lies before it too. */
function isOutside(block: number, blocks: number, pixels: number, shift: number): 0 | 1 {
  const starts = blockStart(block, blocks, pixels) + shift;
  const ends = blockStart(block + 1, blocks, pixels) + shift;
  return block === 0 || starts < 0 || ends > pixels - 1 ? 1 : 0;
}

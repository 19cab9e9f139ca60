/** One object in a picture. */
export interface PictureBox {
  /** Name of the class. */
  readonly class: string;
  /** 0..1 */
  readonly score: number;
  /** x1, y1, x2, y2 in pixels of the upright picture. */
  readonly box: readonly [x1: number, y1: number, x2: number, y2: number];
}

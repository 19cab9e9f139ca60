import { orient2d } from 'robust-predicates';
import type { LineConfig } from '../config/config.js';

/** Numbers per line of `#ends`: x and y of `from`, x and y of `to`. */
const ENDS = 4;

/**
 * Tells when vehicles cross lines. A vehicle has changed sides once it is farther beyond the line than a margin, so that
 * a box that jitters on the line crosses it once; it has crossed if its way from side to side led between the two ends.
 * Lengths are in widths of the picture, y downwards.
 */
export class LineCrossings {
  readonly #lines: readonly LineConfig[];
  readonly #ends: Float64Array;
  readonly #lengths: Float64Array;
  /** Per slot and line: the side that it is believed to be on (1 left, -1 right), and its steps over the line since. */
  readonly #sides: Int8Array;
  readonly #steps: Int8Array;

  constructor(lines: readonly LineConfig[], capacity: number) {
    this.#lines = lines;
    this.#ends = new Float64Array(lines.length * ENDS);
    this.#lengths = new Float64Array(lines.length);
    this.#sides = new Int8Array(lines.length * capacity);
    this.#steps = new Int8Array(lines.length * capacity);
  }

  /** Lines that are watched. */
  get count(): number {
    return this.#lines.length;
  }

  /** @param height of the picture, in widths of it; before anything else, and when it changes */
  shape(height: number): void {
    for (const [i, { from, to }] of this.#lines.entries()) {
      this.#ends.set([from[0], from[1] * height, to[0], to[1] * height], i * ENDS);
      this.#lengths[i] = Math.hypot(to[0] - from[0], (to[1] - from[1]) * height);
    }
  }

  /** A slot has a new vehicle. */
  begin(slot: number, x: number, y: number): void {
    for (let line = 0; line < this.#lines.length; line++) {
      this.#sides[slot * this.#lines.length + line] = this.#beyond(line, x, y) > 0 ? 1 : -1;
      this.#steps[slot * this.#lines.length + line] = 0;
    }
  }

  /**
   * The vehicle went from one point to another.
   *
   * @returns 1 where it has crossed the line to the left (seen from `from` towards `to`), -1 to the right, else 0
   */
  step(line: number, slot: number, x0: number, y0: number, x1: number, y1: number, margin: number): -1 | 0 | 1 {
    const at = slot * this.#lines.length + line;
    const beyond = this.#beyond(line, x1, y1);
    const side = beyond > 0 ? 1 : -1;
    const before = this.#beyond(line, x0, y0) > 0 ? 1 : -1;
    if (side !== before && this.#betweenEnds(line, x0, y0, x1, y1)) this.#steps[at] = this.#steps[at]! + side;
    if (Math.abs(beyond) < margin) return 0;
    const crossed = this.#sides[at] !== side && this.#steps[at] === side;
    this.#sides[at] = side;
    this.#steps[at] = 0;
    return crossed ? side : 0;
  }

  /**
   * Whether the way from one point to another leads over the line, and begins farther from it than the margin.
   *
   * @returns as `step`
   */
  between(line: number, x0: number, y0: number, x1: number, y1: number, margin: number): -1 | 0 | 1 {
    const from = this.#beyond(line, x0, y0);
    const to = this.#beyond(line, x1, y1);
    if (from > 0 === to > 0 || Math.abs(from) < margin || !this.#betweenEnds(line, x0, y0, x1, y1)) return 0;
    return to > 0 ? 1 : -1;
  }

  /**
   * A vehicle goes on under another slot: its way led from where it was seen last (0) to where that one was seen first (1),
   * which is at (2) now. Where that one has not left the line since, it takes over the side that it came from.
   *
   * @returns as `step`: what was crossed on the way that neither of the two has told
   */
  join(
    line: number,
    old: number,
    heir: number,
    x0: number,
    y0: number,
    x1: number,
    y1: number,
    x2: number,
    y2: number,
    margin: number,
  ): -1 | 0 | 1 {
    const from = old * this.#lines.length + line;
    const to = heir * this.#lines.length + line;
    const side = this.#sides[from];
    const crossed = this.step(line, old, x0, y0, x1, y1, margin);
    if (Math.abs(this.#beyond(line, x1, y1)) >= margin) return crossed;
    const first = this.#beyond(line, x1, y1) > 0 ? 1 : -1;
    const beyond = this.#beyond(line, x2, y2);
    const now = beyond > 0 ? 1 : -1;
    if (Math.abs(beyond) >= margin) return now === first && now !== side && this.#steps[from] === now ? now : 0;
    this.#sides[to] = side!;
    this.#steps[to] = this.#steps[to]! + this.#steps[from]!;
    return 0;
  }

  /** Distance from the line, made endless; above 0 to its left. */
  #beyond(line: number, x: number, y: number): number {
    const at = line * ENDS;
    const ends = this.#ends;
    return orient2d(ends[at]!, ends[at + 1]!, ends[at + 2]!, ends[at + 3]!, x, y) / this.#lengths[line]!;
  }

  #betweenEnds(line: number, x0: number, y0: number, x1: number, y1: number): boolean {
    const at = line * ENDS;
    const ends = this.#ends;
    const from = orient2d(x0, y0, x1, y1, ends[at]!, ends[at + 1]!);
    const to = orient2d(x0, y0, x1, y1, ends[at + 2]!, ends[at + 3]!);
    return from > 0 !== to > 0;
  }
}

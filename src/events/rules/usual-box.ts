import type { Box } from '../../frame/box.js';

/** Boxes that are kept; when there are so many, every other one goes, and they are taken half as often. */
const MOST_BOXES = 32;
const FIRST_PAUSE_MS = 250;

/** The box that a vehicle which stands has most often, edge by edge: who passes before it moves its edges for moments only. */
export class UsualBox {
  #boxes: Box[];
  #pauseMs = FIRST_PAUSE_MS;
  #takenAt: number;
  #median: Box | null = null;

  constructor(box: Box, now: number) {
    this.#boxes = [box];
    this.#takenAt = now;
  }

  get box(): Box {
    this.#median ??= [0, 1, 2, 3].map((edge) => middleOf(this.#boxes.map((box) => box[edge]!))) as unknown as Box;
    return this.#median;
  }

  see(box: Box, now: number): void {
    if (now - this.#takenAt < this.#pauseMs) return;
    this.#takenAt = now;
    this.#boxes.push(box);
    this.#median = null;
    if (this.#boxes.length < MOST_BOXES) return;
    this.#boxes = this.#boxes.filter((_, i) => i % 2 === 1);
    this.#pauseMs *= 2;
  }

  copy(): UsualBox {
    const copy = new UsualBox(this.#boxes[0]!, this.#takenAt);
    copy.#boxes = [...this.#boxes];
    copy.#pauseMs = this.#pauseMs;
    return copy;
  }
}

function middleOf(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1]!;
}

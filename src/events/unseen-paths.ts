import type { LineCrossings } from './line-crossings.js';
import type { VehicleTable } from './vehicle-table.js';

/** Time over which speeds are averaged, and for which a vehicle is followed before its speed is believed, ms. */
const SMOOTHING_MS = 400;
const BELIEVED_AFTER_MS = 350;
/** One that has not moved by then since it was first seen stands there, ms; and what counts as moving, in sizes. */
const SETTLED_AFTER_MS = 1500;
const MOVED = 0.2;
/** Nobody knows what a vehicle did longer ago than this, ms. */
const LONGEST_UNSEEN_MS = 3000;
/** A vehicle goes on under another number if it appears this near to where the one before was going, in sizes … */
const REACH = 0.5;
/** … and is as large: logarithm of the sizes' ratio. */
const ALIKE = 0.5;

/** @param side as `LineCrossings.step` says it */
export type Crossed = (line: number, side: 1 | -1, slot: number) => void;

/**
 * Crossings that no answer showed. A vehicle that came into view between two looks at the road was on its way before it
 * was seen: followed for a moment, it is traced back to where it was at the look before, and has crossed the lines in
 * between. And one whose track ends before a line, where another begins behind it a moment later, is one vehicle.
 * Lengths are in widths of the picture.
 */
export class UnseenPaths {
  readonly #table: VehicleTable;
  readonly #lines: LineCrossings;
  readonly #crossed: Crossed;
  /** Where each was first seen, and its averaged speed, per ms. */
  readonly #firstX: Float64Array;
  readonly #firstY: Float64Array;
  readonly #firstSize: Float64Array;
  readonly #speedX: Float64Array;
  readonly #speedY: Float64Array;
  readonly #steppedAt: Float64Array;
  /** ms before the first sight in which nobody looked; 0 once it is settled what was crossed in them. */
  readonly #unseenMs: Float64Array;
  /** 1 for those that went on for another. */
  readonly #hasPast: Uint8Array;
  #lookedAt = 0;

  constructor(table: VehicleTable, lines: LineCrossings, crossed: Crossed) {
    const { capacity } = table;
    this.#table = table;
    this.#lines = lines;
    this.#crossed = crossed;
    this.#firstX = new Float64Array(capacity);
    this.#firstY = new Float64Array(capacity);
    this.#firstSize = new Float64Array(capacity);
    this.#speedX = new Float64Array(capacity);
    this.#speedY = new Float64Array(capacity);
    this.#steppedAt = new Float64Array(capacity);
    this.#unseenMs = new Float64Array(capacity);
    this.#hasPast = new Uint8Array(capacity);
  }

  /** The road was looked at: by an inference, or by a picture known to show the same. After the vehicles of that answer. */
  looked(now: number): void {
    this.#lookedAt = now;
  }

  /** A slot has a new vehicle. */
  begin(slot: number, x: number, y: number, size: number, now: number): void {
    this.#firstX[slot] = x;
    this.#firstY[slot] = y;
    this.#firstSize[slot] = size;
    this.#speedX[slot] = this.#speedY[slot] = 0;
    this.#steppedAt[slot] = now;
    this.#unseenMs[slot] = Math.min(LONGEST_UNSEEN_MS, now - this.#lookedAt);
    this.#hasPast[slot] = 0;
  }

  /**
   * A vehicle was seen again; its foot in the table is still where it was before.
   *
   * @param height of the picture: nothing was seen to come from beyond its edges
   */
  follow(slot: number, x: number, y: number, margin: number, height: number, now: number): void {
    const dtMs = now - this.#steppedAt[slot]!;
    if (dtMs <= 0 || this.#lines.count === 0) return;
    this.#steppedAt[slot] = now;
    const { footX, footY, firstSeen } = this.#table;
    const aliveMs = now - firstSeen[slot]!;
    const share = Math.max(dtMs / aliveMs, 1 - Math.exp(-dtMs / SMOOTHING_MS));
    this.#speedX[slot]! += share * ((x - footX[slot]!) / dtMs - this.#speedX[slot]!);
    this.#speedY[slot]! += share * ((y - footY[slot]!) / dtMs - this.#speedY[slot]!);
    const unseenMs = this.#unseenMs[slot]!;
    if (unseenMs === 0 || aliveMs < BELIEVED_AFTER_MS) return;
    const [dx, dy] = this.#drivenBy(slot, x, y);
    const hasMoved = Math.hypot(dx, dy) >= MOVED * this.#firstSize[slot]!;
    const isHeir = this.#goesOnForAnother(slot);
    if (hasMoved || isHeir || aliveMs >= SETTLED_AFTER_MS) this.#unseenMs[slot] = 0;
    if (hasMoved && !isHeir)
      this.#traceBack(slot, (dx / aliveMs) * unseenMs, (dy / aliveMs) * unseenMs, margin, height);
  }

  /**
   * The vehicle's track ended, with the slot still in the table: another may have gone on for it, which then has its past and
   * no other's.
   */
  end(slot: number, margin: number): void {
    if (this.#lines.count === 0) return;
    const heir = this.#nearest((other) => (this.#mayInherit(other, slot) ? this.#distance(slot, other) : REACH));
    if (heir === null) return;
    this.#hasPast[heir] = 1;
    this.#unseenMs[heir] = 0;
    const { footX, footY } = this.#table;
    const [x0, y0] = [footX[slot]!, footY[slot]!];
    const [x1, y1] = [this.#firstX[heir]!, this.#firstY[heir]!];
    // one that was believed to be farther than it is has not come back
    const isAhead = (x1 - x0) * this.#speedX[slot]! + (y1 - y0) * this.#speedY[slot]! >= 0;
    for (let line = 0; line < this.#lines.count; line++) {
      const side = this.#lines.join(line, slot, heir, x0, y0, x1, y1, footX[heir]!, footY[heir]!, margin);
      if (side !== 0 && isAhead) this.#crossed(line, side, heir);
    }
  }

  /** @param dx,dy the way in the time in which nobody looked */
  #traceBack(slot: number, dx: number, dy: number, margin: number, height: number): void {
    const [x1, y1] = [this.#firstX[slot]!, this.#firstY[slot]!];
    const x0 = Math.min(1, Math.max(0, x1 - dx));
    const y0 = Math.min(height, Math.max(0, y1 - dy));
    for (let line = 0; line < this.#lines.count; line++) {
      const side = this.#lines.between(line, x0, y0, x1, y1, margin);
      if (side !== 0) this.#crossed(line, side, slot);
    }
  }

  /**
   * The way since it was first seen. One that drives nearer grows in both directions; what its box grew in one of them alone
   * came out from behind something, and did not drive.
   */
  #drivenBy(slot: number, x: number, y: number): [dx: number, dy: number] {
    const [firstWidth, firstHeight] = sidesOf(this.#table.firstBoxes, slot);
    const [width, height] = sidesOf(this.#table.boxes, slot);
    const perPixel = this.#firstSize[slot]! / Math.sqrt(firstWidth * firstHeight);
    const wider = Math.max(0, width - (firstWidth * height) / firstHeight) * perPixel;
    const taller = Math.max(0, height - (firstHeight * width) / firstWidth) * perPixel;
    return [shortened(x - this.#firstX[slot]!, wider / 2), shortened(y - this.#firstY[slot]!, taller)];
  }

  /** Whether one that is not seen any more was going to where this one appeared: `end` will tell what that one crossed. */
  #goesOnForAnother(slot: number): boolean {
    return this.#nearest((old) => (this.#follows(slot, old) ? this.#distance(old, slot) : REACH)) !== null;
  }

  /** The slot with the least distance under `REACH`. */
  #nearest(distanceOf: (slot: number) => number): number | null {
    let nearest: number | null = null;
    let least = REACH;
    for (const slot of this.#table.slots()) {
      const distance = distanceOf(slot);
      if (distance >= least) continue;
      least = distance;
      nearest = slot;
    }
    return nearest;
  }

  #mayInherit(slot: number, old: number): boolean {
    return this.#hasPast[slot] === 0 && this.#follows(slot, old);
  }

  #follows(slot: number, old: number): boolean {
    const { firstSeen, lastSeen } = this.#table;
    return slot !== old && firstSeen[slot]! > lastSeen[old]!;
  }

  /** From where the old one was going to where the new one appeared, in sizes; endless where they are not alike. */
  #distance(old: number, slot: number): number {
    const { footX, footY, firstSeen, lastSeen } = this.#table;
    const [size, before] = [this.#firstSize[slot]!, this.#table.sizes[old]!];
    if (!(Math.abs(Math.log(size / before)) < ALIKE)) return Number.POSITIVE_INFINITY;
    const dtMs = firstSeen[slot]! - lastSeen[old]!;
    const dx = footX[old]! + this.#speedX[old]! * dtMs - this.#firstX[slot]!;
    const dy = footY[old]! + this.#speedY[old]! * dtMs - this.#firstY[slot]!;
    return Math.hypot(dx, dy) / Math.max(size, before);
  }
}

/** Width and height of a box. */
function sidesOf(boxes: Float32Array, slot: number): [number, number] {
  const at = slot * 4;
  return [boxes[at + 2]! - boxes[at]!, boxes[at + 3]! - boxes[at + 1]!];
}

/** A distance in either direction, shortened. */
const shortened = (distance: number, by: number): number => Math.sign(distance) * Math.max(0, Math.abs(distance) - by);

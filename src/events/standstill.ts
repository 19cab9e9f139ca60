/** A vehicle stands while it stays this near to where it was; in sizes of the vehicle (root of its box's area). */
const STANDING = 0.15;
/** A vehicle that stood moves again once it is this far away; farther, so that a box that wavers does not tell. */
const MOVING = 0.35;
/** Time over which places are averaged: boxes jitter from one frame to the next. */
const SMOOTHING_MS = 500;

/** Tells which vehicles stand still. One slot per vehicle; places and sizes in any unit, the same for all. */
export class Standstill {
  readonly #stopAfterMs: number;
  /** Averaged place. */
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #at: Float64Array;
  /** Where it was when it began to stand, its size then, and the time. */
  readonly #anchorX: Float64Array;
  readonly #anchorY: Float64Array;
  readonly #anchorSize: Float64Array;
  readonly #since: Float64Array;
  readonly #stands: Uint8Array;

  /** @param stopAfterMs time without moving after which a vehicle is said to stand */
  constructor(capacity: number, stopAfterMs: number) {
    this.#stopAfterMs = stopAfterMs;
    this.#x = new Float64Array(capacity);
    this.#y = new Float64Array(capacity);
    this.#at = new Float64Array(capacity);
    this.#anchorX = new Float64Array(capacity);
    this.#anchorY = new Float64Array(capacity);
    this.#anchorSize = new Float64Array(capacity);
    this.#since = new Float64Array(capacity);
    this.#stands = new Uint8Array(capacity);
  }

  /** A slot has a new vehicle. */
  begin(slot: number, x: number, y: number, size: number, now: number): void {
    this.#x[slot] = x;
    this.#y[slot] = y;
    this.#at[slot] = now;
    this.#stands[slot] = 0;
    this.#anchor(slot, size, now);
  }

  /** The vehicle was seen again. @returns what that changed */
  update(slot: number, x: number, y: number, size: number, now: number): 'stopped' | 'moved' | null {
    const share = 1 - Math.exp((this.#at[slot]! - now) / SMOOTHING_MS);
    this.#at[slot] = now;
    this.#x[slot] = this.#x[slot]! + share * (x - this.#x[slot]!);
    this.#y[slot] = this.#y[slot]! + share * (y - this.#y[slot]!);
    const away = Math.hypot(this.#x[slot]! - this.#anchorX[slot]!, this.#y[slot]! - this.#anchorY[slot]!);
    // what passes in front of a vehicle makes its box smaller, not the vehicle
    const scale = Math.max(size, this.#anchorSize[slot]!);
    if (this.#stands[slot] === 1) {
      if (away <= MOVING * scale) return null;
      this.#stands[slot] = 0;
      return 'moved';
    }
    if (away > STANDING * scale) this.#anchor(slot, size, now);
    if (now - this.#since[slot]! < this.#stopAfterMs) return null;
    this.#stands[slot] = 1;
    return 'stopped';
  }

  /** ms since it came to where it stands; after `moved`, until the next `update`, how long it stood. */
  stoodMs(slot: number, now: number): number {
    return now - this.#since[slot]!;
  }

  #anchor(slot: number, size: number, now: number): void {
    this.#anchorX[slot] = this.#x[slot]!;
    this.#anchorY[slot] = this.#y[slot]!;
    this.#anchorSize[slot] = size;
    this.#since[slot] = now;
  }
}

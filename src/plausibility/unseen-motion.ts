import { type Detections, STRIDE } from '../frame/detections.js';
import { MovingTiles } from './moving-tiles.js';
import { TILES, TILES_ACROSS, TILES_DOWN } from './picture-sample.js';
import type { Implausible } from './states.js';
import { type Traveller, Travellers } from './travellers.js';

/** ms after which a traveller counts half. */
const HALF_LIFE = 600_000;
/** Undetected travellers before anything is said, and ms between the first of them and now. */
const LEAST_UNSEEN = 10;
const LEAST_MS = 120_000;
/** Share of the travellers that are detected, below which the detector may be blind, and from which it sees again. */
const BLIND_BELOW = 0.1;
const SEES_FROM = 0.3;
/** With fewer left nobody knows any more; with less than half a one left unseen, the next is the first. */
const FORGOTTEN = 2;
const NONE_LEFT = 0.5;
/** ms between two looks above which nobody can say what went where. */
const LONGEST_STEP = 1500;
/** Share of its looks at which a traveller has a box, to count as detected. */
const DETECTED = 0.2;

/** What an answer says, with the size of the picture that its boxes are in, pixels. */
export interface AnsweredBoxes {
  readonly detections: Detections;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
}

/**
 * Compares what travels through the picture with what the detector has boxes for. An audit compares the detector with
 * itself: where glare or a steep view hides nearly all vehicles from it, every answer agrees with every inference.
 */
export class UnseenMotion {
  readonly #tiles = new MovingTiles();
  readonly #travellers = new Travellers();
  readonly #moving = new Uint8Array(TILES);
  /** Travellers with a box and without, fading. */
  #seen = 0;
  #unseen = 0;
  #now = 0;
  /** When the first of those was unseen that still count; null where the detector sees, or there is none. */
  #since: number | null = null;
  #isTold = false;

  /** Takes the next look at the picture. @param means brightness of each tile @param passedMs since the look before */
  see(means: Float32Array, passedMs: number): void {
    this.#now += passedMs;
    const kept = 0.5 ** (passedMs / HALF_LIFE);
    this.#seen *= kept;
    this.#unseen *= kept;
    if (passedMs > LONGEST_STEP) this.#travellers.clear();
    if (this.#tiles.see(means, this.#moving)) for (const one of this.#travellers.see(this.#moving)) this.#count(one);
    else this.#travellers.clear();
    this.#judge();
  }

  /** Takes an answer to the picture that was looked at last, or to one soon after. */
  answered({ detections: { count, data }, sourceWidth, sourceHeight }: AnsweredBoxes): void {
    const across = TILES_ACROSS / sourceWidth;
    const down = TILES_DOWN / sourceHeight;
    for (let row = 0, o = 0; row < count; row++, o += STRIDE) {
      const [left, top] = [data[o]! * across, data[o + 1]! * down];
      this.#travellers.detect({ left, top, right: data[o + 2]! * across, bottom: data[o + 3]! * down });
    }
  }

  /** Another model answers from now on. */
  renew(): void {
    this.#seen = this.#unseen = 0;
    this.#since = null;
    this.#isTold = false;
  }

  fault(): Implausible<'detector-may-be-blind'> | null {
    if (!this.#isTold) return null;
    // so long a time has as many as are left of all
    const left = (HALF_LIFE / Math.LN2) * (1 - 0.5 ** ((this.#now - (this.#since ?? this.#now)) / HALF_LIFE));
    const minutes = Math.max(2, Math.round(left / 60_000));
    return {
      fault: 'detector-may-be-blind',
      seen: `in ${minutes} min about ${Math.round(this.#unseen)} things of a vehicle's size drove by without a box, ${Math.round(this.#seen)} with one`,
    };
  }

  #count({ looks, detected }: Traveller): void {
    if (detected >= DETECTED * looks) this.#seen++;
    else {
      this.#unseen++;
      this.#since ??= this.#now;
    }
  }

  #judge(): void {
    const all = this.#seen + this.#unseen;
    const share = all === 0 ? 1 : this.#seen / all;
    if (share >= SEES_FROM || this.#unseen < NONE_LEFT) this.#since = null;
    if (share >= SEES_FROM || all < FORGOTTEN) {
      this.#isTold = false;
      return;
    }
    const isLong = this.#since !== null && this.#now - this.#since >= LEAST_MS;
    if (isLong && this.#unseen >= LEAST_UNSEEN && share < BLIND_BELOW) this.#isTold = true;
  }
}

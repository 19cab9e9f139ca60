import { diverseChoice } from './diverse-choice.js';
import { EvenSpread } from './even-spread.js';
import type { Picture } from './frame-set.js';
import type { SpilledFrames } from './spilled-frames.js';

/** Candidates per frame wanted. */
export const CANDIDATES = 2;

/**
 * The frames of one film among those of others: thinned out while it runs, so that twice as many as wanted are kept, evenly
 * spread over it, and at its end the half chosen that differs most.
 */
export class FilmFrames {
  /** Frames offered. */
  seen = 0;
  readonly #frames: SpilledFrames;
  readonly #share: number;
  /** Frames of other sources, which stay. */
  readonly #base: number;
  readonly #lookOf: (picture: Picture) => Uint8Array;
  #spread: EvenSpread | null = null;
  #looks: Uint8Array[] = [];

  /** @param share frames wanted @param lookOf a descriptor of a picture, always of one length */
  constructor(frames: SpilledFrames, share: number, lookOf: (picture: Picture) => Uint8Array) {
    this.#frames = frames;
    this.#share = share;
    this.#lookOf = lookOf;
    this.#base = frames.count;
  }

  /** Of this film. */
  get kept(): number {
    return this.#looks.length;
  }

  /** @param picture its pixels may be overwritten once the promise is fulfilled @throws SourceError where the disk is full */
  async offer(picture: Picture): Promise<void> {
    this.seen++;
    this.#spread ??= new EvenSpread(Math.max(2, Math.min(CANDIDATES * this.#share, this.#frames.roomFor(picture))));
    let step = this.#spread.next();
    if (step === 'thin') {
      await this.#keep(this.#looks.map((_, at) => at).filter((at) => at % 2 === 0));
      step = this.#spread.next();
    }
    if (step !== 'keep') return;
    await this.#frames.add(picture);
    this.#looks.push(this.#lookOf(picture));
  }

  /** At the film's end. */
  async choose(): Promise<void> {
    await this.#keep(diverseChoice(this.#looks, this.#share));
  }

  async #keep(places: readonly number[]): Promise<void> {
    const others = Array.from({ length: this.#base }, (_, index) => index);
    await this.#frames.keep([...others, ...places.map((at) => this.#base + at)]);
    this.#looks = places.map((at) => this.#looks[at]!);
  }
}

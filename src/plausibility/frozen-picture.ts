import { type PictureSample, TILES } from './picture-sample.js';
import { QuietRun } from './quiet-run.js';

/** What is thought of the pictures so far. `suspected`: too alike for this camera's noise, for a moment only. */
export type Liveliness = 'live' | 'suspected' | 'frozen';

/** Mean levels by which a tile may differ where a still picture was encoded anew: each key frame is a little different. */
const ENCODED_ANEW = 1.5;
/** ms of quiet after which a noisy camera is suspected: before a vehicle counts as standing. */
const SUSPECTED = 2000;
/** ms of quiet that are a fault at least: of a camera known to be noisy, of one whose picture never changed, of a clean one. */
const FROZEN_NOISY = 15_000;
const FROZEN_FROM_START = 60_000;
const FROZEN_CLEAN = 120_000;
/** The same for a picture that is encoded anew all the time. */
const FROZEN_ENCODED = 120_000;
/** Quiet has to last this many times longer than it ever did while the camera was well. */
const BEYOND_EXPERIENCE = 3;
/** A slow camera must have sent so many pictures that are the same. */
const LEAST_PICTURES = 8;
/** Changes that go on for so many ms, or pictures of a slow camera, are life: a few in a row may be a key frame. */
const LIFE = 5000;
const LIFE_PICTURES = 5;
/** A change so soon after the reader was started anew is the restart's doing. */
const BY_RESTART = 10_000;
/** Experience of long quiet counts half after a day. */
const HALF_LIFE = 86_400_000;
const LONGEST_LESSON = 3_600_000;

/** A second of pictures has noise where so many of its tiles changed. */
const WINDOW = 1000;
const NOISY_TILES = 0.5 * TILES;
/** Lively seconds looked at before a camera counts as noisy, and over how many their share is averaged. */
const LEAST_WINDOWS = 5;
const WINDOWS = 20;
/** Of a frozen picture encoded anew hardly a tile changes from one picture to the next; of a live one this many do. */
const STILL_TILES = 0.05;
const LIVE_TILES = 0.15;

export interface FrozenPictureOptions {
  /** Whether a picture that never changed since the start is a fault too: of a camera, not of a file or a folder. */
  readonly fromStart: boolean;
}

/**
 * Tells a frozen picture from a quiet scene. Sensors are noisy: two pictures of one are never the same to the bit, but
 * compression hides noise, so each camera's own pictures teach how long quiet lasts while all is well. A clock drawn over
 * the picture does not count as life.
 */
export class FrozenPicture {
  readonly #fromStart: boolean;
  readonly #same = new QuietRun(0);
  readonly #alike = new QuietRun(ENCODED_ANEW);
  /** Longest quiet of either kind while the camera was well, ms; fading. */
  #longestSame = 0;
  #longestAlike = 0;
  #state: Liveliness = 'live';
  /** By which of the two it was found frozen. */
  #run: QuietRun = this.#same;
  #frozenSince = 0;
  /** While frozen: when it was last quiet for longer than it ever was while well. */
  #quietAt = 0;
  #restartedAt: number | null = null;
  #everChanged = false;
  #lastAt: number | null = null;
  #intervalMs = 0;
  /** Of the second at hand: when it began, and what changed in it. */
  #windowAt = 0;
  readonly #window = new Uint8Array(TILES);
  #before = new Uint8Array(0);
  readonly #changed = new Uint8Array(TILES);
  #windows = 0;
  #noisyShare = 0;
  /** Share of the tiles that change from one picture to the next: usually while live, and lately. */
  #usualTiles = 0;
  #latelyTiles = 0;

  constructor({ fromStart }: FrozenPictureOptions) {
    this.#fromStart = fromStart;
  }

  /** ms for which the picture has been frozen; 0 where it is not. */
  frozenMs(now: number): number {
    return this.#state === 'frozen' ? now - this.#frozenSince : 0;
  }

  /** When the quiet at hand began. */
  get quietSince(): number {
    return this.#state === 'frozen' ? this.#frozenSince : this.#same.since;
  }

  /** Whether a quiet second is unusual for this camera. */
  get isNoisy(): boolean {
    return this.#windows >= LEAST_WINDOWS && this.#noisyShare >= 0.5;
  }

  /** The reader was started anew, to mend it. */
  restarted(now: number): void {
    this.#restartedAt = now;
  }

  /** @param now ms that only go forward */
  look(sample: PictureSample, now: number): Liveliness {
    this.#pass(now);
    this.#feel(sample, now);
    const same = this.#same.add(sample, now);
    const alike = this.#alike.add(sample, now);
    if (same !== null) this.#everChanged = true;
    if (this.#state === 'frozen') this.#thaw(now);
    else {
      if (same !== null) this.#longestSame = lesson(this.#longestSame, same.lengthMs);
      if (alike !== null) this.#longestAlike = lesson(this.#longestAlike, alike.lengthMs);
      this.#freeze(now);
    }
    return this.#state;
  }

  #pass(now: number): void {
    const passed = this.#lastAt === null ? 0 : now - this.#lastAt;
    this.#lastAt = now;
    const fade = 0.5 ** (passed / HALF_LIFE);
    this.#longestSame *= fade;
    this.#longestAlike *= fade;
    this.#intervalMs = this.#intervalMs === 0 ? passed : this.#intervalMs + 0.1 * (passed - this.#intervalMs);
  }

  /** Learns how much changes from picture to picture, and in a second. */
  #feel(sample: PictureSample, now: number): void {
    if (this.#before.length !== sample.bytes.length) this.#before = sample.bytes.slice();
    else {
      this.#changed.fill(0);
      sample.differing(this.#before, 0, this.#changed);
      this.#before.set(sample.bytes);
      let count = 0;
      for (let tile = 0; tile < TILES; tile++) {
        if (this.#changed[tile] === 0) continue;
        count++;
        this.#window[tile] = 1;
      }
      this.#latelyTiles += 0.05 * (count / TILES - this.#latelyTiles);
      // quiet that lasts is what is judged, and no usual
      if (this.#same.lengthMs < SUSPECTED && this.#state === 'live') {
        this.#usualTiles += 0.01 * (count / TILES - this.#usualTiles);
      }
    }
    if (now - this.#windowAt < WINDOW) return;
    this.#windowAt = now;
    let cover = 0;
    for (let tile = 0; tile < TILES; tile++) cover += this.#window[tile]!;
    this.#window.fill(0);
    if (this.#same.lengthMs >= WINDOW || this.#state === 'frozen') return;
    this.#windows++;
    const share = Math.max(1 / this.#windows, 1 / WINDOWS);
    this.#noisyShare += share * ((cover >= NOISY_TILES ? 1 : 0) - this.#noisyShare);
  }

  #freeze(now: number): void {
    const same = this.#same;
    const alike = this.#alike;
    const isNoisy = this.isNoisy;
    if (same.pictures >= LEAST_PICTURES && same.lengthMs >= this.#most(isNoisy)) this.#found(same, now);
    else if (
      isNoisy &&
      this.#usualTiles >= LIVE_TILES &&
      this.#latelyTiles < STILL_TILES &&
      alike.pictures >= LEAST_PICTURES &&
      alike.lengthMs >= Math.max(FROZEN_ENCODED, BEYOND_EXPERIENCE * this.#longestAlike)
    ) {
      this.#found(alike, now);
    } else this.#state = isNoisy && same.lengthMs >= SUSPECTED && same.pictures > 2 ? 'suspected' : 'live';
  }

  /** ms of quiet that this camera may have. */
  #most(isNoisy: boolean): number {
    if (!this.#everChanged) return this.#fromStart ? FROZEN_FROM_START : Number.POSITIVE_INFINITY;
    if (!isNoisy && !this.#fromStart) return Number.POSITIVE_INFINITY;
    return Math.max(isNoisy ? FROZEN_NOISY : FROZEN_CLEAN, BEYOND_EXPERIENCE * this.#longestSame);
  }

  #found(run: QuietRun, now: number): void {
    this.#state = 'frozen';
    this.#run = run;
    this.#frozenSince = now - run.lengthMs;
    this.#restartedAt = null;
    this.#quietAt = now;
  }

  #thaw(now: number): void {
    const isSame = this.#run === this.#same;
    const usual = Math.max(SUSPECTED, 2 * this.#intervalMs, isSame ? this.#longestSame : this.#longestAlike);
    if (this.#run.lengthMs >= usual) this.#quietAt = now;
    if (now - this.#quietAt < Math.max(LIFE, LIFE_PICTURES * this.#intervalMs)) return;
    this.#state = 'live';
    // started anew in vain, and then the picture changed by itself: perhaps nothing was wrong
    if (this.#restartedAt === null || now - this.#restartedAt < BY_RESTART) return;
    const lengthMs = Math.min(LONGEST_LESSON, now - this.#frozenSince);
    if (isSame) this.#longestSame = lesson(this.#longestSame, lengthMs);
    else this.#longestAlike = lesson(this.#longestAlike, lengthMs);
  }
}

const lesson = (longest: number, lengthMs: number): number => Math.max(longest, lengthMs);

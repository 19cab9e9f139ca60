import { NO_SHIFT, type SceneShift } from '../../frame/scene-shift.js';
import type { LumaPicture } from '../tracking/luma-picture.js';
import { SCENE_PATCHES, ScenePatches } from './scene-patches.js';
import { SMALLER, SmallPicture } from './small-picture.js';

/** Share by which the usual shift follows. */
const USUAL = 0.05;
/** Pixels around the usual shift at which it is looked for where it is not near the last. */
const FURTHER = 9;
/** Pixels by which two ways to find a blurred picture may differ. */
const SAME_PLACE = 1.5;
/** A camera that stands still is looked at in one of so many pictures. */
const LOOKED_EVERY = 4;
/** Share of the latest pictures in which a camera that jumps may be lost until it is left as it comes, and below which it is held again. */
const LOST_TOO_OFTEN = 0.06;
const LOST_SELDOM = 0.01;
/** Share of the past that each picture takes the place of. */
const PER_PICTURE = 0.01;
/** Pictures in a row in which it was lost, a multiple of the next, after which one in so many is tried. */
const GIVES_UP = 50;
const TRIED_EVERY = 10;
/** Patches are taken anew so often, one at a time, for the light changes: pictures. */
const RENEW_EVERY = 50;
/**
 * Pixels from which a camera is away from where it was, and pictures more than others in which it was, until it sways; pixels below
 * which it is steady again if it stays so for so many pictures.
 */
const SWAYS = 0.8;
const SWAYS_FOR = 4;
const STEADY = 0.35;
const STEADY_FOR = 750;

/**
 * How far a camera's picture is from where it was: by wind, a bridge that swings, a mast that bends in the sun. Forty small patches
 * are found again in each picture; where most agree, that is the camera, and those on vehicles are the others. A steady camera's
 * shift is exactly none.
 */
export class CameraSway {
  readonly #small: SmallPicture;
  /** Of the picture, found exactly; and of the small one, found from further away. */
  readonly #fine: ScenePatches;
  readonly #coarse: ScenePatches;
  /** Pixels from the middle of the picture to its side. */
  readonly #half: number;
  #pictures = 0;
  /** As measured last. */
  #at = NO_SHIFT;
  /** Where it is on average. */
  #usualX = 0;
  #usualY = 0;
  #sways = false;
  #lostShare = 0;
  #isHeld = true;
  /** Whether the last was found without what is fine in it. */
  #isBlurred = false;
  #awayFor = 0;
  #steadyFor = 0;
  #lostFor = 0;

  constructor(size: Pick<LumaPicture, 'width' | 'height'>) {
    this.#small = new SmallPicture(size);
    this.#fine = new ScenePatches(size);
    this.#coarse = new ScenePatches(this.#small);
    this.#half = size.width / 2;
  }

  /** Pictures in a row in which it could not be told. */
  get lostFor(): number {
    return this.#lostFor;
  }

  /** Whether the camera moved of late, and is held. */
  get sways(): boolean {
    return this.#sways && this.#isHeld;
  }

  /** Takes the next picture, all of one size. */
  measure(picture: LumaPicture): SceneShift {
    const cell = Math.floor(this.#pictures++ / LOOKED_EVERY) % SCENE_PATCHES;
    const isQuiet = !this.#sways && this.#awayFor === 0 && this.#lostFor === 0;
    if (this.#pictures === 1) this.#takeAll(picture);
    else if (isQuiet && this.#pictures % LOOKED_EVERY > 0) return NO_SHIFT;
    else this.#follow(picture);
    this.#renew(picture, cell);
    this.#judge();
    return this.sways ? this.#at : NO_SHIFT;
  }

  #takeAll(picture: LumaPicture): void {
    const small = this.#small.of(picture);
    for (let cell = 0; cell < SCENE_PATCHES; cell++) {
      this.#fine.take(picture, cell, this.#at);
      this.#coarse.take(small, cell, scaled(this.#at, 1 / SMALLER));
    }
  }

  #follow(picture: LumaPicture): void {
    // where nothing is to be recognised, as in the dark, it is not tried at each picture
    if (this.#lostFor >= GIVES_UP && (this.#lostFor + 1) % TRIED_EVERY > 0) {
      this.#lostFor++;
      return;
    }
    this.#isBlurred = false;
    const found = this.#fine.shift(picture, this.#at) ?? this.#search(picture);
    if (found !== null) {
      this.#at = found;
      this.#lostFor = 0;
      this.#usualX += USUAL * (found.x - this.#usualX);
      this.#usualY += USUAL * (found.y - this.#usualY);
      return;
    }
    this.#lostFor++;
    if (this.#lostFor % GIVES_UP === 0) this.#takeAnew(picture);
  }

  /** Taken of a blurred picture, or in another light: others may be found again. By now it is not held, and where it is counts as steady. */
  #takeAnew(picture: LumaPicture): void {
    if (this.#sways) {
      this.#at = NO_SHIFT;
      this.#usualX = this.#usualY = this.#awayFor = 0;
    }
    this.#sways = false;
    this.#takeAll(picture);
  }

  /** Looks further around: a gust, or pictures left out. */
  #search(picture: LumaPicture): SceneShift | null {
    const [x, y] = [this.#usualX, this.#usualY];
    const from = [
      [this.#at.x, this.#at.y],
      [x, y],
      [x - FURTHER, y],
      [x + FURTHER, y],
      [x, y - FURTHER],
      [x, y + FURTHER],
      [x - FURTHER, y - FURTHER],
      [x + FURTHER, y - FURTHER],
      [x - FURTHER, y + FURTHER],
      [x + FURTHER, y + FURTHER],
    ] as const;
    const small = this.#small.of(picture);
    let first: SceneShift | null = null;
    for (const [startX, startY] of from) {
      const start = { ...this.#at, x: startX, y: startY };
      const coarse = this.#coarse.shift(small, scaled(start, 1 / SMALLER));
      if (coarse === null) continue;
      const near = scaled(coarse, SMALLER);
      const found = this.#fine.shift(picture, near);
      if (found !== null) return found;
      // a picture that the jump itself has blurred has nothing fine: where two ways lead, it is
      if (first !== null && Math.hypot(near.x - first.x, near.y - first.y) < SAME_PLACE) {
        this.#isBlurred = true;
        return { ...this.#at, x: (near.x + first.x) / 2, y: (near.y + first.y) / 2 };
      }
      first ??= near;
    }
    return null;
  }

  /** Begins anew with the next picture: that is where the scene is now. */
  restart(): void {
    this.#fine.clear();
    this.#coarse.clear();
    this.#at = NO_SHIFT;
    this.#pictures = this.#usualX = this.#usualY = this.#lostFor = this.#awayFor = this.#steadyFor = 0;
    this.#sways = false;
  }

  /** Takes a patch anew that is none of the scene's, or is old. */
  #renew(picture: LumaPicture, cell: number): void {
    if (this.#lostFor > 0 || this.#isBlurred || this.#pictures === 1) return;
    const isOld = Math.floor(this.#pictures / SCENE_PATCHES / LOOKED_EVERY) % RENEW_EVERY === cell % RENEW_EVERY;
    if (isOld || this.#fine.isUnfit(cell)) this.#fine.take(picture, cell, this.#at);
    if (isOld || this.#coarse.isUnfit(cell))
      this.#coarse.take(this.#small.of(picture), cell, scaled(this.#at, 1 / SMALLER));
  }

  #judge(): void {
    this.#lostShare += PER_PICTURE * ((this.#lostFor > 0 ? 1 : 0) - this.#lostShare);
    if (this.#lostShare > LOST_TOO_OFTEN) this.#isHeld = false;
    else if (this.#lostShare < LOST_SELDOM) this.#isHeld = true;
    const { x, y, turn, growth } = this.#at;
    const far = Math.hypot(x, y) + this.#half * Math.hypot(turn, growth);
    // a blurred place is not exact enough to tell a camera that sways from one that stands
    if (!this.#isBlurred) this.#awayFor = Math.max(0, this.#awayFor + (far >= SWAYS ? 1 : -1));
    if (this.#awayFor >= SWAYS_FOR) this.#sways = true;
    this.#steadyFor = far < STEADY ? this.#steadyFor + 1 : 0;
    if (this.#steadyFor >= STEADY_FOR) this.#sways = false;
  }
}

/** A shift in pixels of another size. */
const scaled = (shift: SceneShift, by: number): SceneShift => ({ ...shift, x: shift.x * by, y: shift.y * by });

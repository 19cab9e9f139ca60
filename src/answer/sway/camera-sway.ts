import type { LumaPicture } from '../tracking/luma-picture.js';
import { patchReach, ScenePatch } from './scene-patch.js';

/** Pixels between the points of patches that are found exactly, and of those that are found from further away. */
const FINE = 1;
const COARSE = 3;
/** Cells of the picture, each with a patch of either kind. */
const ACROSS = 8;
const DOWN = 5;
const CELLS = ACROSS * DOWN;
/** Places tried along each side of a cell. */
const PLACES = 4;
/** Patches that must be found at least, of those that there are by share, and points' pitches by which they may disagree. */
const LEAST_FOUND = 6;
const LEAST_SHARE = 0.6;
const AGREE = 1;
/** Share by which the usual shift follows. */
const USUAL = 0.05;
/** Pixels around the usual shift at which it is looked for where it is not near the last. */
const FURTHER = 9;
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
/** A patch that was not where the others are in so many pictures more than it was is taken elsewhere. */
const UNFIT = 12;
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

/** How far a scene lies from where it lay first, to the right and down, pixels. */
export interface SceneShift {
  readonly x: number;
  readonly y: number;
}

const NO_SHIFT: SceneShift = { x: 0, y: 0 };

interface CellPatch {
  readonly patch: ScenePatch;
  /** How far the scene was shifted when it was taken. */
  readonly takenX: number;
  readonly takenY: number;
  /** Pictures in which it was not with the others, less those in which it was. */
  unfit: number;
}

type Patches = (CellPatch | null)[];

/**
 * How far a camera's picture is from where it was: by wind, a bridge that swings, a mast that bends in the sun. Forty small patches
 * are found again in each picture; where most agree, that is the camera, and those on vehicles are the others. A steady camera's
 * shift is exactly none.
 */
export class CameraSway {
  readonly #fine: Patches = new Array<CellPatch | null>(CELLS).fill(null);
  readonly #coarse: Patches = new Array<CellPatch | null>(CELLS).fill(null);
  readonly #foundX = new Float64Array(CELLS);
  readonly #foundY = new Float64Array(CELLS);
  readonly #sorted = new Float64Array(CELLS);
  #pictures = 0;
  /** As measured last. */
  #x = 0;
  #y = 0;
  /** Where it is on average. */
  #usualX = 0;
  #usualY = 0;
  #sways = false;
  #lostShare = 0;
  #isHeld = true;
  #awayFor = 0;
  #steadyFor = 0;
  #lostFor = 0;

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
    const cell = Math.floor(this.#pictures++ / LOOKED_EVERY) % CELLS;
    const isQuiet = !this.#sways && this.#awayFor === 0 && this.#lostFor === 0;
    if (this.#pictures === 1) this.#takeAll(picture);
    else if (isQuiet && this.#pictures % LOOKED_EVERY > 0) return NO_SHIFT;
    else this.#follow(picture);
    this.#renew(picture, cell);
    this.#judge();
    return this.sways ? { x: this.#x, y: this.#y } : NO_SHIFT;
  }

  #takeAll(picture: LumaPicture): void {
    for (let cell = 0; cell < CELLS; cell++) {
      this.#fine[cell] = this.#best(picture, cell, FINE);
      this.#coarse[cell] = this.#best(picture, cell, COARSE);
    }
  }

  #follow(picture: LumaPicture): void {
    // where nothing is to be recognised, as in the dark, it is not tried at each picture
    if (this.#lostFor >= GIVES_UP && (this.#lostFor + 1) % TRIED_EVERY > 0) {
      this.#lostFor++;
      return;
    }
    const [x, y] = [this.#x, this.#y];
    if (this.#agree(picture, this.#fine, FINE) || this.#search(picture)) {
      this.#lostFor = 0;
      this.#usualX += USUAL * (this.#x - this.#usualX);
      this.#usualY += USUAL * (this.#y - this.#usualY);
      return;
    }
    [this.#x, this.#y] = [x, y];
    this.#lostFor++;
    if (this.#lostFor % GIVES_UP === 0) this.#takeAnew(picture);
  }

  /** Taken of a blurred picture, or in another light: others may be found again. By now it is not held, and where it is counts as steady. */
  #takeAnew(picture: LumaPicture): void {
    if (this.#sways) this.#x = this.#y = this.#usualX = this.#usualY = this.#awayFor = 0;
    this.#sways = false;
    this.#takeAll(picture);
  }

  /** Looks further around: a gust, or pictures left out. */
  #search(picture: LumaPicture): boolean {
    const [x, y] = [this.#usualX, this.#usualY];
    const from = [
      [this.#x, this.#y],
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
    for (const [startX, startY] of from) {
      this.#x = startX;
      this.#y = startY;
      if (this.#agree(picture, this.#coarse, COARSE) && this.#agree(picture, this.#fine, FINE)) return true;
    }
    return false;
  }

  /** Begins anew with the next picture: that is where the scene is now. */
  restart(): void {
    this.#fine.fill(null);
    this.#coarse.fill(null);
    this.#pictures =
      this.#x =
      this.#y =
      this.#usualX =
      this.#usualY =
      this.#lostFor =
      this.#awayFor =
      this.#steadyFor =
        0;
    this.#sways = false;
  }

  /** Finds the patches near the last shift. @returns whether enough of them agree */
  #agree(picture: LumaPicture, patches: Patches, pitch: number): boolean {
    const [foundX, foundY] = [this.#foundX, this.#foundY];
    const agree = AGREE * pitch;
    let count = 0;
    for (let cell = 0; cell < CELLS; cell++) {
      foundX[cell] = Number.NaN;
      const one = patches[cell];
      if (!one) continue;
      const at = one.patch.find(picture, this.#x - one.takenX, this.#y - one.takenY);
      if (at === null) continue;
      foundX[cell] = at.x + one.takenX;
      foundY[cell] = at.y + one.takenY;
      count++;
    }
    if (count < LEAST_FOUND) return false;

    const [x, y] = [this.#median(foundX, count), this.#median(foundY, count)];
    let [sumX, sumY, agreeing] = [0, 0, 0];
    for (let cell = 0; cell < CELLS; cell++) {
      if (!(Math.abs(foundX[cell]! - x) <= agree && Math.abs(foundY[cell]! - y) <= agree)) continue;
      sumX += foundX[cell]!;
      sumY += foundY[cell]!;
      agreeing++;
    }

    if (agreeing < LEAST_FOUND || agreeing < LEAST_SHARE * count) return false;
    this.#x = sumX / agreeing;
    this.#y = sumY / agreeing;
    for (let cell = 0; cell < CELLS; cell++) {
      const one = patches[cell];
      if (!one) continue;
      const fits = Math.abs(foundX[cell]! - x) <= agree && Math.abs(foundY[cell]! - y) <= agree;
      one.unfit = fits ? Math.max(-UNFIT, one.unfit - 1) : one.unfit + 1;
    }
    return true;
  }

  /** Middle of the numbers that there are. */
  #median(values: Float64Array, count: number): number {
    let n = 0;
    for (let cell = 0; cell < CELLS; cell++) {
      if (!Number.isNaN(this.#foundX[cell]!)) this.#sorted[n++] = values[cell]!;
    }
    return this.#sorted.subarray(0, count).sort()[count >> 1]!;
  }

  /** Takes a patch anew that is none of the scene's, or is old. */
  #renew(picture: LumaPicture, cell: number): void {
    if (this.#lostFor > 0 || this.#pictures === 1) return;
    const isOld = Math.floor(this.#pictures / CELLS / LOOKED_EVERY) % RENEW_EVERY === cell % RENEW_EVERY;
    if (isOld || isUnfit(this.#fine[cell])) this.#fine[cell] = this.#best(picture, cell, FINE);
    if (isOld || isUnfit(this.#coarse[cell])) this.#coarse[cell] = this.#best(picture, cell, COARSE);
  }

  /** The place in a cell that is told best from those beside it. */
  #best(picture: LumaPicture, cell: number, pitch: number): CellPatch | null {
    const reach = patchReach(pitch);
    const [across, down] = [(picture.width - 2 * reach) / ACROSS, (picture.height - 2 * reach) / DOWN];
    if (across < PLACES || down < PLACES) return null;
    const left = reach + (cell % ACROSS) * across;
    const top = reach + Math.floor(cell / ACROSS) * down;
    let [bestX, bestY, most] = [0, 0, -1];
    for (let v = 0; v < PLACES; v++) {
      for (let u = 0; u < PLACES; u++) {
        const x = Math.floor(left + ((u + 0.5) * across) / PLACES);
        const y = Math.floor(top + ((v + 0.5) * down) / PLACES);
        const texture = ScenePatch.texture(picture, x, y, pitch);
        if (texture > most) [bestX, bestY, most] = [x, y, texture];
      }
    }
    const patch = ScenePatch.at(picture, bestX, bestY, pitch);
    return patch && { patch, takenX: this.#x, takenY: this.#y, unfit: 0 };
  }

  #judge(): void {
    this.#lostShare += PER_PICTURE * ((this.#lostFor > 0 ? 1 : 0) - this.#lostShare);
    if (this.#lostShare > LOST_TOO_OFTEN) this.#isHeld = false;
    else if (this.#lostShare < LOST_SELDOM) this.#isHeld = true;
    const far = Math.hypot(this.#x, this.#y);
    this.#awayFor = Math.max(0, this.#awayFor + (far >= SWAYS ? 1 : -1));
    if (this.#awayFor >= SWAYS_FOR) this.#sways = true;
    this.#steadyFor = far < STEADY ? this.#steadyFor + 1 : 0;
    if (this.#steadyFor >= STEADY_FOR) this.#sways = false;
  }
}

/** Whether there is none, or it lies on what is not the scene. */
const isUnfit = (one: CellPatch | null | undefined): boolean => !one || one.unfit > UNFIT;

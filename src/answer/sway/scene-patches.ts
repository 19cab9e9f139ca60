import { type SceneShift, shiftDown, shiftRight } from '../../frame/scene-shift.js';
import { PATCH_REACH, PatchTable } from '../../kernels/patch-table.js';
import { patchWork } from '../../kernels/patch-work.js';
import type { LumaPicture } from '../tracking/luma-picture.js';
import { CommonShift } from './common-shift.js';

/** Cells of the picture, each with a patch. */
const ACROSS = 8;
const DOWN = 5;
export const SCENE_PATCHES = ACROSS * DOWN;
/** Places tried along each side of a cell, where it has so many pixels. */
const PLACES = 8;
/** Pixels by which patches may disagree. */
const AGREE = 1;
/** Squared levels per point of the weaker direction, below which a place looks like the one beside it. */
const LEAST_TEXTURE = 12;
const POINTS = 64;
/** A patch that was not where the others are in so many pictures more than it was is taken elsewhere. */
const UNFIT = 12;

/** Small pieces of a scene, found again in each picture; where most agree, that is the camera. */
export class ScenePatches {
  readonly #width: number;
  readonly #height: number;
  readonly #table: PatchTable;
  readonly #common: CommonShift;
  readonly #find = patchWork();
  readonly #found = new Float64Array(2 * SCENE_PATCHES);
  /** How far the scene was shifted where and when each was taken. */
  readonly #takenX = new Float64Array(SCENE_PATCHES);
  readonly #takenY = new Float64Array(SCENE_PATCHES);
  /** Pictures in which each was not with the others, less those in which it was. */
  readonly #unfit = new Int32Array(SCENE_PATCHES);

  /** @param size of the pictures, pixels */
  constructor({ width, height }: Pick<LumaPicture, 'width' | 'height'>) {
    this.#width = width;
    this.#height = height;
    this.#table = new PatchTable(SCENE_PATCHES);
    this.#common = new CommonShift(width, SCENE_PATCHES);
  }

  /** Finds the patches near a shift of the scene that is likely. @returns null where too few are found, or agree */
  shift(picture: LumaPicture, likely: SceneShift): SceneShift | null {
    const common = this.#common;
    for (let cell = 0; cell < SCENE_PATCHES; cell++) {
      const [right, below] = [common.right[cell]!, common.below[cell]!];
      const x = shiftRight(likely, right, below) - this.#takenX[cell]!;
      const y = shiftDown(likely, right, below) - this.#takenY[cell]!;
      this.#table.expect(cell, x, y);
    }
    this.#find(picture, this.#table, this.#found);
    for (let cell = 0; cell < SCENE_PATCHES; cell++) {
      common.foundX[cell] = this.#found[2 * cell]! + this.#takenX[cell]!;
      common.foundY[cell] = this.#found[2 * cell + 1]! + this.#takenY[cell]!;
    }
    const shift = common.fit(likely, AGREE, true);
    if (shift === null) return null;
    for (let cell = 0; cell < SCENE_PATCHES; cell++) {
      const unfit = this.#unfit[cell]!;
      this.#unfit[cell] = common.agrees(cell) ? Math.max(-UNFIT, unfit - 1) : unfit + 1;
    }
    return shift;
  }

  /** Whether a cell has no patch, or one that lies on what is not the scene. */
  isUnfit(cell: number): boolean {
    return !this.#table.has(cell) || this.#unfit[cell]! > UNFIT;
  }

  clear(): void {
    for (let cell = 0; cell < SCENE_PATCHES; cell++) this.#table.drop(cell);
  }

  /** Takes a cell's patch at the place that is told best from those beside it. @param shift of the scene in this picture */
  take(picture: LumaPicture, cell: number, shift: SceneShift): void {
    const table = this.#table;
    const [width, height] = [this.#width, this.#height];
    table.drop(cell);
    this.#unfit[cell] = 0;
    const reach = PATCH_REACH;
    const [across, down] = [(width - 2 * reach) / ACROSS, (height - 2 * reach) / DOWN];
    const [columns, rows] = [Math.min(PLACES, Math.floor(across)), Math.min(PLACES, Math.floor(down))];
    if (columns < 1 || rows < 1) return;
    const left = reach + (cell % ACROSS) * across;
    const top = reach + Math.floor(cell / ACROSS) * down;
    let [bestX, bestY, most] = [0, 0, -1];
    for (let v = 0; v < rows; v++) {
      for (let u = 0; u < columns; u++) {
        const x = Math.floor(left + ((u + 0.5) * across) / columns);
        const y = Math.floor(top + ((v + 0.5) * down) / rows);
        const texture = table.texture(picture, x, y);
        if (texture > most) [bestX, bestY, most] = [x, y, texture];
      }
    }
    if (most * picture.scale * picture.scale < LEAST_TEXTURE * POINTS) return;
    table.take(cell, picture, bestX, bestY);
    const [right, below] = [bestX - width / 2, bestY - height / 2];
    this.#takenX[cell] = shiftRight(shift, right, below);
    this.#takenY[cell] = shiftDown(shift, right, below);
    this.#common.right[cell] = right - this.#takenX[cell]!;
    this.#common.below[cell] = below - this.#takenY[cell]!;
  }
}

import { type SceneShift, shiftDown, shiftRight } from '../../frame/scene-shift.js';

/** Places that must agree at least, and their share of those that were found. */
const LEAST = 6;
const LEAST_SHARE = 0.6;
/** Turns and growths beyond are no sway: radians, and a share. */
const MOST_TURN = 0.05;
const MOST_GROWTH = 0.05;
/** Places must lie so far around their middle to tell how a picture is turned: share of its width. */
const LEAST_SPREAD = 0.1;

/** What most of some places of a scene agree on: how far it has gone. Those on vehicles are the others. */
export class CommonShift {
  readonly #width: number;
  /** Where each place lay, pixels from the middle of the picture, and how far it has gone; NaN where it was not found. */
  readonly right: Float64Array;
  readonly below: Float64Array;
  readonly foundX: Float64Array;
  readonly foundY: Float64Array;
  readonly #restX: Float64Array;
  readonly #restY: Float64Array;
  readonly #sorted: Float64Array;
  readonly #agrees: Uint8Array;

  /** @param width of the picture, pixels @param places that there may be */
  constructor(width: number, places: number) {
    this.#width = width;
    const numbers = (): Float64Array => new Float64Array(places);
    [this.right, this.below, this.foundX, this.foundY] = [numbers(), numbers(), numbers(), numbers()];
    [this.#restX, this.#restY, this.#sorted] = [numbers(), numbers(), numbers()];
    this.#agrees = new Uint8Array(places);
  }

  /** Whether a place was with the others in the last fit. */
  agrees(place: number): boolean {
    return this.#agrees[place] === 1;
  }

  /**
   * @param likely what it should be near
   * @param agree pixels by which places may disagree
   * @param turns whether they are exact enough to tell how the picture is turned and has grown
   * @returns null where too few agree
   */
  fit(likely: SceneShift, agree: number, turns: boolean): SceneShift | null {
    const first = this.#refine(likely, agree, turns, true);
    return first === null || !turns ? first : this.#refine(first, agree, true, false);
  }

  /** @param aroundMiddle whether places agree with the one in the middle of them, or with what is likely */
  #refine(likely: SceneShift, agree: number, turns: boolean, aroundMiddle: boolean): SceneShift | null {
    const count = this.#takeRests(likely);
    if (count < LEAST) return null;
    const [x, y] = aroundMiddle ? [this.#middle(this.#restX, count), this.#middle(this.#restY, count)] : [0, 0];
    let [agreeing, restX, restY, right, below] = [0, 0, 0, 0, 0];
    for (let i = 0; i < this.right.length; i++) {
      const isWith = Math.abs(this.#restX[i]! - x) <= agree && Math.abs(this.#restY[i]! - y) <= agree;
      this.#agrees[i] = isWith ? 1 : 0;
      if (!isWith) continue;
      agreeing++;
      restX += this.#restX[i]!;
      restY += this.#restY[i]!;
      right += this.right[i]!;
      below += this.below[i]!;
    }
    if (agreeing < LEAST || agreeing < LEAST_SHARE * count) return null;
    const mean = { restX: restX / agreeing, restY: restY / agreeing, right: right / agreeing, below: below / agreeing };
    const { turn, growth } = turns ? this.#turned(mean, agreeing) : { turn: 0, growth: 0 };
    const found = {
      x: likely.x + mean.restX - growth * mean.right + turn * mean.below,
      y: likely.y + mean.restY - growth * mean.below - turn * mean.right,
      turn: likely.turn + turn,
      growth: likely.growth + growth,
    };
    return Math.abs(found.turn) > MOST_TURN || Math.abs(found.growth) > MOST_GROWTH ? null : found;
  }

  /** Least squares of what remains of those that agree. */
  #turned(mean: { restX: number; restY: number; right: number; below: number }, agreeing: number) {
    let [turned, grown, squares] = [0, 0, 0];
    for (let i = 0; i < this.right.length; i++) {
      if (this.#agrees[i] === 0) continue;
      const [right, below] = [this.right[i]! - mean.right, this.below[i]! - mean.below];
      const [x, y] = [this.#restX[i]! - mean.restX, this.#restY[i]! - mean.restY];
      turned += right * y - below * x;
      grown += right * x + below * y;
      squares += right * right + below * below;
    }
    if (squares < agreeing * (LEAST_SPREAD * this.#width) ** 2) return { turn: 0, growth: 0 };
    return { turn: turned / squares, growth: grown / squares };
  }

  /** How far each is from where it should be. @returns how many were found */
  #takeRests(likely: SceneShift): number {
    let count = 0;
    for (let i = 0; i < this.right.length; i++) {
      const [right, below] = [this.right[i]!, this.below[i]!];
      this.#restX[i] = this.foundX[i]! - shiftRight(likely, right, below);
      this.#restY[i] = this.foundY[i]! - shiftDown(likely, right, below);
      if (!Number.isNaN(this.#restX[i]!)) count++;
    }
    return count;
  }

  /** The middle of the numbers that there are. */
  #middle(values: Float64Array, count: number): number {
    let n = 0;
    for (const value of values) if (!Number.isNaN(value)) this.#sorted[n++] = value;
    return this.#sorted.subarray(0, count).sort()[count >> 1]!;
  }
}

import { blockState } from '../../kernels/block-state.js';
import { blockWork } from '../../kernels/block-work.js';
import { createLightFit } from '../../kernels/light-fit.js';
import { isShown } from '../../kernels/plain/blocks.js';
import { keepVehicleLike } from '../../kernels/plain/vehicle-like.js';
import { BlockTolerance } from './block-tolerance.js';
import { ColourDifference } from './colour-difference.js';
import { fillAround } from './fill-around.js';
import { BLOCKS, GRID_WIDTH, type Signature } from './grid.js';

/** What `changes` says of a block that is not as usual; 0 of one that is. */
export const CHANGED = 1;
/** Changed, but a moment ago an inference found no vehicle here. */
export const DOUBTED = 2;

/** ms in which the background follows slow light. */
const FOLLOW = 10_000;
/** ms after which something else that stays, and is no vehicle, is the background. */
const SETTLED = 20_000;
/** ms: a vehicle found so soon where there was thought to be none was there before. */
const MISTAKEN = 1500;
/** ms; what is longer is a gap. */
const LONGEST_STEP = 5000;
/** Blocks around one in which no vehicle was found that are doubted too: what moves is there next. */
const DOUBT_REACH = 2;

/**
 * What is usual in each block of one camera's picture, and which blocks are not as usual. Light that changes over the
 * whole picture is removed first (`createLightFit`); what remains is compared with the block's tolerance (`BlockTolerance`).
 *
 * Blocks under vehicles are never learned. What differs where an inference found no vehicle is remembered as the block's
 * other usual state: it is no change while it stays, and the background after 20 s. So a shadow, a bin or a parked car
 * that has left costs one inference.
 */
export class BlockBackground {
  readonly #masked: Uint8Array;
  readonly #doubtMs: number;
  readonly #fit = createLightFit();
  readonly #work = blockWork();
  /** `skip`: masked, never seen, or under a vehicle in the last frame learned. */
  readonly #state = blockState(BLOCKS, GRID_WIDTH);
  readonly #tolerance = new BlockTolerance(this.#state);
  /** Scene time at which each block's other usual state was taken. */
  readonly #otherAt = new Float64Array(BLOCKS);
  readonly #doubtedUntil = new Float64Array(BLOCKS);
  readonly #marks = new Uint8Array(BLOCKS);
  readonly #again = new Uint8Array(BLOCKS);
  readonly #follows = new Uint8Array(BLOCKS);
  readonly #beyond = new Int32Array(BLOCKS);
  readonly #colours = new ColourDifference();
  #learnedAt = Number.NaN;
  /** Whether `#fit` and the differences are those of the picture that `changes` was asked about last, against what is usual now. */
  #compared = false;

  /**
   * @param masked from `maskBlocks`; these blocks have no vote
   * @param doubtMs how long `changes` doubts the surroundings of a change in which no vehicle was found
   */
  constructor(masked: Uint8Array, doubtMs = 300) {
    this.#masked = masked;
    this.#doubtMs = doubtMs;
    this.#state.other.fill(Number.NaN);
    this.#state.skip.fill(1);
  }

  /** Blocks that are not masked, were seen and do not change all the time. */
  get voting(): number {
    let count = 0;
    for (let i = 0; i < BLOCKS; i++) if (this.#votes(i)) count++;
    return count;
  }

  /** Levels by which each block may differ at present; not to be changed. */
  get tolerances(): Float32Array {
    return this.#state.levels;
  }

  /**
   * Compares a picture with what is usual; learns nothing.
   *
   * @param sceneMs scene time of the picture
   * @param into 0, `CHANGED` or `DOUBTED` per block
   * @returns how many are `CHANGED`
   */
  changes({ luma }: Signature, sceneMs: number, into: Uint8Array): number {
    let count = this.#compare(luma, true, into);
    this.#compared = true;
    for (let i = into.indexOf(CHANGED); i >= 0; i = into.indexOf(CHANGED, i + 1)) {
      if (sceneMs >= this.#doubtedUntil[i]!) continue;
      into[i] = DOUBTED;
      count--;
    }
    return count;
  }

  /**
   * Learns from a picture whose vehicles are known; pictures in order of time. Where `changes` was asked since the last one
   * was learned, it is the same picture.
   *
   * @param covered not 0 where a vehicle is (`coverBlocks`)
   * @param inferred whether `covered` comes from an inference of this very picture: what changed elsewhere is then no
   * vehicle. A vehicle found there within 1.5 s takes that back.
   */
  learn({ luma }: Signature, sceneMs: number, covered: Uint8Array, inferred: boolean): void {
    const passed = this.#step(sceneMs);
    if (!this.#compared) this.#compare(luma, false, this.#marks);
    this.#compared = false;
    const kept = this.#tolerance.begin(passed);
    const share = 1 - Math.exp(-passed / FOLLOW);
    const follows = this.#follows;
    const masked = this.#masked;
    const { known } = this.#state;
    for (let i = 0; i < BLOCKS; i++) {
      follows[i] = 0;
      if (masked[i] !== 0) continue;
      if (covered[i] !== 0) this.#hold(i, sceneMs);
      else if (known[i] === 0) this.#meet(i, luma[i]!);
      else follows[i] = 1;
    }
    const beyond = this.#work.follow(
      this.#state,
      { luma, follows, sees: passed > 0, share, kept },
      this.#fit,
      this.#beyond,
    );
    for (let k = 0; k < beyond; k++) this.#stayOther(this.#beyond[k]!, luma, passed, share);
    if (inferred) this.#reject(luma, sceneMs, covered);
  }

  /**
   * Compares two pictures of the camera, whatever is usual: the light of the first is brought to the second's.
   *
   * @param into 1 per block that differs
   * @returns how many do; cells of another colour count as one more each
   */
  differs(a: Signature, b: Signature, into: Uint8Array): number {
    this.#compared = false;
    this.#fit.fit(a.luma, b.luma, this.#masked);
    const pair = { from: a.luma, to: b.luma, known: null, masked: this.#masked, mayBeOther: false };
    const count = this.#work.compare(this.#state, pair, this.#fit, into);
    return count + this.#colours.compare(a, b, this.#fit.gain, this.#state.comparable, into);
  }

  /** ms since the picture learned before, 0 for the first; a clock that was set back ends every doubt. */
  #step(sceneMs: number): number {
    const passed = sceneMs - this.#learnedAt;
    this.#learnedAt = sceneMs;
    if (passed < 0) this.#doubtedUntil.fill(0);
    return passed > 0 ? Math.min(passed, LONGEST_STEP) : 0;
  }

  #votes(i: number): boolean {
    return this.#state.known[i] !== 0 && this.#masked[i] === 0 && this.#tolerance.votes(i);
  }

  #compare(luma: Float32Array, mayBeOther: boolean, into: Uint8Array): number {
    const { usual, known, skip } = this.#state;
    this.#fit.fit(usual, luma, skip);
    return this.#work.compare(
      this.#state,
      { from: usual, to: luma, known, masked: this.#masked, mayBeOther },
      this.#fit,
      into,
    );
  }

  #showsOther(i: number, luma: number): boolean {
    const { other, levels } = this.#state;
    return isShown(other[i]!, luma, levels[i]!, this.#fit.gain, this.#fit.offset);
  }

  /** Under a vehicle: nothing is learned, and what was learned just before may have been the vehicle. */
  #hold(i: number, sceneMs: number): void {
    this.#state.skip[i] = 1;
    this.#tolerance.doubt(i, sceneMs);
    if (Math.abs(sceneMs - this.#otherAt[i]!) <= MISTAKEN) this.#state.other[i] = Number.NaN;
  }

  /** Free for the first time. */
  #meet(i: number, luma: number): void {
    const { known, skip, usual, difference, before } = this.#state;
    known[i] = 1;
    skip[i] = 0;
    usual[i] = this.#unlit(luma);
    difference[i] = 0;
    before[i] = 0;
  }

  /** Not as usual: what shows the other usual state for long is the usual one. */
  #stayOther(i: number, luma: Float32Array, passed: number, share: number): void {
    const { other, otherFor } = this.#state;
    if (!this.#showsOther(i, luma[i]!)) return;
    other[i]! += share * (this.#unlit(luma[i]!) - other[i]!);
    otherFor[i]! += passed;
    if (otherFor[i]! >= SETTLED) this.#exchange(i);
  }

  #exchange(i: number): void {
    const { usual, other, otherFor } = this.#state;
    [usual[i], other[i]] = [other[i]!, usual[i]!];
    otherFor[i] = 0;
  }

  /**
   * What differs outside all vehicles of an inferred picture becomes the other usual state. Where it looked like a
   * vehicle, the second time is a lesson, and what is around is doubted.
   */
  #reject(luma: Float32Array, sceneMs: number, covered: Uint8Array): void {
    const { levels, ratio, difference, other, otherFor } = this.#state;
    for (let i = 0; i < BLOCKS; i++) {
      const d = Math.abs(difference[i]!);
      const outside = d > levels[i]! && covered[i] === 0 && this.#votes(i) && !this.#showsOther(i, luma[i]!);
      ratio[i] = outside ? d / levels[i]! : 0;
      if (!outside) continue;
      this.#again[i] = Number.isNaN(other[i]!) ? 0 : 1;
      other[i] = this.#unlit(luma[i]!);
      this.#otherAt[i] = sceneMs;
      otherFor[i] = 0;
    }
    keepVehicleLike(difference, ratio, GRID_WIDTH, this.#marks);
    for (let i = 0; i < BLOCKS; i++) {
      if (this.#marks[i] === 0) continue;
      if (this.#again[i] === 1) this.#tolerance.teach(i, sceneMs);
      fillAround(this.#doubtedUntil, i, DOUBT_REACH, sceneMs + this.#doubtMs);
    }
  }

  /** Luma in the light that what is usual is kept in. */
  #unlit(luma: number): number {
    return (luma - this.#fit.offset) / this.#fit.gain;
  }
}

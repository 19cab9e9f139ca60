import { createLightFit } from '../../kernels/light-fit.js';
import { fillAround, keepVehicleLike } from './block-difference.js';
import { BlockTolerance } from './block-tolerance.js';
import { ColourDifference } from './colour-difference.js';
import { BLOCKS, type Signature } from './grid.js';

/** What `changes` says of a block. */
const USUAL = 0;
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
  readonly #tolerance = new BlockTolerance();
  /** Usual luma; nothing where `#known` is 0. */
  readonly #usual = new Float32Array(BLOCKS);
  readonly #known = new Uint8Array(BLOCKS);
  /** Luma of the other usual state; NaN where there is none. */
  readonly #other = new Float32Array(BLOCKS).fill(Number.NaN);
  /** Scene time at which it was taken, and ms for which the block has shown it. */
  readonly #otherAt = new Float64Array(BLOCKS);
  readonly #otherFor = new Float32Array(BLOCKS);
  readonly #doubtedUntil = new Float64Array(BLOCKS);
  /** Left out when light is compared: masked, never seen, or under a vehicle in the last frame learned. */
  readonly #skip = new Uint8Array(BLOCKS).fill(1);
  /** Of the picture at hand: what is expected, what it has more or less, and that as a multiple of the tolerance. */
  readonly #difference = new Float32Array(BLOCKS);
  readonly #ratio = new Float32Array(BLOCKS);
  readonly #marks = new Uint8Array(BLOCKS);
  readonly #again = new Uint8Array(BLOCKS);
  /** Differences of the last frame learned. */
  readonly #before = new Float32Array(BLOCKS);
  readonly #comparable = new Uint8Array(BLOCKS);
  readonly #colours = new ColourDifference();
  #learnedAt = Number.NaN;
  /** Whether `#fit` and `#difference` are those of the picture that `changes` was asked about last, against what is usual now. */
  #compared = false;

  /**
   * @param masked from `maskBlocks`; these blocks have no vote
   * @param doubtMs how long `changes` doubts the surroundings of a change in which no vehicle was found
   */
  constructor(masked: Uint8Array, doubtMs = 300) {
    this.#masked = masked;
    this.#doubtMs = doubtMs;
  }

  /** Blocks that are not masked, were seen and do not change all the time. */
  get voting(): number {
    let count = 0;
    for (let i = 0; i < BLOCKS; i++) if (this.#votes(i)) count++;
    return count;
  }

  /** Levels by which each block may differ at present; not to be changed. */
  get tolerances(): Float32Array {
    return this.#tolerance.levels;
  }

  /**
   * Compares a picture with what is usual; learns nothing.
   *
   * @param sceneMs scene time of the picture
   * @param into `USUAL`, `CHANGED` or `DOUBTED` per block
   * @returns how many are `CHANGED`
   */
  changes({ luma }: Signature, sceneMs: number, into: Uint8Array): number {
    this.#compare(luma);
    this.#compared = true;
    const difference = this.#difference;
    const ratio = this.#ratio;
    const levels = this.#tolerance.levels;
    for (let i = 0; i < BLOCKS; i++) {
      const d = Math.abs(difference[i]!);
      const changed = d > levels[i]! && this.#votes(i) && !this.#showsOther(i, luma[i]!);
      ratio[i] = changed ? d / levels[i]! : 0;
    }
    let count = keepVehicleLike(difference, ratio, into);
    for (let i = 0; i < BLOCKS; i++) {
      if (into[i] === USUAL || sceneMs >= this.#doubtedUntil[i]!) continue;
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
    if (!this.#compared) this.#compare(luma);
    this.#compared = false;
    this.#tolerance.begin(passed);
    const follow = 1 - Math.exp(-passed / FOLLOW);
    for (let i = 0; i < BLOCKS; i++) {
      if (this.#masked[i] !== 0) continue;
      if (covered[i] !== 0) this.#hold(i, sceneMs);
      else if (this.#known[i] === 0) this.#meet(i, luma[i]!);
      else this.#follow(i, luma[i]!, passed, follow);
    }
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
    const { gain, offset } = this.#fit;
    const levels = this.#tolerance.levels;
    for (let i = 0; i < BLOCKS; i++) {
      const d = this.#masked[i] === 0 ? b.luma[i]! - cut(a.luma[i]! * gain + offset) : 0;
      const comparable = this.#masked[i] === 0 && this.#tolerance.votes(i);
      this.#comparable[i] = comparable ? 1 : 0;
      this.#difference[i] = d;
      this.#ratio[i] = comparable && Math.abs(d) > levels[i]! ? Math.abs(d) / levels[i]! : 0;
    }
    const count = keepVehicleLike(this.#difference, this.#ratio, into);
    return count + this.#colours.compare(a, b, gain, this.#comparable, into);
  }

  /** ms since the picture learned before, 0 for the first; a clock that was set back ends every doubt. */
  #step(sceneMs: number): number {
    const passed = sceneMs - this.#learnedAt;
    this.#learnedAt = sceneMs;
    if (passed < 0) this.#doubtedUntil.fill(0);
    return passed > 0 ? Math.min(passed, LONGEST_STEP) : 0;
  }

  #votes(i: number): boolean {
    return this.#known[i] !== 0 && this.#masked[i] === 0 && this.#tolerance.votes(i);
  }

  #compare(luma: Float32Array): void {
    this.#fit.fit(this.#usual, luma, this.#skip);
    const { gain, offset } = this.#fit;
    const usual = this.#usual;
    const known = this.#known;
    const difference = this.#difference;
    for (let i = 0; i < BLOCKS; i++) {
      difference[i] = known[i] === 0 ? 0 : luma[i]! - cut(usual[i]! * gain + offset);
    }
  }

  #showsOther(i: number, luma: number): boolean {
    const expected = cut(this.#other[i]! * this.#fit.gain + this.#fit.offset);
    return Math.abs(luma - expected) <= this.#tolerance.levels[i]!;
  }

  /** Under a vehicle: nothing is learned, and what was learned just before may have been the vehicle. */
  #hold(i: number, sceneMs: number): void {
    this.#skip[i] = 1;
    this.#tolerance.doubt(i, sceneMs);
    if (Math.abs(sceneMs - this.#otherAt[i]!) <= MISTAKEN) this.#other[i] = Number.NaN;
  }

  /** Free for the first time. */
  #meet(i: number, luma: number): void {
    this.#known[i] = 1;
    this.#skip[i] = 0;
    this.#usual[i] = this.#unlit(luma);
    this.#difference[i] = 0;
    this.#before[i] = 0;
  }

  #follow(i: number, luma: number, passed: number, share: number): void {
    const d = this.#difference[i]!;
    if (this.#skip[i] === 0 && passed > 0) this.#tolerance.see(i, d - this.#before[i]!);
    this.#skip[i] = 0;
    this.#before[i] = d;
    this.#tolerance.settle(i);
    if (Math.abs(d) <= this.#tolerance.levels[i]!) {
      this.#usual[i]! += share * (this.#unlit(luma) - this.#usual[i]!);
      this.#otherFor[i] = 0;
    } else if (this.#showsOther(i, luma)) {
      this.#other[i]! += share * (this.#unlit(luma) - this.#other[i]!);
      this.#otherFor[i]! += passed;
      if (this.#otherFor[i]! >= SETTLED) this.#exchange(i);
    }
  }

  #exchange(i: number): void {
    const usual = this.#usual[i]!;
    this.#usual[i] = this.#other[i]!;
    this.#other[i] = usual;
    this.#otherFor[i] = 0;
  }

  /**
   * What differs outside all vehicles of an inferred picture becomes the other usual state. Where it looked like a
   * vehicle, the second time is a lesson, and what is around is doubted.
   */
  #reject(luma: Float32Array, sceneMs: number, covered: Uint8Array): void {
    const levels = this.#tolerance.levels;
    const ratio = this.#ratio;
    for (let i = 0; i < BLOCKS; i++) {
      const d = Math.abs(this.#difference[i]!);
      const outside = d > levels[i]! && covered[i] === 0 && this.#votes(i) && !this.#showsOther(i, luma[i]!);
      ratio[i] = outside ? d / levels[i]! : 0;
      if (!outside) continue;
      this.#again[i] = Number.isNaN(this.#other[i]!) ? 0 : 1;
      this.#other[i] = this.#unlit(luma[i]!);
      this.#otherAt[i] = sceneMs;
      this.#otherFor[i] = 0;
    }
    keepVehicleLike(this.#difference, ratio, this.#marks);
    for (let i = 0; i < BLOCKS; i++) {
      if (this.#marks[i] === 0) continue;
      if (this.#again[i] === 1) this.#tolerance.teach(i, sceneMs);
      fillAround(this.#doubtedUntil, i, DOUBT_REACH, sceneMs + this.#doubtMs);
    }
  }

  /** Luma in the light that `#usual` is kept in. */
  #unlit(luma: number): number {
    return (luma - this.#fit.offset) / this.#fit.gain;
  }
}

function cut(luma: number): number {
  return luma < 0 ? 0 : luma > 255 ? 255 : luma;
}

import { type CutEdges, completeBox } from './cut-box.js';
import { MotionAxis } from './motion-axis.js';
import type { MotionByPlace } from './motion-by-place.js';
import type { PictureExtent } from './picture-extent.js';
import type { SizesByPlace } from './sizes-by-place.js';

/** Of the size (the square root of the area): jitter of a detected middle, and of the logarithm of a detected side. */
const DETECTION_JITTER = 0.05;
const SIZE_JITTER = 0.08;
/** A box below the report threshold is less exact. */
const WEAK_JITTER = 3;
/** Sizes per ms that a new vehicle may move at, and log sizes per ms that it may grow by (standard deviations). */
const FIRST_SPEED = 0.003;
const FIRST_GROWTH = 0.0004;
/** Variance that the speed gains per ms, in sizes per ms; the same for the growth. */
const ACCELERATION = 0.0004 ** 2 / 40;
const GROWTH_CHANGE = 0.0003 ** 2 / 1000;
/** Pixels from the edge of the picture at which a box counts as cut off by it. */
const EDGE = 2;
const VERTICAL = 0.5;
const UNKNOWN_SPEED = { right: FIRST_SPEED ** 2, down: FIRST_SPEED ** 2 * VERTICAL };

/**
 * Where a vehicle's box is and how it moves and grows, in pixels of the frame. At the edge of the picture only a part of it
 * is seen, which says nothing of the whole.
 */
export class BoxMotion {
  /** The middle. */
  readonly x: MotionAxis;
  readonly y: MotionAxis;
  /** Logarithms of the sides. */
  readonly logWidth: MotionAxis;
  readonly logHeight: MotionAxis;
  readonly #picture: PictureExtent;
  readonly #sizes: SizesByPlace | null;
  #cut: CutEdges;

  /**
   * @param data x1, y1, x2, y2 from `at` on, in pixels of a picture of that extent
   * @param sizes of vehicles there, as far as they are known; null: of none
   */
  constructor(data: Float32Array, at: number, picture: PictureExtent, sizes: SizesByPlace | null = null) {
    this.#picture = picture;
    this.#sizes = sizes;
    const [x1, y1, x2, y2] = [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
    const width = Math.max(1, x2 - x1);
    const height = Math.max(1, y2 - y1);
    const area = width * height;
    const jitter = DETECTION_JITTER ** 2 * area;
    const speed = FIRST_SPEED ** 2 * area;
    this.x = new MotionAxis((x1 + x2) / 2, jitter, speed);
    this.y = new MotionAxis((y1 + y2) / 2, jitter, speed * VERTICAL);
    this.logWidth = new MotionAxis(Math.log(width), SIZE_JITTER ** 2, FIRST_GROWTH ** 2);
    this.logHeight = new MotionAxis(Math.log(height), SIZE_JITTER ** 2, FIRST_GROWTH ** 2);
    this.#cut = this.#edges(x1, y1, x2, y2);
  }

  /** Square root of the area, pixels. */
  get size(): number {
    return Math.exp((this.logWidth.value + this.logHeight.value) / 2);
  }

  /** Sizes per ms. */
  get speed(): number {
    return Math.hypot(this.x.velocity, this.y.velocity) / this.size;
  }

  /** Whether the left or the right edge cuts it off. */
  get isCutAcross(): boolean {
    return this.#cut.left || this.#cut.right;
  }

  /** Whether the upper or the lower edge cuts it off. */
  get isCutDown(): boolean {
    return this.#cut.top || this.#cut.bottom;
  }

  /** Writes x1, y1, x2, y2: not clipped, so a vehicle that leaves reaches beyond the picture. */
  box(into: Float32Array, at: number): void {
    const halfWidth = Math.exp(this.logWidth.value) / 2;
    const halfHeight = Math.exp(this.logHeight.value) / 2;
    into[at] = this.x.value - halfWidth;
    into[at + 1] = this.y.value - halfHeight;
    into[at + 2] = this.x.value + halfWidth;
    into[at + 3] = this.y.value + halfHeight;
    if (this.isCutAcross || this.isCutDown) completeBox(into, at, this.#cut, this.#picture, this.#sizes);
  }

  /** Moves on by `dtMs`, as before. */
  predict(dtMs: number): void {
    const noise = ACCELERATION * this.size ** 2;
    this.x.predict(dtMs, noise);
    this.y.predict(dtMs, noise * VERTICAL);
    this.logWidth.predict(dtMs, GROWTH_CHANGE);
    this.logHeight.predict(dtMs, GROWTH_CHANGE);
  }

  /** The camera moved: everything lies so many pixels further to the right and down. */
  shift(right: number, down: number): void {
    this.x.shift(right);
    this.y.shift(down);
  }

  /** It is new: it goes as others went there, as far as that is known. */
  goAsOthers(ways: MotionByPlace): void {
    const usual = ways.at(this.x.value, this.y.value, UNKNOWN_SPEED);
    if (usual === null) return;
    const { size } = this;
    this.x.expect(usual.right * size, usual.rightVariance * size ** 2);
    this.y.expect(usual.down * size, usual.downVariance * size ** 2);
  }

  /** It stands still. */
  hold(): void {
    for (const axis of [this.x, this.y, this.logWidth, this.logHeight]) axis.hold();
  }

  /** An inference saw it: x1, y1, x2, y2 from `at` on. `weak`: below the report threshold. */
  detect(data: Float32Array, at: number, weak: boolean): void {
    const [x1, y1, x2, y2] = [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
    const width = Math.max(1, x2 - x1);
    const height = Math.max(1, y2 - y1);
    const factor = weak ? WEAK_JITTER : 1;
    const jitter = DETECTION_JITTER ** 2 * width * height * factor;
    const sideJitter = SIZE_JITTER ** 2 * factor;
    const wasCutAcross = this.isCutAcross;
    const wasCutDown = this.isCutDown;
    this.#cut = this.#edges(x1, y1, x2, y2);
    // the middle of a part is not the middle of the whole: it says nothing of the speed
    const across = wasCutAcross || this.isCutAcross ? restart : detect;
    across(this.x, (x1 + x2) / 2, jitter, this.logWidth, Math.log(width), sideJitter);
    const down = wasCutDown || this.isCutDown ? restart : detect;
    down(this.y, (y1 + y2) / 2, jitter, this.logHeight, Math.log(height), sideJitter);
  }

  #edges(x1: number, y1: number, x2: number, y2: number): CutEdges {
    return {
      left: x1 <= EDGE,
      top: y1 <= EDGE,
      right: x2 >= this.#picture.width - EDGE,
      bottom: y2 >= this.#picture.height - EDGE,
    };
  }
}

/** Takes one direction of a detected box: where its middle is, and the logarithm of its side. */
type Take = (
  middle: MotionAxis,
  at: number,
  jitter: number,
  side: MotionAxis,
  logSide: number,
  sideJitter: number,
) => void;

const detect: Take = (middle, at, jitter, side, logSide, sideJitter) => {
  middle.detect(at, jitter);
  side.detect(logSide, sideJitter);
};

/** Of a part. */
const restart: Take = (middle, at, jitter, side, logSide, sideJitter) => {
  middle.restart(at, jitter);
  side.restart(logSide, sideJitter);
  side.hold();
};

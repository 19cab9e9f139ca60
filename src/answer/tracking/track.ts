import type { LumaPicture } from './luma-picture.js';
import { MotionAxis } from './motion-axis.js';
import { Template, type TemplateMatch } from './template.js';

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
/** Error of a template found again: in sizes, and in pixels. */
const FOLLOW_JITTER = 0.015;
const FOLLOW_PIXELS = 0.25;
const FOLLOW_SCALE = 0.08;
/** Correlation from which the template counts as found. */
const FOUND = 0.6;
/** Below this a wider search is tried. */
const DOUBTFUL = 0.7;
/** Pixels from the edge of the picture at which a box counts as cut off by it. */
const EDGE = 2;
/** The score is a value that wanders as the vehicle moves (variance per size) and with time (per inference), measured with noise. */
const SCORE_PER_SIZE = 0.02;
const SCORE_PER_INFERENCE = 0.001;
const SCORE_NOISE = 0.01;
/** What an inference that does not see it counts as. */
const UNSEEN = 0.05;
/** A look that has changed announces that the detector will not see it either. */
const DOUBT_BELOW = 0.85;
const DOUBT = 0.3;
/** Errors per vehicle and ms of age, and how a changed look and a low score multiply it: fitted over many cameras. */
const ERROR_RATE = 0.009 / 400;
const ERROR_BY_LOOK = 5.5;
const ERROR_BY_LOSS = 0.26;
const ERROR_BY_SCORE = 8;
const SURE_SCORE = 0.6;
const VOTE_KEEP = 0.9;
/** Any vote is more than what this leaves of others. */
const OUTVOTED = 1e-6;
const VERTICAL = 0.5;

/** How far the picture reaches that vehicles are followed in, in pixels. */
export interface PictureExtent {
  readonly width: number;
  readonly height: number;
}

/**
 * One vehicle over time, in pixels of the frame. Between inferences it moves as before and is corrected by its look: the
 * template taken at the last inference is found again in each picture. What the picture says counts as far as it
 * correlates; what cannot be found goes on as before for a while, with growing doubt.
 */
export class Track {
  readonly id: number;
  /** Inferences that saw it, and that did not since the last that did. */
  hits = 1;
  missed = 0;
  /** Estimate of the score that an inference would give it now. */
  score: number;
  /** Of its look now with that at the last inference. */
  correlation = 1;
  /** Frames for which it was not found. */
  lost = 0;
  readonly #size: PictureExtent;
  readonly #x: MotionAxis;
  readonly #y: MotionAxis;
  /** Logarithms of the sides. */
  readonly #w: MotionAxis;
  readonly #h: MotionAxis;
  #votes: Float32Array;
  #scoreVariance = SCORE_NOISE;
  #seenX: number;
  #seenY: number;
  #template: Template | null = null;
  /** Of the vehicle's middle from the template's, and logarithms of the sides when it was taken. */
  #offsetX = 0;
  #offsetY = 0;
  #baseW = 0;
  #baseH = 0;
  #left = false;
  #top = false;
  #right = false;
  #bottom = false;

  /** @param data x1, y1, x2, y2, score, class from `at` on, in pixels of a picture of `size` */
  constructor(id: number, data: Float32Array, at: number, classes: number, size: PictureExtent) {
    this.id = id;
    this.#size = size;
    this.score = data[at + 4]!;
    const [x1, y1, x2, y2] = [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
    const width = Math.max(1, x2 - x1);
    const height = Math.max(1, y2 - y1);
    const area = width * height;
    const jitter = DETECTION_JITTER ** 2 * area;
    const speed = FIRST_SPEED ** 2 * area;
    this.#x = new MotionAxis((x1 + x2) / 2, jitter, speed);
    this.#y = new MotionAxis((y1 + y2) / 2, jitter, speed * VERTICAL);
    this.#w = new MotionAxis(Math.log(width), SIZE_JITTER ** 2, FIRST_GROWTH ** 2);
    this.#h = new MotionAxis(Math.log(height), SIZE_JITTER ** 2, FIRST_GROWTH ** 2);
    this.#seenX = this.#x.value;
    this.#seenY = this.#y.value;
    this.#votes = new Float32Array(classes);
    this.#votes[data[at + 5]!] = this.score;
    this.#pin(x1, y1, x2, y2);
  }

  /** Square root of the area, pixels. */
  get size(): number {
    return Math.exp((this.#w.value + this.#h.value) / 2);
  }

  /** Sizes per ms. */
  get speed(): number {
    return Math.hypot(this.#x.velocity, this.#y.velocity) / this.size;
  }

  /** The class that its inferences voted for, by score, later ones counting more. */
  get classIndex(): number {
    let best = 0;
    for (let c = 1; c < this.#votes.length; c++) if (this.#votes[c]! > this.#votes[best]!) best = c;
    return best;
  }

  /**
   * Another model votes from now on, about as many classes as there are `thresholds`. A class that it never reports gives
   * way to its first vote.
   */
  renewVotes(thresholds: readonly number[]): void {
    const votes = new Float32Array(thresholds.length);
    votes.set(this.#votes);
    this.#votes = votes.map((vote, c) => (thresholds[c]! > 1 ? vote * OUTVOTED : vote));
  }

  /** The score that it is reported by: lower where its look has changed. */
  get reportedScore(): number {
    return this.score - DOUBT * Math.max(0, DOUBT_BELOW - this.correlation);
  }

  /** Writes x1, y1, x2, y2: not clipped, so a vehicle that leaves reaches beyond the picture. */
  box(into: Float32Array, at: number): void {
    const halfWidth = Math.exp(this.#w.value) / 2;
    const halfHeight = Math.exp(this.#h.value) / 2;
    const x1 = this.#x.value - halfWidth;
    const y1 = this.#y.value - halfHeight;
    const x2 = this.#x.value + halfWidth;
    const y2 = this.#y.value + halfHeight;
    // what enters is longer than the part seen so far: it stays at the edge that it came from
    into[at] = this.#left ? Math.min(x1, 0) : x1;
    into[at + 1] = this.#top ? Math.min(y1, 0) : y1;
    into[at + 2] = this.#right ? Math.max(x2, this.#size.width) : x2;
    into[at + 3] = this.#bottom ? Math.max(y2, this.#size.height) : y2;
  }

  /** Moves on by `dtMs`, as before. */
  predict(dtMs: number): void {
    const noise = ACCELERATION * this.size ** 2;
    this.#x.predict(dtMs, noise);
    this.#y.predict(dtMs, noise * VERTICAL);
    this.#w.predict(dtMs, GROWTH_CHANGE);
    this.#h.predict(dtMs, GROWTH_CHANGE);
  }

  /** The picture has not changed: it stands still. */
  hold(): void {
    for (const axis of [this.#x, this.#y, this.#w, this.#h]) axis.hold();
  }

  /** Looks for it near where it should be, and corrects its place by where it is. */
  follow(picture: LumaPicture): void {
    const template = this.#template;
    if (!template) return;
    const found = this.#find(picture, template);
    this.correlation = found.correlation;
    const size = this.size;
    const scale = this.#scale();
    const missX = Math.abs(found.x + this.#offsetX * scale - this.#x.value);
    const missY = Math.abs(found.y + this.#offsetY * scale - this.#y.value);
    const slack = 0.05 * size + 1;
    const near = missX < 3.5 * this.#x.drift + slack && missY < 3.5 * this.#y.drift + slack;
    if (found.correlation <= FOUND || !near) {
      this.lost++;
      return;
    }
    this.lost = 0;
    const doubt = 1 + 15 * (1 - found.correlation);
    const variance = ((FOLLOW_JITTER * size) ** 2 + FOLLOW_PIXELS ** 2) * doubt;
    this.#x.follow(found.x + this.#offsetX * found.scale, variance);
    this.#y.follow(found.y + this.#offsetY * found.scale, variance);
    const grown = Math.log(found.scale);
    const scaleVariance = FOLLOW_SCALE ** 2 * doubt * (1 + (12 / size) ** 2);
    if (!this.#left && !this.#right) this.#w.follow(this.#baseW + grown, scaleVariance);
    if (!this.#top && !this.#bottom) this.#h.follow(this.#baseH + grown, scaleVariance);
  }

  /** An inference saw it; row as in the constructor. `weak`: below the report threshold. */
  detect(data: Float32Array, at: number, weak: boolean): void {
    const [x1, y1, x2, y2] = [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
    const width = Math.max(1, x2 - x1);
    const height = Math.max(1, y2 - y1);
    const factor = weak ? WEAK_JITTER : 1;
    const jitter = DETECTION_JITTER ** 2 * width * height * factor;
    const sizeJitter = SIZE_JITTER ** 2 * factor;
    const cutAcross = this.#left || this.#right;
    const cutDown = this.#top || this.#bottom;
    this.#pin(x1, y1, x2, y2);
    // the middle of a part is not the middle of the whole: it says nothing of the speed
    measure(
      this.#x,
      (x1 + x2) / 2,
      jitter,
      this.#w,
      Math.log(width),
      sizeJitter,
      cutAcross || this.#left || this.#right,
    );
    measure(
      this.#y,
      (y1 + y2) / 2,
      jitter,
      this.#h,
      Math.log(height),
      sizeJitter,
      cutDown || this.#top || this.#bottom,
    );
    for (let c = 0; c < this.#votes.length; c++) this.#votes[c]! *= VOTE_KEEP;
    this.#votes[data[at + 5]!]! += data[at + 4]!;
    this.#scored(data[at + 4]!);
    this.hits++;
    this.missed = 0;
    this.lost = 0;
    this.correlation = 1;
  }

  /** An inference did not see it. */
  miss(): void {
    this.missed++;
    this.#scored(UNSEEN);
  }

  /** Takes its look from the picture of the inference that saw it. */
  anchor(picture: LumaPicture): void {
    const box = new Float32Array(4);
    this.box(box, 0);
    const x1 = Math.max(0, box[0]!);
    const y1 = Math.max(0, box[1]!);
    const x2 = Math.min(picture.width, box[2]!);
    const y2 = Math.min(picture.height, box[3]!);
    this.#template = null;
    if (x2 - x1 < 3 || y2 - y1 < 3) return;
    this.#template = new Template(picture, x1, y1, x2, y2);
    this.#offsetX = this.#x.value - this.#template.x;
    this.#offsetY = this.#y.value - this.#template.y;
    this.#baseW = this.#w.value;
    this.#baseH = this.#h.value;
  }

  /**
   * Errors to expect if it is reported (or left out) `ageMs` after the last inference: 0..1.
   *
   * @param reportFrom score from which it is reported
   */
  expectedErrors(ageMs: number, reportFrom: number): number {
    const low = Math.min(0.225, Math.max(0, SURE_SCORE - this.score));
    const errors =
      ERROR_RATE *
      ageMs *
      Math.exp(
        ERROR_BY_LOOK * (1 - Math.max(0, this.correlation)) +
          ERROR_BY_LOSS * Math.min(this.lost, 4) +
          ERROR_BY_SCORE * low,
      );
    if (this.reportedScore >= reportFrom) return Math.min(1, errors);
    return Math.min(0.3, errors * Math.max(0, 1 - (reportFrom - this.score) / 0.2));
  }

  #scale(): number {
    return Math.exp((this.#w.value - this.#baseW + this.#h.value - this.#baseH) / 2);
  }

  #find(picture: LumaPicture, template: Template): TemplateMatch {
    const scale = this.#scale();
    const x = this.#x.value - this.#offsetX * scale;
    const y = this.#y.value - this.#offsetY * scale;
    const near = template.align(picture, x, y, scale);
    if (near.correlation >= DOUBTFUL) return near;
    const size = this.size;
    const rangeX = Math.ceil(Math.min(2 * size, 3 * this.#x.drift + 1));
    const rangeY = Math.ceil(Math.min(2 * size, 3 * this.#y.drift + 1));
    if (rangeX <= 2 && rangeY <= 2) return near;
    const step = Math.max(1, Math.round(size / 14), Math.round(Math.max(rangeX, rangeY) / 12));
    const seen = template.search(picture, x, y, scale, rangeX, rangeY, step);
    if (seen.correlation <= near.correlation - 0.1) return near;
    const far = template.align(picture, seen.x, seen.y, scale);
    return far.correlation > near.correlation ? far : near;
  }

  #scored(score: number): void {
    const moved = Math.hypot(this.#x.value - this.#seenX, this.#y.value - this.#seenY) / this.size;
    this.#seenX = this.#x.value;
    this.#seenY = this.#y.value;
    this.#scoreVariance += SCORE_PER_SIZE * moved + SCORE_PER_INFERENCE;
    const gain = this.#scoreVariance / (this.#scoreVariance + SCORE_NOISE);
    this.score += gain * (score - this.score);
    this.#scoreVariance *= 1 - gain;
  }

  #pin(x1: number, y1: number, x2: number, y2: number): void {
    this.#left = x1 <= EDGE;
    this.#top = y1 <= EDGE;
    this.#right = x2 >= this.#size.width - EDGE;
    this.#bottom = y2 >= this.#size.height - EDGE;
  }
}

/** One direction of a detected box: where its middle is, and the logarithm of its side. */
function measure(
  middle: MotionAxis,
  at: number,
  jitter: number,
  side: MotionAxis,
  logSide: number,
  sideJitter: number,
  cut: boolean,
): void {
  if (cut) {
    middle.restart(at, jitter);
    side.restart(logSide, sideJitter);
    side.hold();
  } else {
    middle.detect(at, jitter);
    side.detect(logSide, sideJitter);
  }
}

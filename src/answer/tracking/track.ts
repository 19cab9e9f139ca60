import type { TemplatePlace } from '../../kernels/template-block.js';
import { BoxMotion } from './box-motion.js';
import type { CameraPlaces } from './camera-places.js';
import { ClassVotes } from './class-votes.js';
import type { LumaPicture } from './luma-picture.js';
import type { PictureExtent } from './picture-extent.js';
import { ScoreEstimate } from './score-estimate.js';
import { Template } from './template.js';

/** Error of a template found again: in sizes, and in pixels. */
const FOLLOW_JITTER = 0.015;
const FOLLOW_PIXELS = 0.25;
const FOLLOW_SCALE = 0.08;
/** Correlation from which the template counts as found. */
const FOUND = 0.6;
/** Below this a wider search is tried. */
const DOUBTFUL = 0.7;
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
/** Sizes after which a vehicle is at another place. */
const TOLD_AGAIN = 0.5;
/** Inferences before one that tells how fast it is. */
const SPEED_KNOWN = 2;

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
  /** Of its look now with that at the last inference. */
  correlation = 1;
  /** Frames for which it was not found. */
  lost = 0;
  readonly #motion: BoxMotion;
  readonly #places: CameraPlaces | null;
  /** Where it told of itself last. */
  #toldX = Number.NaN;
  #toldY = Number.NaN;
  readonly #votes: ClassVotes;
  readonly #score: ScoreEstimate;
  #template: Template | null = null;
  /** Of the vehicle's middle from the template's, and logarithms of the sides when it was taken. */
  #offsetX = 0;
  #offsetY = 0;
  #baseWidth = 0;
  #baseHeight = 0;

  /**
   * @param data x1, y1, x2, y2, score, class from `at` on, in pixels of a picture of `extent`
   * @param places what others taught there; are taught by this one
   */
  constructor(
    id: number,
    data: Float32Array,
    at: number,
    classes: number,
    extent: PictureExtent,
    places: CameraPlaces | null = null,
  ) {
    this.id = id;
    this.#places = places;
    this.#motion = new BoxMotion(data, at, extent, places?.sizes);
    if (places) this.#motion.goAsOthers(places.motion);
    this.#score = new ScoreEstimate(data[at + 4]!, this.#motion.x.value, this.#motion.y.value);
    this.#votes = new ClassVotes(classes, data[at + 5]!, data[at + 4]!);
    this.#teach(data, at);
  }

  /** Square root of the area, pixels. */
  get size(): number {
    return this.#motion.size;
  }

  /** Of its box, pixels. */
  get middleX(): number {
    return this.#motion.x.value;
  }

  get middleY(): number {
    return this.#motion.y.value;
  }

  /** Sizes per ms. */
  get speed(): number {
    return this.#motion.speed;
  }

  /** Estimate of the score that an inference would give it now. */
  get score(): number {
    return this.#score.value;
  }

  /** The class that its inferences voted for. */
  get classIndex(): number {
    return this.#votes.winner;
  }

  /** Another model votes from now on; see `ClassVotes.renew`. */
  renewVotes(thresholds: readonly number[]): void {
    this.#votes.renew(thresholds);
  }

  /** The score that it is reported by: lower where its look has changed. */
  get reportedScore(): number {
    return this.score - DOUBT * Math.max(0, DOUBT_BELOW - this.correlation);
  }

  /** Writes x1, y1, x2, y2: not clipped, so a vehicle that leaves reaches beyond the picture. */
  box(into: Float32Array, at: number): void {
    this.#motion.box(into, at);
  }

  /** Moves on by `dtMs`, as before. */
  predict(dtMs: number): void {
    this.#motion.predict(dtMs);
  }

  /** The camera moved: everything lies so many pixels further to the right and down. */
  shift(right: number, down: number): void {
    this.#motion.shift(right, down);
    this.#score.shift(right, down);
  }

  /** The picture has not changed: it stands still. */
  hold(): void {
    this.#motion.hold();
  }

  /** Looks for it near where it should be, and corrects its place by where it is. */
  follow(picture: LumaPicture): void {
    const template = this.#template;
    if (!template) return;
    const motion = this.#motion;
    const found = this.#find(picture, template);
    this.correlation = found.correlation;
    const size = motion.size;
    const scale = this.#scale();
    const missX = Math.abs(found.x + this.#offsetX * scale - motion.x.value);
    const missY = Math.abs(found.y + this.#offsetY * scale - motion.y.value);
    const slack = 0.05 * size + 1;
    const near = missX < 3.5 * motion.x.drift + slack && missY < 3.5 * motion.y.drift + slack;
    if (found.correlation <= FOUND || !near) {
      this.lost++;
      return;
    }
    this.lost = 0;
    const doubt = 1 + 15 * (1 - found.correlation);
    const variance = ((FOLLOW_JITTER * size) ** 2 + FOLLOW_PIXELS ** 2) * doubt;
    motion.x.follow(found.x + this.#offsetX * found.scale, variance);
    motion.y.follow(found.y + this.#offsetY * found.scale, variance);
    const grown = Math.log(found.scale);
    const scaleVariance = FOLLOW_SCALE ** 2 * doubt * (1 + (12 / size) ** 2);
    if (!motion.isCutAcross) motion.logWidth.follow(this.#baseWidth + grown, scaleVariance);
    if (!motion.isCutDown) motion.logHeight.follow(this.#baseHeight + grown, scaleVariance);
  }

  /** An inference saw it; row as in the constructor. `weak`: below the report threshold. */
  detect(data: Float32Array, at: number, weak: boolean): void {
    this.#motion.detect(data, at, weak);
    if (!weak) this.#teach(data, at);
    this.#votes.vote(data[at + 5]!, data[at + 4]!);
    this.#scored(data[at + 4]!);
    this.hits++;
    this.missed = 0;
    this.lost = 0;
    this.correlation = 1;
  }

  /** Its look is of a picture long past: until an inference shows it anew, it goes on as before. */
  unanchor(): void {
    this.#template = null;
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
    const { x, y, logWidth, logHeight } = this.#motion;
    this.#template = new Template(picture, x1, y1, x2, y2);
    this.#offsetX = x.value - this.#template.x;
    this.#offsetY = y.value - this.#template.y;
    this.#baseWidth = logWidth.value;
    this.#baseHeight = logHeight.value;
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

  /** How much larger it is than when the template was taken. */
  #scale(): number {
    const { logWidth, logHeight } = this.#motion;
    return Math.exp((logWidth.value - this.#baseWidth + logHeight.value - this.#baseHeight) / 2);
  }

  #find(picture: LumaPicture, template: Template): TemplatePlace {
    const motion = this.#motion;
    const scale = this.#scale();
    const x = motion.x.value - this.#offsetX * scale;
    const y = motion.y.value - this.#offsetY * scale;
    const near = template.align(picture, x, y, scale);
    if (near.correlation >= DOUBTFUL) return near;
    const size = motion.size;
    const rangeX = Math.ceil(Math.min(2 * size, 3 * motion.x.drift + 1));
    const rangeY = Math.ceil(Math.min(2 * size, 3 * motion.y.drift + 1));
    if (rangeX <= 2 && rangeY <= 2) return near;
    const step = Math.max(1, Math.round(size / 14), Math.round(Math.max(rangeX, rangeY) / 12));
    const seen = template.search(picture, x, y, scale, rangeX, rangeY, step);
    if (seen.correlation <= near.correlation - 0.1) return near;
    const far = template.align(picture, seen.x, seen.y, scale);
    return far.correlation > near.correlation ? far : near;
  }

  /** It tells of itself at each place once: one that stands would be all that is known. */
  #teach(data: Float32Array, at: number): void {
    if (this.#places === null) return;
    const { sizes, motion: ways } = this.#places;
    const motion = this.#motion;
    const [width, height] = [data[at + 2]! - data[at]!, data[at + 3]! - data[at + 1]!];
    const [x, y] = [data[at]! + width / 2, data[at + 1]! + height / 2];
    if (Math.hypot(x - this.#toldX, y - this.#toldY) < TOLD_AGAIN * Math.sqrt(width * height)) return;
    this.#toldX = x;
    this.#toldY = y;
    if (!motion.isCutAcross && !motion.isCutDown) sizes.learn(x, y, width, height);
    if (this.hits >= SPEED_KNOWN) ways.learn(x, y, motion.x.velocity / motion.size, motion.y.velocity / motion.size);
  }

  #scored(score: number): void {
    const { x, y, size } = this.#motion;
    this.#score.measure(score, x.value, y.value, size);
  }
}

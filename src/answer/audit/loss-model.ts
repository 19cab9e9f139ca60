/** How the loss of one class of answers depends on the age of the inference behind them, before anything was measured. */
export interface LossShape {
  /** Loss grows as age to this power: 0 for answers that do not wear out. */
  readonly exponent: number;
  /** Expected loss at 300 ms, 0..1. */
  readonly priorLoss: number;
  /** Expected ratio of the true loss to the one that scheduled inferences show. */
  readonly priorRatio: number;
}

export interface LossEstimate {
  /** Errors per 2TP + FP + FN, 0..1: what F1 is below 1. */
  readonly loss: number;
  /** Relative standard deviation of `loss`: that of its logarithm. */
  readonly spread: number;
  /** 2TP + FP + FN of the recent answers together: their weight among all. */
  readonly size: number;
}

/** Age at which the shape is 1. */
const UNIT_AGE_MS = 300;
/** An answer older than about 3 s is not expected to become still worse. */
const LARGEST_SHAPE = 20;
const LARGEST_LOSS = 0.95;
/** Spread of the true ratio around `priorRatio`. */
const RATIO_SPREAD = 0.5;
/** Errors that the expected loss counts for. */
const PRIOR_ERRORS = 1;
/** A scheduled inference counts with at most so many times the errors expected of it, and a few. */
const OUTLIER = 4;
const FREE_ERRORS = 2;
const PRIOR_DISPERSION = 2;
const PRIOR_DISPERSION_WEIGHT = 10;
const MAX_DISPERSION = 8;
const MAX_DEVIATION = 25;
/** Audits of nothing that the mean number of unseen boxes starts from. */
const UNSEEN_AUDITS = 5;
/** Boxes that an empty answer counts as, so that ages have a mean on an empty road too. */
const EMPTY_BOXES = 0.1;

/**
 * The loss of one class of answers, from two kinds of evidence. All of it is kept in sums that fade, so that it takes no
 * room and no time whatever the length of the run.
 *
 *   shape(a) = (a / 300 ms)^exponent, loss at age a = ratio × amplitude × shape(a)
 *
 * 1. *Scheduled* inferences are many and cheap, but each is at the worst age of its cycle, and some were asked for because
 *    something was wrong. They give the amplitude: errors ÷ Σ shape × size, as errors in boxes scatter in proportion to
 *    their mean (quasi-Poisson); one inference is held to four times its expected errors, and a prior of one error keeps
 *    the start sane. That, averaged over the ages of the answers actually given, is the model's loss. Random audits need
 *    not be spread evenly over the ages for it to hold.
 * 2. *Random* audits are few but fair. They say by which ratio the model is off: a gamma prior (mean `priorRatio`,
 *    relative spread 0.5, wider while the amplitude is itself uncertain) and quasi-Poisson errors give
 *    ratio = (errors + k × priorRatio) ÷ (errors the model expected of these audits + k), k = dispersion ÷ prior variance.
 *    With few errors seen the model speaks, with many the audits do, each with the weight of its variance.
 *
 * The ratio multiplies, so that a change of the ages (shorter intervals) shows in the estimate at once, long before there
 * are new audits. Relative variance: dispersion ÷ (errors + k × priorRatio); the dispersion (how much more than Poisson
 * errors scatter: those of one frame come together) is measured too.
 */
export class LossModel {
  readonly #shape: LossShape;
  #priorAmplitude: number;
  // answers given lately
  #frames = 0;
  #boxes = 0;
  #shapedWeight = 0;
  #weight = 0;
  // scheduled inferences: errors, and Σ shape × size
  #scheduledErrors = 0;
  #scheduledShape = 0;
  #deviation = 0;
  #deviations = 0;
  // random audits: the same, how many, and boxes that the references have more than the answers
  #auditErrors = 0;
  #auditShape = 0;
  #audits = 0;
  #unseen = 0;

  constructor(shape: LossShape) {
    this.#shape = shape;
    this.#priorAmplitude = shape.priorLoss;
  }

  /** An answer was given with so many boxes. Called for every frame. */
  answered(ageMs: number, boxes: number): void {
    const weight = boxes + EMPTY_BOXES;
    this.#frames++;
    this.#boxes += boxes;
    this.#weight += weight;
    this.#shapedWeight += this.#shapeAt(ageMs) * weight;
  }

  /** An ordinary inference showed what an answer of that age would have been. `size`: 2TP + FP + FN; `errors`: FP + FN. */
  scheduled(ageMs: number, errors: number, size: number): void {
    const shape = this.#shapeAt(ageMs) * size;
    const expected = this.#amplitude * shape;
    this.#scheduledErrors += Math.min(errors, OUTLIER * expected + FREE_ERRORS);
    this.#scheduledShape += shape;
    if (size === 0) return;
    const mean = Math.max(0.05, Math.min(LARGEST_LOSS * size, expected));
    this.#deviation += Math.min(MAX_DEVIATION, (errors - mean) ** 2 / mean);
    this.#deviations++;
  }

  /**
   * An answer picked at random was audited.
   *
   * @param unseen misses less false boxes
   * @param weight 1, or less where more than the usual share is audited
   */
  audited(ageMs: number, errors: number, size: number, unseen: number, weight: number): void {
    this.#auditErrors += errors * weight;
    this.#auditShape += this.#shapeAt(ageMs) * size * weight;
    this.#unseen += unseen * weight;
    this.#audits += weight;
  }

  /** Takes the loss that such answers had on other days as what to expect; null: the built-in one. */
  expect(loss: number | null): void {
    this.#priorAmplitude = loss === null ? this.#shape.priorLoss : loss / Math.max(0.05, this.#meanShape);
  }

  /** What was measured counts less from now on: evidence by one factor, the answers given by another; 0..1. */
  fade(evidence: number, answers: number): void {
    this.#scheduledErrors *= evidence;
    this.#scheduledShape *= evidence;
    this.#deviation *= evidence;
    this.#deviations *= evidence;
    this.#auditErrors *= evidence;
    this.#auditShape *= evidence;
    this.#audits *= evidence;
    this.#unseen *= evidence;
    this.#frames *= answers;
    this.#boxes *= answers;
    this.#shapedWeight *= answers;
    this.#weight *= answers;
  }

  /** Random audits that still count. */
  get audits(): number {
    return this.#audits;
  }

  /** Whether anything was measured. */
  get hasEvidence(): boolean {
    return this.#audits > 0 || this.#deviations > 0;
  }

  /** Answers that still count. */
  get frames(): number {
    return this.#frames;
  }

  estimate(): LossEstimate {
    const { priorRatio } = this.#shape;
    const amplitude = this.#amplitude;
    const dispersion = this.#dispersion;
    const priorVariance = RATIO_SPREAD ** 2 + dispersion / (this.#scheduledErrors + PRIOR_ERRORS);
    const k = dispersion / priorVariance;
    const ratio = (this.#auditErrors + k * priorRatio) / (amplitude * this.#auditShape + k);
    const unseen = Math.max(0, this.#unseen / (this.#audits + UNSEEN_AUDITS));
    return {
      loss: Math.min(LARGEST_LOSS, ratio * amplitude * this.#meanShape),
      spread: Math.sqrt(dispersion / (this.#auditErrors + k * priorRatio)),
      size: 2 * this.#boxes + unseen * this.#frames,
    };
  }

  get #amplitude(): number {
    return (this.#scheduledErrors + PRIOR_ERRORS) / (this.#scheduledShape + PRIOR_ERRORS / this.#priorAmplitude);
  }

  get #meanShape(): number {
    return this.#weight > 0 ? this.#shapedWeight / this.#weight : 1;
  }

  get #dispersion(): number {
    const seen = PRIOR_DISPERSION * PRIOR_DISPERSION_WEIGHT + this.#deviation;
    return Math.min(MAX_DISPERSION, Math.max(1, seen / (PRIOR_DISPERSION_WEIGHT + this.#deviations)));
  }

  #shapeAt(ageMs: number): number {
    return Math.min(LARGEST_SHAPE, (Math.max(0, ageMs) / UNIT_AGE_MS) ** this.#shape.exponent);
  }
}

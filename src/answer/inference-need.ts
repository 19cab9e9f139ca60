import type { InferenceReason } from '../frame/inference-reason.js';

/** Errors expected of vehicles that stand, and of those that move. */
export interface TrackErrors {
  readonly standing: number;
  readonly moving: number;
}

export interface SceneReading {
  /** ms since the last inference, or the scene recalled in its place: since when errors add up. */
  readonly ageMs: number;
  /** ms since the last inference. */
  readonly inferredMs: number;
  /** Errors that the tracks expect of themselves (`Tracks.expectedErrors`). */
  readonly trackErrors: TrackErrors;
  /** Unknown vehicles that moving regions announce (`MovingRegions.find`). */
  readonly announced: number;
  /** ms after which it is inferred in any case. */
  readonly maxAgeMs: number;
}

export interface Need {
  readonly reason: InferenceReason | null;
  /** Errors (missed and false boxes) to expect in an answer without inference. */
  readonly expectedErrors: number;
}

/** What an inference showed of the answer that would have been given without it. */
export interface Lesson {
  readonly ageMs: number;
  /** As it was in the reading. */
  readonly trackErrors: TrackErrors;
  /** Missed and false boxes of the answer, without those of unknown vehicles. */
  readonly errors: number;
  /** Unknown vehicles that no region had announced. */
  readonly silentEntries: number;
  /** Boxes of the inference. */
  readonly vehicles: number;
}

/** Under this many errors no frame is inferred for, or an empty road would be inferred for ever. */
const LEAST_ERRORS = 0.1;
/** Errors at the end of a run of answers are this many times those in its middle. */
const END_TO_MEAN = 2;
/** Lessons about the tracks' own expectation fade by this at each inference, and the first weigh against this many errors. */
const KEEP = 0.9;
const PRIOR = 2;
/**
 * Unannounced entries per second at the start, for each vehicle there and one more (who stays for ten seconds is followed by a
 * tenth of a vehicle per second, and regions announce most of them); over how many seconds they are averaged, and vehicles over
 * how many ms.
 */
const FIRST_ENTRIES = 0.03;
const ENTRIES_OVER_S = 5;
const VEHICLES_OVER_MS = 5000;

/**
 * When an inference is due: as soon as the answer without it is expected to have more errors than the allowed loss leaves
 * room for. Expected are
 *
 *   Σ factor × what each track expects of itself + entries/s × age + Σ chance of each moving region,
 *
 * where the factors and the entries that nothing announced are measured at every inference, against the answer that would
 * have been given. Vehicles that stand and those that move have a factor each: what a queue taught while it stood says
 * nothing of how well it will be followed once it drives. So the interval follows from what is before the camera: a fixed
 * threshold on the errors *now*, rather than on their mean, buys the most accuracy per inference (it is the marginal value
 * theorem: stop when the rate at the moment reaches the long-run average).
 */
export class InferenceNeed {
  /** Mean share of errors allowed (1 - F1). */
  allowedLoss: number;
  readonly #standing = new Experience();
  readonly #moving = new Experience();
  #entriesPerS = 0;
  #vehicles: number | null = null;

  constructor(allowedLoss: number) {
    this.allowedLoss = allowedLoss;
  }

  /** Mean number of vehicles; null before the first inference. */
  get vehicles(): number | null {
    return this.#vehicles;
  }

  assess({ ageMs, inferredMs, trackErrors, announced, maxAgeMs }: SceneReading): Need {
    const vehicles = this.#standing.factor * trackErrors.standing + this.#moving.factor * trackErrors.moving;
    const entries = (this.#entriesPerS * ageMs) / 1000;
    const expectedErrors = vehicles + entries + announced;
    if (this.#vehicles === null) return { reason: 'first', expectedErrors };
    if (this.allowedLoss <= 0) return { reason: 'every-frame', expectedErrors };
    // F1 = 1 - errors / (2 × found + errors): two boxes, the output's and the reference's, per vehicle
    const most = Math.max(LEAST_ERRORS, END_TO_MEAN * this.allowedLoss * 2 * this.#vehicles);
    if (expectedErrors < most) return { reason: inferredMs >= maxAgeMs ? 'age' : null, expectedErrors };
    if (vehicles >= entries && vehicles >= announced) return { reason: 'vehicles', expectedErrors };
    return { reason: entries >= announced ? 'entry' : 'region', expectedErrors };
  }

  /** A frame was inferred and nobody looked at it. How many come in unnoticed is measured anew when somebody does. */
  rested(vehicles: number, ageMs: number): void {
    this.#entriesPerS = Math.min(this.#entriesPerS, firstEntries(vehicles));
    this.#count(vehicles, ageMs);
  }

  learn({ ageMs, trackErrors, errors, silentEntries, vehicles }: Lesson): void {
    const standing = this.#standing.factor * trackErrors.standing;
    const moving = this.#moving.factor * trackErrors.moving;
    // nobody knows whose errors they were: each kind has its part as it was expected
    const share = standing + moving > 0 ? standing / (standing + moving) : 0.5;
    this.#standing.learn(share * errors, trackErrors.standing);
    this.#moving.learn((1 - share) * errors, trackErrors.moving);
    if (this.#vehicles === null) this.#entriesPerS = firstEntries(vehicles);
    this.#entriesPerS = (this.#entriesPerS * ENTRIES_OVER_S + silentEntries) / (ENTRIES_OVER_S + ageMs / 1000);
    this.#count(vehicles, ageMs);
  }

  #count(vehicles: number, ageMs: number): void {
    if (this.#vehicles === null) this.#vehicles = vehicles;
    else this.#vehicles += Math.min(0.5, ageMs / VEHICLES_OVER_MS) * (vehicles - this.#vehicles);
  }
}

/** How many errors there were for each that was expected. */
class Experience {
  #errors = 0;
  #expected = 0;

  get factor(): number {
    return (this.#errors + PRIOR) / (this.#expected + PRIOR);
  }

  learn(errors: number, expected: number): void {
    this.#errors = this.#errors * KEEP + errors;
    this.#expected = this.#expected * KEEP + expected;
  }
}

const firstEntries = (vehicles: number): number => FIRST_ENTRIES * (1 + vehicles);

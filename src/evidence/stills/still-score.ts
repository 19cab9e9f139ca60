/** What is seen of a vehicle in one picture, as far as a still of it is good or bad. */
export interface StillView {
  /** Share of the picture that its box covers, 0..1. */
  readonly area: number;
  /** Share of its box that nearer vehicles cover, 0..1. */
  readonly hidden: number;
  /** Whether no edge of the picture cuts it off. */
  readonly whole: boolean;
  /** 0 a blur … 1 crisp. */
  readonly sharpness: number;
  /** Of its box, 0..1. */
  readonly score: number;
  /** Whether this very picture was inferred: a box from anywhere else lies less well. */
  readonly inferred: boolean;
}

/** A vehicle that takes this share of the picture, a third of its width and height, is as large as one need be. */
const FULL_AREA = 1 / 9;
/** What is left of the worth of a vehicle that an edge cuts off: the part that is wanted may be the one that is missing. */
const CUT_OFF = 0.35;
const NOT_INFERRED = 0.85;
/** A blurred large picture still shows what kind of vehicle it is. */
const LEAST_FOR_SHARPNESS = 0.4;
const LEAST_FOR_SCORE = 0.5;

/** How good a still of the vehicle this picture would make, 0..1: large, sharp, not hidden, whole. */
export function stillScore(view: StillView): number {
  return boundOnScore(view) * (LEAST_FOR_SHARPNESS + (1 - LEAST_FOR_SHARPNESS) * view.sharpness);
}

/** The score that it could have at best, were it quite sharp: without a look at any pixel. */
export function boundOnScore({ area, hidden, whole, score, inferred }: Omit<StillView, 'sharpness'>): number {
  return (
    Math.sqrt(Math.min(1, area / FULL_AREA)) *
    (1 - hidden) *
    (whole ? 1 : CUT_OFF) *
    (LEAST_FOR_SCORE + (1 - LEAST_FOR_SCORE) * score) *
    (inferred ? 1 : NOT_INFERRED)
  );
}

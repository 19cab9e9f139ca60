import type { KnownPoint } from '../operating-point.js';
import { KindRegression } from './kind-regression.js';

/** F1 that is lost where a scene gets what it asks for: tracks are not boxes. */
const LOST_ANYWAY = 0.01;
/** F1 that is lost where it gets half of what it asks for, and for each second more that boxes are carried on. */
const LOST_PER_TURN = 0.012;
const LOST_PER_S = 0.02;
const READING_SD = 0.015;
/** Inferences a second below which a scene asks for none. */
const NONE = 0.01;
/** Turns and seconds beyond which nothing is left to lose. */
const MOST_TURNS = 60;
const MOST_S = 60;
/** Loss up to which it goes in a straight line. */
const BEND = 0.2;
const DAY_S = 86_400;

/** How old the inferences behind answers are, over all frames, beyond what the scenes ask for. */
export interface Age {
  /** Inferences that were asked for and not made, for each one that was. */
  turns: number;
  /** s between two inferences beyond those that the scene wants between them. */
  seconds: number;
}

/** Adds the age of one camera's answers, `weight` times. */
export function addAge(wantedPerS: number, perS: number, weight: number, into: Age): void {
  if (!(wantedPerS > NONE)) return;
  const got = Math.max(perS, wantedPerS / (1 + MOST_TURNS));
  into.turns += weight * Math.max(0, wantedPerS / got - 1);
  into.seconds += weight * Math.min(MOST_S, Math.max(0, 1 / got - 1 / wantedPerS));
}

/**
 * What answering without inference costs in F1, by how old the inferences behind the answers are, learnt from the audits.
 *
 * Lost = a + b · turns + c · seconds + what this kind of point loses beside that. Scenes ask the more often the faster they
 * change, so turns count what they miss; a scene that is asked every frame, whatever it shows, is better told by seconds.
 * Which of the two it is shows in what the audits find under different intervals. A kind that lost accuracy shows in its own part.
 */
export class Staleness {
  readonly regression = new KindRegression(
    [
      { start: LOST_ANYWAY, sd: 0.01, drift: 0.0005, returnS: DAY_S, least: 0, most: 0.5, jumps: false },
      { start: LOST_PER_TURN, sd: 0.02, drift: 0.0004, returnS: DAY_S, least: 0.0005, most: 0.3, jumps: false },
      { start: LOST_PER_S, sd: 0.03, drift: 0.0006, returnS: DAY_S, least: 0, most: 0.5, jumps: false },
    ],
    () => ({ start: 0, sd: 0.01, drift: 0.001, returnS: 2 * DAY_S, least: -0.02, most: 0.9, jumps: true }),
  );

  /** Learns from what the audits found at a point. */
  learn(point: KnownPoint, age: Age, keptF1: number): void {
    if (keptF1 >= 0 && keptF1 <= 1) this.regression.learn(this.#rowOf(point, age), straight(1 - keptF1), READING_SD);
  }

  /** Share of the accuracy that is lost at a point, 0..1. */
  lost(point: KnownPoint, age: Age): number {
    return bent(this.regression.expect(this.#rowOf(point, age)));
  }

  #rowOf(point: KnownPoint, { turns, seconds }: Age): Float64Array {
    const row = this.regression.row(point, 1);
    row[0] = 1;
    row[1] = turns;
    row[2] = seconds;
    return row;
  }
}

/** A straight loss as it is had: no more than everything is ever lost. */
function bent(loss: number): number {
  return loss < BEND ? Math.max(0, loss) : 1 - (1 - BEND) * Math.exp(-(loss - BEND) / (1 - BEND));
}

/** The other way round. */
function straight(loss: number): number {
  return loss < BEND ? loss : BEND - (1 - BEND) * Math.log(Math.max(1e-3, 1 - loss) / (1 - BEND));
}

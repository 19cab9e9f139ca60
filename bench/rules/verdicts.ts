import { type Box, iou } from '../../src/frame/box.js';
import { OFFENCES, type Offence } from '../../src/frame/offence.js';
import type { Road } from '../../src/simulator/road.js';
import { boxOf, type ExpectedAct } from './true-acts.js';

/** Somebody was told to have offended, in a frame of the road. */
export interface ToldInfraction {
  readonly offence: Offence;
  readonly box: Box;
  readonly frame: number;
}

/** How often a contender was right about one offence. */
export interface Score {
  right: number;
  wrong: number;
  missed: number;
  /** From the act to the event, s. */
  delays: number[];
}

const LEAST_IOU = 0.25;
/** An event this long before its act, or after it, is not about it, ms. */
const EARLIEST_MS = -4000;
const LATEST_MS = 30_000;

export function noScores(): Record<Offence, Score> {
  return Object.fromEntries(
    OFFENCES.map((offence) => [offence, { right: 0, wrong: 0, missed: 0, delays: [] }]),
  ) as unknown as Record<Offence, Score>;
}

/** Adds how often what was told is what was done: one event an act; a second one of it is wrong. */
export function judge(
  scores: Record<Offence, Score>,
  told: readonly ToldInfraction[],
  expected: readonly ExpectedAct[],
  road: Road,
  wrongly: (told: ToldInfraction, vehicle: number | null) => void = () => {},
  unseen: (act: ExpectedAct) => void = () => {},
): void {
  const done = new Set<ExpectedAct>();
  for (const one of told) {
    const score = scores[one.offence];
    const vehicle = whoIs(road, one);
    const now = road.sceneMs(one.frame);
    const own = expected.filter(
      (act) =>
        act.vehicle === vehicle &&
        act.offence === one.offence &&
        now - act.at > EARLIEST_MS &&
        now - act.at < LATEST_MS,
    );
    const act = own.find((candidate) => !done.has(candidate));
    if (act === undefined) {
      if (own.some(({ isOpen }) => isOpen)) continue;
      score.wrong++;
      wrongly(one, vehicle);
      continue;
    }
    done.add(act);
    if (act.isOpen) continue;
    score.right++;
    score.delays.push((now - act.at) / 1000);
  }
  for (const act of expected) {
    if (act.isOpen || done.has(act)) continue;
    scores[act.offence].missed++;
    unseen(act);
  }
}

/** The vehicle that a box is about; null: none that is there. */
function whoIs(road: Road, { frame, box }: ToldInfraction): number | null {
  const { count, data, ids } = road.truth(frame);
  let best: number | null = null;
  let most = LEAST_IOU;
  for (let row = 0; row < count; row++) {
    const common = iou(box, 0, boxOf(data, row), 0);
    if (common > most) [best, most] = [ids[row]!, common];
  }
  return best;
}

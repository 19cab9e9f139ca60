import { type Box, iou } from '../../src/frame/box.js';
import { OFFENCES, type Offence } from '../../src/frame/offence.js';
import type { FilmedFrame, FilmedRoad } from './filmed-road.js';
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
  /** Of the missed, vehicles that the detector does not find even where every frame is inferred. */
  undetected: number;
  /** Acts that are judged neither way: near a limit of the rule; not to be seen well, and how many of these were told. */
  limit: number;
  unclear: number;
  unclearTold: number;
  /** From the act to the event, s. */
  delays: number[];
}

const LEAST_IOU = 0.25;
/** An event this long before its act, or after it, is not about it, ms. */
const EARLIEST_MS = -4000;
const LATEST_MS = 30_000;

export function noScores(): Record<Offence, Score> {
  return Object.fromEntries(
    OFFENCES.map((offence) => [
      offence,
      { right: 0, wrong: 0, missed: 0, undetected: 0, limit: 0, unclear: 0, unclearTold: 0, delays: [] },
    ]),
  ) as unknown as Record<Offence, Score>;
}

/** Adds how often what was told is what was done: one event an act; a second one of it is wrong. */
export function judge(
  scores: Record<Offence, Score>,
  told: readonly ToldInfraction[],
  expected: readonly ExpectedAct[],
  { frames }: Pick<FilmedRoad, 'frames'>,
  wrongly: (told: ToldInfraction, vehicle: number | null) => void = () => {},
  unseen: (act: ExpectedAct) => void = () => {},
): void {
  const done = new Set<ExpectedAct>();
  for (const one of told) {
    const score = scores[one.offence];
    const { truth, sceneMs: now } = frames[one.frame]!;
    const vehicle = whoIs(truth, one);
    const own = expected.filter(
      (act) =>
        act.vehicle === vehicle &&
        act.offence === one.offence &&
        now - Math.min(act.at, act.from) > EARLIEST_MS &&
        (now - act.at < LATEST_MS || now < act.until),
    );
    const act = own.find((candidate) => !done.has(candidate));
    if (act === undefined) {
      if (own.some(({ doubt }) => doubt !== null)) continue;
      score.wrong++;
      wrongly(one, vehicle);
      continue;
    }
    done.add(act);
    if (act.doubt === 'unclear') score.unclearTold++;
    if (act.doubt !== null) continue;
    score.right++;
    score.delays.push((now - act.at) / 1000);
  }
  for (const act of expected) {
    if (act.doubt !== null) scores[act.offence][act.doubt]++;
    if (act.doubt !== null || done.has(act)) continue;
    scores[act.offence].missed++;
    if (!act.isDetected) scores[act.offence].undetected++;
    unseen(act);
  }
}

/** The vehicle that a box is about; null: none that is there. */
function whoIs({ count, data, ids }: FilmedFrame['truth'], { box }: ToldInfraction): number | null {
  let best: number | null = null;
  let most = LEAST_IOU;
  for (let row = 0; row < count; row++) {
    const common = iou(box, 0, boxOf(data, row), 0);
    if (common > most) [best, most] = [ids[row]!, common];
  }
  return best;
}

import { CameraEvents } from '../../src/events/camera-events.js';
import { SignalStates } from '../../src/events/rules/signal-states.js';
import type { Offence } from '../../src/frame/offence.js';
import type { FilmedRoad } from './filmed-road.js';
import { NaiveRules } from './naive-rules.js';
import { SIGNAL } from './ruled-road.js';
import { type ExpectedAct, TrueActs } from './true-acts.js';
import { judge, noScores, type Score, type ToldInfraction } from './verdicts.js';

const CLASSES = ['car', 'truck', 'bus', 'motorcycle', 'bicycle', 'person'];
const SAYS_EVERY_MS = 1000;

/** Who watches the road. */
export type Contender = 'ours' | 'naive';

/** Where what is wrong and what is missing can be looked at. */
export interface Listener {
  wrong(contender: Contender, told: ToldInfraction, vehicle: number | null): void;
  missed(contender: Contender, act: ExpectedAct): void;
}

/** How right both were about a road. */
export function judgeRoad(road: FilmedRoad, listener?: Listener): Record<Contender, Record<Offence, Score>> {
  const { frames } = road;
  const truth = new TrueActs(road);
  for (const frame of frames) truth.see(frame.truth, frame.sceneMs, frame.boxes);
  const expected = truth.expected(frames.at(-1)!.sceneMs);
  const scores = { ours: noScores(), naive: noScores() };
  const told = { ours: toldByProgram(road), naive: toldByScript(road) };
  for (const contender of ['ours', 'naive'] as const) {
    judge(
      scores[contender],
      told[contender],
      expected,
      road,
      (one, vehicle) => listener?.wrong(contender, one, vehicle),
      (act) => listener?.missed(contender, act),
    );
  }
  return scores;
}

/** What the program tells, which hears of the signal once a second. */
function toldByProgram({ camera, frames }: FilmedRoad): ToldInfraction[] {
  const signals = new SignalStates([SIGNAL]);
  const events = new CameraEvents({ camera, classes: CLASSES, maxEventsPerSecond: 10_000, signals });
  let saidAt = Number.NEGATIVE_INFINITY;
  return frames.flatMap(({ sceneMs, signal, result }, frame) => {
    const now = result.capturedAt;
    if (signal !== null && sceneMs - saidAt >= SAYS_EVERY_MS) {
      saidAt = sceneMs;
      signals.say(SIGNAL, signal.state, now, now - (sceneMs - signal.sinceMs));
    }
    return events.push(result, { sceneMs, now, steady: sceneMs }).flatMap((event): ToldInfraction[] => {
      if (event.kind !== 'infraction') return [];
      return [{ offence: event.offence, box: event.vehicle.box as ToldInfraction['box'], frame }];
    });
  });
}

function toldByScript({ camera, width, height, frames }: FilmedRoad): ToldInfraction[] {
  const naive = new NaiveRules(camera, width, height);
  return frames.flatMap(({ boxes, sceneMs, signal }, frame) =>
    naive.push(boxes, sceneMs, signal).map((one) => ({ ...one, frame })),
  );
}

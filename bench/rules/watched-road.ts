import { type Eye, film, sceneFor } from '../../scripts/answering-pictures/answered.js';
import { CameraEvents } from '../../src/events/camera-events.js';
import { SignalStates } from '../../src/events/rules/signal-states.js';
import type { Offence } from '../../src/frame/offence.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { NaiveRules } from './naive-rules.js';
import { ruledRoad, SIGNAL } from './ruled-road.js';
import { type ExpectedAct, TrueActs } from './true-acts.js';
import { judge, type Score, type ToldInfraction } from './verdicts.js';

const CLASSES = ['car', 'truck', 'bus', 'motorcycle', 'bicycle', 'person'];
const SAYS_EVERY_MS = 1000;

/** Where what is wrong and what is missing can be looked at. */
export interface Listener {
  wrong(contender: 'ours' | 'naive', told: ToldInfraction, vehicle: number | null): void;
  missed(contender: 'ours' | 'naive', act: ExpectedAct): void;
}

/** Watches one road as the program does and as the rival does, and adds to the scores of both. */
export async function watchRoad(
  url: string,
  seconds: number,
  eye: Pick<Eye, 'infer' | 'thresholds'>,
  scores: Record<'ours' | 'naive', Record<Offence, Score>>,
  listener?: Listener,
): Promise<{ frames: number; inferred: number }> {
  const road = new Road(parseSimulatorUrl(url));
  const camera = ruledRoad(road);
  const truth = new TrueActs(camera, road);
  const signals = new SignalStates([SIGNAL]);
  const events = new CameraEvents({ camera, classes: CLASSES, maxEventsPerSecond: 10_000, signals });
  const naive = new NaiveRules(camera, road.width, road.height);
  const told = { ours: [] as ToldInfraction[], naive: [] as ToldInfraction[] };
  const { scene, audit } = sceneFor(eye.thresholds);
  let frames = 0;
  let inferred = 0;
  let saidAt = Number.NEGATIVE_INFINITY;
  for (const frame of film(url, seconds)) {
    frames++;
    truth.see(road, frame.seq);
    const { camera: id, seq, capturedAt, sceneMs, sourceWidth, sourceHeight } = frame;
    const signal = road.signal(seq);
    if (signal !== null && sceneMs - saidAt >= SAYS_EVERY_MS) {
      saidAt = sceneMs;
      signals.say(SIGNAL, signal.state, capturedAt, capturedAt - (sceneMs - signal.sinceMs));
    }
    const found = await eye.infer(frame);
    for (const one of naive.push(strong(found, eye.thresholds), sceneMs, signal))
      told.naive.push({ ...one, frame: seq });
    scene.allowedLoss = audit.allowedLoss;
    const known = scene.look(frame);
    audit.review(capturedAt, sceneMs);
    if (known === null) inferred++;
    const { answer, comparison } = known === null ? scene.learn(found) : { answer: known, comparison: null };
    if (comparison) audit.scheduled(comparison, capturedAt);
    audit.answered(answer, capturedAt);
    scene.settle();
    const weight = known === null ? 0 : audit.picks(known, true, sceneMs);
    if (weight > 0) {
      inferred++;
      audit.audited(answer, found, weight, capturedAt);
    }
    const { detections, trackIds, origin, ageMs, confidence } = answer;
    const picture = { camera: id, seq, capturedAt, sceneMs, sourceWidth, sourceHeight, latencyMs: 0 };
    const by = { model: '', variant: '', provider: '' };
    const result = { ...picture, detections, trackIds, origin, ageMs, confidence, ...by };
    for (const event of events.push(result, { sceneMs, now: capturedAt, steady: sceneMs })) {
      if (event.kind !== 'infraction') continue;
      told.ours.push({
        offence: event.offence,
        box: event.vehicle.box as [number, number, number, number],
        frame: seq,
      });
    }
  }
  const expected = truth.expected((frames / road.fps) * 1000);
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
  return { frames, inferred };
}

/** Boxes that reach the threshold of their class: what a script gets. */
function strong({ data, count }: { data: Float32Array; count: number }, thresholds: readonly number[]) {
  const rows = Array.from({ length: count }, (_, i) => data.subarray(i * 6, i * 6 + 6)).filter(
    (row) => row[4]! >= thresholds[row[5]!]!,
  );
  return { count: rows.length, data: Float32Array.from(rows.flatMap((row) => [...row])) };
}

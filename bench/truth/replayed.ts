import { answeredFrames } from '../../scripts/answering-pictures/answered.js';
import { Agreement, addTally, agreementScores, emptyTally, f1 } from '../../src/answer/audit/agreement.js';
import type { TrackedBoxes } from '../../src/answer/tracking/tracks.js';
import { VehicleNumbers } from '../../src/answer/vehicle-numbers.js';
import { type Detections, STRIDE } from '../../src/frame/detections.js';
import type { Frame } from '../../src/frame/frame.js';
import type { Answer } from '../kpi/answers.js';
import { judgeByPeople, type Verdict } from './judge.js';
import type { JudgedTruth } from './sequence.js';

/** How right answers are that were made of the same inferences: those of every frame, and those that the program asked for. */
export interface Replayed {
  readonly everyFrame: Verdict;
  readonly asItComes: Verdict;
  /** Of the frames as it comes, 0..1. */
  readonly withoutInference: number;
  /** F1 of the answers as it comes against every frame inferred, as it is measured where nobody knows the truth. */
  readonly agreement: number;
}

/**
 * Infers every frame of a sequence once, and has the program answer it with the least inference.
 *
 * @param frames each is the giver's again when the next is asked for
 * @param eye whose boxes go down to weak ones
 */
export async function replayed(
  sequence: JudgedTruth,
  frames: Iterable<Frame> | AsyncIterable<Frame>,
  eye: { readonly thresholds: readonly number[]; infer(frame: Frame): Promise<Detections> },
): Promise<Replayed> {
  const { thresholds } = eye;
  const numbers = new VehicleNumbers(thresholds);
  const every: Answer[] = [];
  const ours: Answer[] = [];
  let found: Detections = { count: 0, data: new Float32Array(0) };
  async function* inferred(): AsyncGenerator<Frame> {
    for await (const frame of frames) {
      found = await eye.infer(frame);
      every.push(answerOf(frame.seq, numbers.number(frame, found)));
      yield frame;
    }
  }
  const agreement = new Agreement(agreementScores(Math.min(...thresholds)));
  const [sum, tally] = [emptyTally(), emptyTally()];
  let without = 0;
  for await (const { frame, answer, origin } of answeredFrames(inferred(), { thresholds, infer: async () => found })) {
    if (origin !== 'inferred') without++;
    agreement.compare(answer.detections, found, tally);
    addTally(sum, tally);
    ours.push(answerOf(frame.seq, answer));
  }
  return {
    everyFrame: judgeByPeople(every, sequence),
    asItComes: judgeByPeople(ours, sequence),
    withoutInference: ours.length === 0 ? 0 : without / ours.length,
    agreement: f1(sum),
  };
}

function answerOf(seq: number, { detections: { count, data }, trackIds }: TrackedBoxes): Answer {
  const detections = Array.from({ length: count }, (_, row) => [
    ...data.subarray(row * STRIDE, (row + 1) * STRIDE),
    trackIds[row]!,
  ]);
  return { seq, capturedAt: 0, latencyMs: 0, detections };
}

import { Agreement, addTally, agreementScores, emptyTally, f1, type Tally } from '../../src/answer/audit/agreement.js';
import type { Detections } from '../../src/frame/detections.js';
import type { Frame } from '../../src/frame/frame.js';
import type { Contender, Point } from './contender.js';

/** A contender and what it did so far. */
interface Run {
  readonly contender: Contender;
  readonly sum: Tally;
  inferred: number;
  inferences: number;
}

/**
 * Gives every frame of a clip to all contenders; each frame is inferred once, and who asks for it gets what was found.
 *
 * @param infer of the reference: boxes down to weak ones
 * @param reportThreshold score from which boxes are reported
 * @throws Error where there is no frame; what reading or inferring them throws
 */
export async function replay(
  clip: string,
  frames: AsyncIterable<Frame>,
  infer: (frame: Frame) => Promise<Detections>,
  contenders: readonly Contender[],
  reportThreshold: number,
): Promise<Point[]> {
  const runs: Run[] = contenders.map((contender) => ({ contender, sum: emptyTally(), inferred: 0, inferences: 0 }));
  const agreement = new Agreement(agreementScores(reportThreshold));
  const tally = emptyTally();
  let count = 0;
  let [first, last] = [0, 0];
  for await (const frame of frames) {
    const found = await infer(frame);
    if (count++ === 0) first = frame.sceneMs;
    last = frame.sceneMs;
    for (const run of runs) {
      const { boxes, isInferred } = run.contender.answer(frame, () => {
        run.inferences++;
        return found;
      });
      if (isInferred) run.inferred++;
      agreement.compare(boxes, found, tally);
      addTally(run.sum, tally);
    }
  }
  if (count === 0) throw new Error(`${clip} has no frame`);
  const seconds = count < 2 ? 0 : ((last - first) / 1000) * (count / (count - 1));
  return runs.map(({ contender: { family, setting }, sum, inferred, inferences }) => ({
    clip,
    family,
    setting,
    withoutInference: 1 - inferred / count,
    inferencesPerS: seconds === 0 ? 0 : inferences / seconds,
    f1: f1(sum),
  }));
}

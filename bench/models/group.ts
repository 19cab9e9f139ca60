import { explain } from '../../src/foundation/errors.js';
import type { FrameSet, Picture } from '../../src/pictures/frame-set.js';
import { type Accuracy, accuracyOf, boxesOn } from './accuracy.js';
import type { Contender } from './contender.js';
import { measureSpeed, type Speed, type SpeedOptions } from './speed.js';

/** A contender with all that was measured of it on the CPU. */
export interface Measured {
  readonly contender: Contender;
  readonly speed: Speed;
  readonly accuracy: Accuracy;
  /** On every frame, as `boxesOn` gives them. */
  readonly boxes: readonly Float32Array[];
}

export interface GroupParts {
  /** Labelled, to judge by. */
  readonly evaluation: FrameSet;
  /** To measure speed on. */
  readonly road: readonly Picture[];
  readonly speed: SpeedOptions;
  readonly say: (what: string) => void;
  /** Told of a contender that does not run. */
  readonly leaveOut: (contender: Contender, reason: string) => void;
}

/**
 * Measures contenders in common rounds: accuracy first, then speed, of those that run at all.
 * @param parent what they are compared with; measured with them and given first
 * @param parentBoxes of the parent, as `boxesOn` gives them
 */
export async function measureGroup(
  parent: Contender,
  parentBoxes: readonly Float32Array[],
  group: readonly Contender[],
  { evaluation, road, speed, say, leaveOut }: GroupParts,
): Promise<Measured[]> {
  const judge = (boxes: readonly Float32Array[]) => accuracyOf(parentBoxes, boxes, evaluation, parent.request);
  const judged = [{ contender: parent, boxes: parentBoxes, accuracy: await judge(parentBoxes) }];
  for (const contender of group) {
    say(`accuracy of ${contender.name}`);
    try {
      const boxes = await boxesOn(contender.request, evaluation);
      judged.push({ contender, boxes, accuracy: await judge(boxes) });
    } catch (error) {
      leaveOut(contender, explain(error));
    }
  }
  const requests = judged.map(({ contender }) => contender.request);
  say(`speed of ${judged.map(({ contender }) => contender.name).join(', ')}`);
  const speeds = await measureSpeed(requests, road, speed);
  return judged.map((one, i) => ({ ...one, speed: speeds[i]! }));
}

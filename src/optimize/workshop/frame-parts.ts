import { type FrameSet, splitFrames } from '../../pictures/frame-set.js';

/** Frames by what they are for; none has two purposes. */
export interface FrameParts {
  /** To find the ranges of values. */
  readonly calibration: FrameSet;
  /** To choose between ways to make a variant. */
  readonly validation: FrameSet;
  /** To judge what was chosen. */
  readonly heldBack: FrameSet;
}

const HELD_BACK = 1 / 3;
/** Of what is not held back. */
const VALIDATION = 1 / 3;

/** @param judgeOn frames that are only for judging; null: a third of `frames` */
export function splitForWorkshop(frames: FrameSet, judgeOn: FrameSet | null): FrameParts {
  const [rest, heldBack] = judgeOn ? [frames, judgeOn] : parts(frames, HELD_BACK);
  const [calibration, validation] = parts(rest, VALIDATION);
  return { calibration, validation, heldBack };
}

function parts(frames: FrameSet, share: number): [FrameSet, FrameSet] {
  if (frames.count < 2) return [frames, frames];
  const { calibration, heldBack } = splitFrames(frames, share);
  return [calibration, heldBack];
}

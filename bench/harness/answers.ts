import type { Eye } from '../../scripts/answering-pictures/answered.js';
import type { SceneAnswer } from '../../src/answer/scene-answer.js';
import type { Detections } from '../../src/frame/detections.js';
import type { Frame } from '../../src/frame/frame.js';
import type { FrameResult } from '../../src/frame/frame-result.js';

/** What the program would say of a frame. Boxes and numbers are those of the answer, which its scene uses again. */
export function resultOf(
  { camera, seq, capturedAt, sceneMs, sourceWidth, sourceHeight }: Frame,
  { detections, trackIds, origin, ageMs, confidence }: SceneAnswer,
): FrameResult {
  const frame = { camera, seq, capturedAt, sceneMs, sourceWidth, sourceHeight, latencyMs: 0 };
  const by = { model: '', variant: '', provider: '' };
  return { ...frame, detections, trackIds, origin, ageMs, confidence, ...by };
}

/** Infers the frame at hand once, however many ask for it. */
export function inferringOnce(eye: Pick<Eye, 'infer' | 'thresholds'>): Pick<Eye, 'infer' | 'thresholds'> {
  let last: Frame | null = null;
  let found: Promise<Detections> | null = null;
  return {
    thresholds: eye.thresholds,
    infer: (frame) => {
      if (frame !== last) [last, found] = [frame, eye.infer(frame)];
      return found!;
    },
  };
}

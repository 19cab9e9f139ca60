import { z } from '../../foundation/validate.js';
import { int, real, score } from '../key-types.js';

/** `answer`: how far frames are answered without inference. */
export const answer = z.strictObject({
  accuracyFloor: real(0.5, 1, {
    description:
      'F1 against inferring every frame that answers without inference must keep, as measured by the audit; 1 infers every frame.',
  }).default(0.97),
  auditShare: real(0, 1, {
    description: 'Share of the frames answered without inference that are inferred anyway, to measure the error.',
  }).default(0.02),
  maxAgeMs: int(100, 600_000, {
    unit: 'ms',
    description: 'Longest time without an inference while there is a vehicle in the picture.',
  }).default(2000),
  maxIdleAgeMs: int(100, 3_600_000, {
    unit: 'ms',
    description: 'Longest time without an inference while the picture is empty or stands still.',
  }).default(30_000),
  inferenceIntervalMs: int(0, 600_000, {
    unit: 'ms',
    description:
      'Time between two inferences of one camera at least; 0: as often as its scene asks. maxAgeMs and maxIdleAgeMs stand above it.',
  }).default(0),
  trackScore: score({
    description: 'Boxes from this score up keep a vehicle that was seen before; a new one needs model.scoreThreshold.',
  }).default(0.1),
  rememberedScenes: int(0, 100_000, {
    unit: 'scenes',
    description: 'Scenes kept per camera, to be recognised when they come again; 0 keeps none.',
  }).default(500),
});

import { z } from '../../foundation/validate.js';
import { int, score, text } from '../key-types.js';

/** `model`: the model that answers, and what it reports. */
export const model = z.strictObject({
  name: text({
    description:
      'Folder under model.dir; auto: of those that are there the one that is best within the budgets of tune, changed while it runs.',
  }).default('auto'),
  variant: text({
    description:
      'A variant id of its model.json; default: its first that was made for the first of detector.providers; auto: that to begin with, and while it runs the best one within the budgets of tune.',
  }).default('auto'),
  dir: text({ description: 'Where models are looked for; relative to the project folder.' }).default('models'),
  scoreThreshold: score({ description: 'Boxes under this score are not reported.' }).default(0.35),
  classThresholds: z
    .record(z.string(), z.number().min(0).max(1))
    .default({})
    .meta({ description: 'Score threshold per class name; replaces scoreThreshold for that class.' }),
  iouThreshold: score({
    description: 'Class-aware NMS: of two boxes of a class that overlap more than this, the weaker goes.',
  }).default(0.6),
  maxDetections: int(1, 1000, {
    unit: 'boxes',
    description: 'At most this many boxes per frame, the strongest first.',
  }).default(200),
  classes: z
    .array(z.string())
    .optional()
    .meta({ description: 'Report these class names only; unset reports those that its manifest names.' }),
});

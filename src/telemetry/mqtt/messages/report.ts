import { z } from '../../../foundation/validate.js';
import { head, identifier } from './head.js';

const share = z.number().min(0).max(1);

/** `report/accuracy`. */
export const accuracyReport = z.object({
  ...head,
  cameras: z.array(
    z.object({
      camera: identifier('Camera.'),
      hours: z
        .array(
          z.object({
            hour: z.int().min(0).max(23).meta({ description: "Of the day, by the device's clock." }),
            audits: z.number().min(0).meta({ description: 'Answers behind it; those of earlier days count less.' }),
            f1: share.nullable().meta({
              description:
                'Of answers without inference against inferences of the same frames; null where no audited frame had a vehicle.',
            }),
            propagationF1: share.nullable().meta({ description: 'The same of propagated answers alone.' }),
            wrongReuseRatio: share.nullable().meta({
              description: 'Share of the audited reused answers that were wrong; null where none was audited.',
            }),
          }),
        )
        .max(24)
        .meta({ description: 'The hours with audits.' }),
    }),
  ),
});

/** An accuracy report as its maker hands it in: the head is added when it is published. */
export type AccuracyReportPayload = Omit<z.infer<typeof accuracyReport>, keyof typeof head>;

import { z } from '../../../foundation/validate.js';
import { DURABLE_KINDS } from '../outbox.js';
import { numbered, topicLevel } from './head.js';

const share = z.number().min(0).max(1);

/** `report/accuracy`. */
export const accuracyReport = z.object({
  ...numbered,
  cameras: z.array(
    z.object({
      camera: topicLevel('Camera.'),
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

const streamName = z.string().meta({ description: 'As in the messages that are numbered in it.' });

/** `report/delivery`. */
export const deliveryReport = z.object({
  ...numbered,
  streams: z
    .array(
      z.object({
        stream: streamName,
        low: z.int().min(1).meta({
          description: 'Every message below this number was delivered to the broker or is told as given up.',
        }),
        next: z.int().min(1).meta({ description: 'No message had this number or a higher one when this was made.' }),
        ended: z.string().min(1).optional().meta({
          description:
            'Why nothing is numbered in this stream any more: disk-refused (it was kept in memory meanwhile), power-cut, machine-restarted, file-copied, file-lost.',
        }),
      }),
    )
    .meta({ description: 'Streams that this device numbers in, or has something left of.' }),
  dropped: z
    .array(
      z.object({
        stream: streamName,
        kind: z
          .enum([...DURABLE_KINDS, 'unknown'])
          .meta({ description: 'What was given up; unknown: the file was lost.' }),
        cause: z.string().min(1).meta({ description: 'Why.' }),
        from: z.int().min(1).meta({ description: 'The lowest number given up.' }),
        to: z.int().min(1).meta({ description: 'The highest number given up.' }),
        count: z
          .int()
          .min(1)
          .meta({ description: 'How many of the numbers between were given up; the others were not.' }),
      }),
    )
    .meta({ description: 'Given up since the previous report of this kind.' }),
});

/** An accuracy report as its maker hands it in: the head is added when it is published. */
export type AccuracyReportPayload = Omit<z.infer<typeof accuracyReport>, keyof typeof numbered>;

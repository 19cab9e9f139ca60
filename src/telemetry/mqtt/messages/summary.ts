import { z } from '../../../foundation/validate.js';
import { numbered } from './head.js';

const column = (description: string) =>
  z.array(z.number().nullable()).min(1).max(1440).optional().meta({ description });

/** `summary`: some metrics minute by minute, several minutes in a message. */
export const summary = z.object({
  ...numbered,
  from: z.int().min(0).meta({ description: 'Unix ms at which the first step begins.' }),
  stepS: z.int().min(1).meta({ description: 'Length of a step in seconds.' }),
  steps: z.int().min(1).max(1440).meta({ description: 'How many steps; each column has as many numbers.' }),
  metrics: z
    .record(
      z.string(),
      z.object({
        min: column('Lowest value of each step.'),
        mean: column('Mean of each step; of a counter, how much it grew per second.'),
        max: column('Highest value of each step.'),
        p95: column('95th percentile of each step.'),
      }),
    )
    .meta({ description: 'Columns by metric; null where there was no reading.' }),
});

/** A summary as its maker hands it in: the head is added when it is published. */
export type SummaryPayload = Omit<z.infer<typeof summary>, keyof typeof numbered>;

import { z } from '../../../foundation/validate.js';
import { numbered, topicLevel } from './head.js';

const byClass = z.record(z.string(), z.int().min(1));
const moment = (description: string) => z.int().min(0).meta({ description });

const total = z.int().min(0);

const totals = z.object({
  lines: z
    .record(
      z.string(),
      z.object({
        since: moment('Unix ms since when it is counted.'),
        crossed: z.record(z.string(), total).meta({ description: 'Vehicles of all classes by direction.' }),
      }),
    )
    .optional(),
  zones: z
    .record(z.string(), z.object({ since: moment('Unix ms since when it is counted.'), entered: total, exited: total }))
    .optional(),
});

const zoneCounts = z.object({
  entered: byClass.meta({ description: 'Vehicles that came in, by class; classes without any are absent.' }),
  exited: byClass.meta({ description: 'Vehicles that went out, by class.' }),
  occupancy: z.number().min(0).nullable().meta({
    description: 'Vehicles in the zone at a time, on average over the time that was seen.',
  }),
  maxOccupancy: z.int().min(0).meta({ description: 'Most vehicles in it at a time.' }),
  dwellMs: z.number().min(0).nullable().meta({
    description: 'How long those that went out had been in it, on average, in ms; null where none went out.',
  }),
});

/** `traffic/<camera>`: what was counted in one interval. */
export const traffic = z.object({
  ...numbered,
  camera: topicLevel('Camera that counted.'),
  from: moment('Unix ms at which the interval begins, on the minute.'),
  intervalS: z.int().min(1).meta({ description: 'Length of the interval in seconds.' }),
  part: z.int().min(1).optional().meta({
    description:
      'The second and later messages of an interval, where the clock was set back into it; counts of all of them add up.',
  }),
  coverage: z.number().min(0).max(1).meta({
    description:
      'Share of the interval in which the camera was seen. Below 1 vehicles may have passed uncounted; 0: nothing is known.',
  }),
  lines: z
    .record(z.string(), z.record(z.string(), byClass))
    .nullable()
    .meta({ description: 'Vehicles by line, direction and class; null where coverage is 0.' }),
  zones: z.record(z.string(), zoneCounts).nullable().meta({ description: 'By zone; null where coverage is 0.' }),
  rules: z.record(z.string(), byClass).optional().meta({
    description:
      'Vehicles that broke a rule, by rule and class; absent of a camera without rules, and where coverage is 0.',
  }),
  totals: totals.meta({ description: 'By line and zone over all runs of the program, when the message was made.' }),
  eventsLeftOut: z.int().min(1).optional().meta({
    description: 'Events of the interval that were not published because of publish.dailyBytes or maxEventsPerSecond.',
  }),
});

/** Traffic of one interval as its maker hands it in: camera and head are added when it is published. */
export type TrafficPayload = Omit<z.infer<typeof traffic>, 'camera' | keyof typeof numbered>;

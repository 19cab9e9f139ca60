import { z } from '../../../foundation/validate.js';
import { head } from './head.js';

const values = z.record(z.string(), z.union([z.number(), z.string(), z.null()])).meta({
  description: 'By name; units are in the birth message. null: there is no reading.',
});

/** `metrics`: the live values. */
export const metrics = z.object({
  ...head,
  full: z.literal(true).optional().meta({
    description: 'All values are here; otherwise only those that changed since the previous metrics message.',
  }),
  values,
});

/** `metrics/full`: all of them, for whoever comes late. */
export const fullMetrics = z.object({
  ...head,
  values: values.meta({
    description:
      'All of them by name; units are in the birth message. Where the broker takes no message as large, the rest is at metrics/full-2 and so on.',
  }),
});

export type MetricValue = number | string | null;
export type MetricValues = Record<string, MetricValue>;

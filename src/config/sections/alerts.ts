import { z } from '../../foundation/validate.js';
import { flag, int, real, text } from '../key-types.js';

/** What adaptive alerts are about; each is an alert of its own. */
export const DEGRADED = [
  'degraded-latency',
  'degraded-throughput',
  'degraded-errors',
  'degraded-answers',
  'degraded-memory',
  'degraded-heat',
  'degraded-load',
  'degraded-delivery',
] as const;

/** Which way is worse. */
export const WORSE = ['up', 'down', 'both'] as const;

const watchedMetric = z.strictObject({
  metric: text({
    description:
      'Metric, with all its series, or one that values of labels are added to: latency_p95, stage_p95.infer.',
  }),
  code: z.enum(DEGRADED).meta({ description: 'The alert that it raises.' }),
  direction: z.enum(WORSE).default('up').meta({ description: 'Which way is worse.' }),
  least: real(0, 1e15, {
    description:
      "What is less off than that is no degradation, however unusual; in the metric's unit, a counter's per second.",
  }).default(0),
  leastShare: real(0, 100, { description: 'The same as a share of what is expected.' }).default(0.2),
  growth: flag({ description: 'Watch not the value but what it grows by in an hour.' }).default(false),
});

/** `alerts`: how alerts are kept, and what is watched for being worse than usual. */
export const alerts = z.strictObject({
  historyDays: int(1, 3660, {
    unit: 'days',
    description: 'How long the history of alerts is kept, up to 8 MiB of it.',
  }).default(365),
  adaptive: flag({
    description: 'Learn what is usual of the metrics at each hour of the week, and raise an alert where one is worse.',
  }).default(true),
  learnHours: int(1, 336, {
    unit: 'h',
    description: 'Time that is learned from each series before anything is said of it.',
  }).default(24),
  watch: z
    .array(watchedMetric)
    .max(64)
    .optional()
    .meta({ description: 'What is watched instead of the list in docs/alerts.md.' }),
});

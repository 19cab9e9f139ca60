import { type MetricRow, single } from '../foundation/metric-row.js';
import type { Observation } from './observation.js';

/** What the tuning sees. */
export function tuneMetrics(observation: () => Observation | null): readonly MetricRow[] {
  return [
    {
      type: 'gauge',
      name: 'late_frames',
      unit: '',
      labels: [],
      step: 0.001,
      help: 'Share of the frames, 0..1, that were answered later than tune.latencyMs, or dropped for want of time, since the tuning looked before.',
      read: () => single(observation()?.lateShare ?? null),
    },
    {
      type: 'gauge',
      name: 'picture_service_time',
      unit: 'ms',
      labels: [],
      step: 0.1,
      help: 'Mean time of one picture with a worker, from handing it over to its boxes, since the tuning looked before.',
      read: () => single(observation()?.serviceMs ?? null),
    },
  ];
}

import { type MetricRow, type NumberMetric, single } from '../foundation/metric-row.js';
import type { Decision } from './control/decision.js';
import type { Observation } from './observation.js';
import type { RunningCosts } from './running-costs.js';

/** What the tuning sees and expects; null before it has looked, or decided, for the first time. */
export interface TuneView {
  readonly observation: Observation | null;
  readonly decision: Decision | null;
  readonly costs: Pick<RunningCosts, 'wattHours' | 'cost'>;
}

/** Metrics of the tuning. */
export function tuneMetrics(view: () => TuneView): readonly MetricRow[] {
  const gauge = (
    name: string,
    unit: string,
    step: number,
    help: string,
    of: (view: TuneView) => number | null | undefined,
  ): NumberMetric => ({ type: 'gauge', name, unit, labels: [], step, help, read: () => single(of(view()) ?? null) });
  return [
    gauge(
      'late_frames',
      '',
      0.001,
      'Share of the frames, 0..1, that were answered later than tune.latencyMs, or dropped for want of time, since the tuning looked before.',
      ({ observation }) => observation?.lateShare,
    ),
    gauge(
      'picture_service_time',
      'ms',
      0.1,
      'Mean time of one picture with a worker, from handing it over to its boxes, since the tuning looked before.',
      ({ observation }) => observation?.serviceMs,
    ),
    gauge(
      'tune_effective_accuracy',
      '',
      0.001,
      'Share of what is to be seen, 0..1, that answers right and on time are expected to have where the tuning wants the knobs.',
      ({ decision }) => decision?.forecast.effectiveAccuracy,
    ),
    gauge(
      'tune_utilisation',
      '',
      0.01,
      "Share of the workers' time that is expected to be busy; above 1 they cannot keep up.",
      ({ decision }) => decision?.forecast.utilisation,
    ),
    gauge(
      'tune_temperature_forecast',
      '°C',
      0.5,
      'Highest temperature that is expected within ten minutes.',
      ({ decision }) => decision?.forecast.temperature,
    ),
    {
      type: 'counter',
      name: 'energy',
      unit: 'Wh',
      labels: [],
      step: 0.1,
      help: 'Energy that the board has drawn since the start, as far as its power could be read.',
      read: () => single(view().costs.wattHours),
    },
    gauge(
      'running_cost',
      '',
      0.0001,
      'What energy and bytes have cost since the start, by tune.costPerKwh and tune.costPerGb and in their currency.',
      ({ costs }) => costs.cost,
    ),
  ];
}

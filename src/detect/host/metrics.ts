import type { MetricRow } from '../../foundation/metric-row.js';
import type { ModelInfo } from '../detector.js';
import { RESTART_CAUSES, type RestartCause } from './restart-policy.js';

/** The metrics of the detector's worker processes. @param ends how often workers ended unasked since the start; null before the first */
export function workerMetrics(ends: (cause: RestartCause) => number | null): readonly MetricRow[] {
  return [
    {
      type: 'counter',
      name: 'worker_restarts',
      unit: '',
      labels: ['cause'],
      step: 1,
      help: `Detector processes that ended unasked and were started again, by cause: ${RESTART_CAUSES.join(', ')}.`,
      *read() {
        for (const cause of RESTART_CAUSES) yield [[cause], ends(cause)];
      },
    },
  ];
}

/** The metrics of the model. @param inUse what really runs; null until it is loaded */
export function modelMetrics(
  inUse: () => Pick<ModelInfo, 'model' | 'variant' | 'provider'> | null,
): readonly MetricRow[] {
  return [
    {
      type: 'info',
      name: 'model_info',
      unit: '',
      labels: ['model', 'variant', 'provider'],
      help: 'Always 1; the labels say which model, variant and execution provider are really in use.',
      *read() {
        const now = inUse();
        if (now !== null) yield [[now.model, now.variant, now.provider], 1];
      },
    },
  ];
}

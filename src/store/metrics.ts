import { type MetricRow, single } from '../foundation/metric-row.js';
import type { LinkHealth } from './link.js';

/** The metrics of the history. @param health null while there is none */
export function historyMetrics(health: () => LinkHealth | null): readonly MetricRow[] {
  return [
    {
      type: 'gauge',
      name: 'history_degraded',
      unit: '',
      labels: [],
      step: 1,
      help: '1 while the history cannot be stored, else 0.',
      read: () => {
        const state = health()?.state ?? null;
        return single(state === null ? null : Number(state === 'degraded'));
      },
    },
    {
      type: 'counter',
      name: 'history_dropped_writes',
      unit: 'rows',
      labels: [],
      step: 1,
      help: 'Rows that never reached the history, because nothing could be stored for too long.',
      read: () => single(health()?.droppedWrites ?? null),
    },
    {
      type: 'counter',
      name: 'history_set_aside',
      unit: 'files',
      labels: [],
      step: 1,
      help: 'Corrupt files of the history that were renamed.',
      read: () => single(health()?.setAside ?? null),
    },
  ];
}

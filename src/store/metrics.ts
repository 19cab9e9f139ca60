import { type MetricRow, single, THREE_DIGITS } from '../foundation/metric-row.js';
import type { Checkpointer } from './checkpointer.js';
import type { FsyncLatency } from './fsync-latency.js';
import type { LinkHealth } from './link.js';

/** The metrics of the place where databases lie. @param latency null while it is not measured */
export function storeMetrics(
  latency: () => FsyncLatency | null,
  checkpointer: () => Pick<Checkpointer, 'failures'>,
): readonly MetricRow[] {
  return [
    {
      type: 'gauge',
      name: 'store_fsync',
      unit: 'ms',
      labels: ['which'],
      step: THREE_DIGITS,
      help: 'Time until the medium of `store.dir` had a block of 4 kB, measured at the start: the median and the worst of 15.',
      read: () => [
        [['median'], latency()?.medianMs ?? null],
        [['worst'], latency()?.worstMs ?? null],
      ],
    },
    {
      type: 'counter',
      name: 'store_checkpoint_failures',
      unit: '',
      labels: [],
      step: 1,
      help: 'Times that the log of a database could not be brought into it.',
      read: () => single(checkpointer().failures),
    },
  ];
}

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

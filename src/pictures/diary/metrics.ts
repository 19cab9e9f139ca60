import { type MetricRow, single } from '../../foundation/metric-row.js';
import type { DiaryCounts } from './diary.js';

const SIZE_STEP = 2 ** 16;
const OUTCOMES = ['kept', 'alike', 'busy', 'failed'] as const satisfies readonly (keyof DiaryCounts)[];

/** The metrics of the diary of frames. @param counts null where none is kept */
export function diaryMetrics(counts: () => DiaryCounts | null): readonly MetricRow[] {
  return [
    {
      type: 'gauge',
      name: 'diary_frames',
      unit: 'frames',
      labels: [],
      step: 1,
      help: 'Frames that the diary keeps on this device.',
      read: () => single(counts()?.frames ?? null),
    },
    {
      type: 'gauge',
      name: 'diary_size',
      unit: 'bytes',
      labels: [],
      step: SIZE_STEP,
      help: 'Size of the frames that the diary keeps.',
      read: () => single(counts()?.bytes ?? null),
    },
    {
      type: 'counter',
      name: 'diary_offers',
      unit: 'frames',
      labels: ['outcome'],
      step: 1,
      help: `Frames that were offered to the diary, by what became of them: ${OUTCOMES.join(', ')}.`,
      *read() {
        const now = counts();
        if (now !== null) for (const outcome of OUTCOMES) yield [[outcome], now[outcome]];
      },
    },
  ];
}

import { type MetricRow, number, single } from './metric-row.js';

const SIZE_STEP = 2 ** 16;

/** The rows of the diary of frames in the list of all metrics. */
export const DIARY_METRICS: readonly MetricRow[] = [
  number(
    'gauge',
    'diary_frames',
    'frames',
    [],
    1,
    'Frames that the diary keeps on this device.',
    single(({ diary }) => diary?.frames ?? null),
  ),
  number(
    'gauge',
    'diary_size',
    'bytes',
    [],
    SIZE_STEP,
    'Size of the frames that the diary keeps.',
    single(({ diary }) => diary?.bytes ?? null),
  ),
  number(
    'counter',
    'diary_offers',
    'frames',
    ['outcome'],
    1,
    'Frames that were offered to the diary, by what became of them: kept, alike, busy, failed.',
    function* ({ diary }) {
      if (diary === null) return;
      for (const outcome of ['kept', 'alike', 'busy', 'failed'] as const) yield [[outcome], diary[outcome]];
    },
  ),
];

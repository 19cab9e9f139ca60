import type { MetricRow, Reading } from '../foundation/metric-row.js';
import type { CameraWatch } from './camera-watch.js';
import { PLAUSIBILITIES } from './states.js';

/** A camera whose pictures and answers are watched, as the metrics look at it. */
export interface WatchedPictures {
  readonly camera: string;
  /** null where it is not watched, or not yet. */
  readonly watch: Pick<CameraWatch, 'plausibility' | 'frozenFrames' | 'restarts'> | null;
}

/** The metrics of what can be believed. */
export function plausibilityMetrics(cameras: () => Iterable<WatchedPictures>): readonly MetricRow[] {
  const perCamera = <T>(read: (watch: NonNullable<WatchedPictures['watch']>) => T | null) =>
    function* (): Iterable<Reading<T>> {
      for (const { camera, watch } of cameras()) yield [[camera], watch === null ? null : read(watch)];
    };
  return [
    {
      type: 'word',
      name: 'camera_plausibility',
      unit: '',
      labels: ['camera'],
      words: PLAUSIBILITIES,
      help: `Whether what the camera shows, and what the model says of it, can be true: ${PLAUSIBILITIES.join(', ')}.`,
      read: perCamera((watch) => watch.plausibility()),
    },
    {
      type: 'counter',
      name: 'frames_frozen',
      unit: 'frames',
      labels: ['camera'],
      step: 1,
      help: 'Frames answered while the picture was frozen: of what is before the camera they say nothing.',
      read: perCamera((watch) => watch.frozenFrames),
    },
    {
      type: 'counter',
      name: 'source_restarts_frozen',
      unit: '',
      labels: ['camera'],
      step: 1,
      help: "Times that the camera's reader was started anew because the picture was frozen.",
      read: perCamera((watch) => watch.restarts),
    },
  ];
}

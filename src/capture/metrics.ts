import type { MetricRow, Reading } from '../foundation/metric-row.js';
import { CONNECTION_QUALITIES } from '../frame/connection-quality.js';
import type { SourceHealth } from './source.js';

/** A camera as the metrics look at it. */
export interface MeasuredSource {
  readonly camera: string;
  /** null while there is no reader. */
  health(): SourceHealth | null;
}

/** The metrics of what cameras deliver. */
export function sourceMetrics(sources: () => Iterable<MeasuredSource>): readonly MetricRow[] {
  const perCamera = <T>(read: (health: SourceHealth) => T | null) =>
    function* (): Iterable<Reading<T>> {
      for (const source of sources()) {
        const health = source.health();
        yield [[source.camera], health === null ? null : read(health)];
      }
    };
  return [
    {
      type: 'counter',
      name: 'frames_captured',
      unit: 'frames',
      labels: ['camera'],
      step: 1,
      help: 'Frames that arrived from the camera.',
      read: perCamera(({ counters }) => counters.captured),
    },
    {
      type: 'gauge',
      name: 'fps_captured',
      unit: 'frames/s',
      labels: ['camera'],
      step: 0.1,
      help: 'Frames captured per second, over the last 10 s (20 frames of a slow camera).',
      read: perCamera((health) => health.measuredFps),
    },
    {
      type: 'gauge',
      name: 'source_key_frame_interval',
      unit: 'ms',
      labels: ['camera'],
      step: 10,
      help: 'Time between two pictures from which a decoder can begin anew; a lost picture may spoil all that follow for so long.',
      read: perCamera((health) => health.keyFrameIntervalMs),
    },
    {
      type: 'word',
      name: 'connection_quality',
      unit: '',
      labels: ['camera'],
      words: CONNECTION_QUALITIES,
      help: 'How well the camera delivers, from its reconnects, stalls, frame rate and malformed pictures.',
      read: perCamera((health) => health.connectionQuality),
    },
    {
      type: 'counter',
      name: 'source_reconnects',
      unit: '',
      labels: ['camera'],
      step: 1,
      help: "Times that the camera's reader was started again.",
      read: perCamera(({ counters }) => counters.reconnects),
    },
    {
      type: 'counter',
      name: 'source_stalls',
      unit: '',
      labels: ['camera'],
      step: 1,
      help: 'Times that no frame came for the stall timeout.',
      read: perCamera(({ counters }) => counters.stalls),
    },
    {
      type: 'counter',
      name: 'source_malformed',
      unit: '',
      labels: ['camera'],
      step: 1,
      help: 'Pictures or stretches of bytes that could not be understood.',
      read: perCamera(({ counters }) => counters.malformed),
    },
    {
      type: 'counter',
      name: 'source_decode_errors',
      unit: '',
      labels: ['camera'],
      step: 1,
      help: 'Complaints of the decoder about damaged pictures, which come all the same.',
      read: perCamera(({ counters }) => counters.decodeErrors),
    },
    {
      type: 'counter',
      name: 'source_resolution_changes',
      unit: '',
      labels: ['camera'],
      step: 1,
      help: "Times that the picture's size changed in mid-stream.",
      read: perCamera(({ counters }) => counters.resolutionChanges),
    },
  ];
}

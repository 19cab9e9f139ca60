import { type MetricRow, single } from '../../foundation/metric-row.js';
import type { KnobSettings } from '../../tune/knobs.js';

/** What became of a change that needed other workers. */
export const CHANGE_OUTCOMES = ['served', 'failed', 'held-off', 'aborted', 'undone'] as const;
export type ChangeOutcome = (typeof CHANGE_OUTCOMES)[number];

export interface KnobReadings {
  /** Null before a model answers. */
  readonly settings: () => KnobSettings | null;
  readonly changes: (outcome: ChangeOutcome) => number;
  /** Operating points that failed and are left alone now. */
  readonly heldOff: () => number;
}

/** Where the knobs stand that are numbers; model, variant and provider are `model_info`. */
export function knobMetrics({ settings, changes, heldOff }: KnobReadings): readonly MetricRow[] {
  return [
    {
      type: 'gauge',
      name: 'knob',
      unit: '',
      labels: ['knob'],
      step: 1,
      help: 'Where the knobs stand: workers, intra-op threads, batch size, batch window (ms), inference interval (ms), highest JPEG quality.',
      *read() {
        const now = settings();
        if (now === null) return;
        const { point, batchWindowMs, inferenceIntervalMs, compressionQuality } = now;
        yield [['workers'], point.workers];
        yield [['intraOpThreads'], point.intraOpThreads];
        yield [['batchSize'], point.batchSize];
        yield [['batchWindowMs'], batchWindowMs];
        yield [['inferenceIntervalMs'], inferenceIntervalMs];
        yield [['compressionQuality'], compressionQuality];
      },
    },
    {
      type: 'counter',
      name: 'point_changes',
      unit: '',
      labels: ['outcome'],
      step: 1,
      help: `Changes to another operating point, by what became of them: ${CHANGE_OUTCOMES.join(', ')}.`,
      *read() {
        for (const outcome of CHANGE_OUTCOMES) yield [[outcome], changes(outcome)];
      },
    },
    {
      type: 'gauge',
      name: 'points_held_off',
      unit: '',
      labels: [],
      step: 1,
      help: 'Operating points that failed and are left alone for now.',
      read: () => single(heldOff()),
    },
  ];
}

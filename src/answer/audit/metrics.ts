import type { MetricRow, NumberMetric, Reading } from '../../foundation/metric-row.js';
import type { AuditedAccuracy } from './camera-audit.js';

/** A camera whose answers are audited, as the metrics look at it. */
export interface MeasuredAnswers {
  readonly camera: string;
  /** null where every frame is inferred, and before anything is known. */
  report(): AuditedAccuracy | null;
}

/** The metrics of how good the answers without inference are. */
export function accuracyMetrics(cameras: () => Iterable<MeasuredAnswers>): readonly MetricRow[] {
  const perCamera = (read: (report: AuditedAccuracy) => number | null): Pick<NumberMetric, 'series' | 'read'> => ({
    *series() {
      for (const { camera } of cameras()) yield [camera];
    },
    *read(): Iterable<Reading<number>> {
      for (const answers of cameras()) {
        const report = answers.report();
        yield [[answers.camera], report === null ? null : read(report)];
      }
    },
  });
  return [
    {
      type: 'gauge',
      name: 'estimated_f1',
      unit: '',
      labels: ['camera'],
      step: 0.001,
      help: 'F1 of all answers against inferring every frame, as the audit estimates it.',
      ...perCamera((report) => report.estimatedF1),
    },
    {
      type: 'gauge',
      name: 'estimated_f1_low',
      unit: '',
      labels: ['camera'],
      step: 0.001,
      help: 'What that F1 is at least, in 95 % of cases.',
      ...perCamera((report) => report.estimatedF1Low),
    },
    {
      type: 'gauge',
      name: 'propagation_f1',
      unit: '',
      labels: ['camera'],
      step: 0.001,
      help: 'F1 of the propagated answers alone.',
      ...perCamera((report) => report.propagationF1),
    },
    {
      type: 'gauge',
      name: 'wrong_reuse_ratio',
      unit: '',
      labels: ['camera'],
      step: 0.001,
      help: 'Share of the audited reused answers that were wrong.',
      ...perCamera((report) => report.wrongReuseRatio),
    },
    {
      type: 'gauge',
      name: 'strictness',
      unit: '',
      labels: ['camera'],
      step: 0.01,
      help: 'How much is inferred to keep the accuracy floor: 0 the least, 1 every frame.',
      ...perCamera((report) => report.strictness),
    },
    {
      type: 'counter',
      name: 'audits',
      unit: 'frames',
      labels: ['camera'],
      step: 1,
      help: 'Frames answered without inference and inferred nevertheless, to measure the error.',
      ...perCamera((report) => report.audits),
    },
    {
      type: 'counter',
      name: 'audits_lost',
      unit: 'frames',
      labels: ['camera'],
      step: 1,
      help: 'Audits that were due while the detector was never idle.',
      ...perCamera((report) => report.auditsLost),
    },
  ];
}

import type { MetricRow, NumberMetric, Reading } from '../../foundation/metric-row.js';
import type { AuditedAccuracy } from './camera-audit.js';

/** A camera whose answers are audited, as the metrics look at it. */
export interface MeasuredAnswers {
  readonly camera: string;
  /** null where every frame is inferred, and before anything is known. */
  report(): AuditedAccuracy | null;
}

/** The same, and whether to answer so is worth it. */
export interface WeighedAnswers extends MeasuredAnswers {
  /** null where every frame is inferred, whatever that costs. */
  reusePays(): boolean | null;
}

/** The metrics of how good the answers without inference are. */
export function accuracyMetrics(cameras: () => Iterable<WeighedAnswers>): readonly MetricRow[] {
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
      type: 'gauge',
      name: 'reuse_pays',
      unit: '',
      labels: ['camera'],
      step: 1,
      // for the diagnosis and the pages, which ask here
      mqtt: false,
      help: 'Whether answers without inference pay on this camera (1); 0: every frame is inferred until that is tried again.',
      *read() {
        for (const answers of cameras()) {
          const pays = answers.reusePays();
          yield [[answers.camera], pays === null ? null : Number(pays)];
        }
      },
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

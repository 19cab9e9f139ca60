import type { MetricRow } from '../foundation/metric-row.js';

/** What became of reports so far. */
export interface ReportCounts {
  readonly daily: number;
  readonly weekly: number;
  readonly failed: number;
  /** How long the last one took, ms; null before the first. */
  readonly lastMs: number | null;
}

/** The metrics of reports. */
export function reportMetrics(counts: () => ReportCounts): readonly MetricRow[] {
  return [
    {
      type: 'counter',
      name: 'reports_made',
      unit: '',
      labels: ['outcome'],
      step: 1,
      mqtt: false,
      help: 'Reports by what became of them: daily, weekly, failed.',
      *read() {
        const { daily, weekly, failed } = counts();
        yield [['daily'], daily];
        yield [['weekly'], weekly];
        yield [['failed'], failed];
      },
    },
    {
      type: 'gauge',
      name: 'report_time',
      unit: 'ms',
      labels: [],
      step: 10,
      mqtt: false,
      help: 'How long the last report took to make, beside everything else.',
      *read() {
        yield [[], counts().lastMs];
      },
    },
  ];
}

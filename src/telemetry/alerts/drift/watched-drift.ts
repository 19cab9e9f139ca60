import type { Alert, AlertDeclaration } from '../../../foundation/alert-declaration.js';
import type { DriftRule, DriftVerdict } from './slow-drift.js';

/** A metric whose last days are compared with the weeks before. */
export interface WatchedDrift {
  readonly code: string;
  /** Metric, with its labels where it is one series: `stage_p95.total`. */
  readonly metric: string;
  /** Metric that says what there was to do, summed over the cameras where the series is of none. */
  readonly load: string;
  readonly rule: DriftRule;
  /** Of the numbers in the message. */
  readonly decimals: number;
  readonly unit: string;
}

/** What is watched: the accuracy of each camera, and the latency of the device. */
export const WATCHED_DRIFTS: readonly WatchedDrift[] = [
  {
    code: 'drifting-accuracy',
    metric: 'estimated_f1',
    load: 'vehicles',
    rule: { direction: 'down', least: 0.03 },
    decimals: 3,
    unit: '',
  },
  {
    code: 'drifting-latency',
    metric: 'stage_p95.total',
    load: 'fps_inferred',
    rule: { direction: 'up', least: 0.06 },
    decimals: 1,
    unit: 'ms',
  },
];

const ofLastDays = 'of the last three days, compared with the four weeks before at the same load and time of day';

/** One alert for each of them. */
export const DRIFTS: readonly AlertDeclaration[] = [
  {
    code: 'drifting-accuracy',
    severities: ['warning'],
    help: `Answers of a camera have slowly become less right: those ${ofLastDays} (docs/alerts.md).`,
    action:
      'Look at a preview beside one of the weeks before: a dirty lens, a camera that was moved, plants, other light; then at what changed since: the model or its variant.',
  },
  {
    code: 'drifting-latency',
    severities: ['warning'],
    help: `Answers have slowly come to take longer: those ${ofLastDays} (docs/alerts.md).`,
    action:
      'Check the fan and its filter, and the temperature and clock of the processor over these weeks; then what changed since: a variant, another program, a fuller disk.',
  },
];

/** A series that is worse now. */
export interface Drifting {
  /** `estimated_f1.north`. */
  readonly series: string;
  readonly verdict: DriftVerdict;
}

/** Series that a message names. */
const NAMED = 5;

/** The alert of all that drift; null of none. */
export function driftAlert({ decimals, unit }: WatchedDrift, drifting: readonly Drifting[]): Alert | null {
  if (drifting.length === 0) return null;
  const sorted = [...drifting].sort((a, b) => b.verdict.shift - a.verdict.shift);
  const number = (value: number) => Number(value.toFixed(decimals));
  const quantity = (value: number) => `${number(value)}${unit === '' ? '' : ` ${unit}`}`;
  const words = sorted.slice(0, NAMED).map(({ series, verdict: { value, expected, since } }) => {
    const percent = Math.abs((value / expected - 1) * 100).toFixed(1);
    const way = value > expected ? 'more' : 'less';
    return `${series} is ${quantity(value)}, ${percent} % ${way} than the usual ${quantity(expected)}, since ${new Date(since).toISOString().slice(0, 13)}:00Z`;
  });
  const more = sorted.length > NAMED ? ` and ${sorted.length - NAMED} more` : '';
  const [{ series, verdict }] = sorted as [Drifting, ...Drifting[]];
  return {
    severity: 'warning',
    message: `slowly worse, at the same load: ${words.join('; ')}${more}`,
    value: number(verdict.value),
    expected: number(verdict.expected),
    unit,
    details: { series: sorted.length, worst: series, since: verdict.since },
  };
}

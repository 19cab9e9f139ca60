import { OPTIMIZATIONS } from '../../config/optimizations.js';
import { type MetricRow, type Reading, single } from '../../foundation/metric-row.js';
import { VERDICTS } from '../../telemetry/mqtt/messages/trial.js';
import type { Optimization } from '../optimization-strategy.js';
import type { EndedTrial, TrialVerdict } from './trial.js';

/** How many trials of this run ended how. */
export class TrialCounts {
  readonly #counts = new Map<string, number>();

  add({ strategy, verdict }: EndedTrial): void {
    const key = `${strategy} ${verdict}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  of(strategy: Optimization, verdict: TrialVerdict): number {
    return this.#counts.get(`${strategy} ${verdict}`) ?? 0;
  }

  /** By verdict, of all strategies together. */
  all(): Record<TrialVerdict, number> {
    const sum = (verdict: TrialVerdict) => OPTIMIZATIONS.reduce((total, type) => total + this.of(type, verdict), 0);
    return { kept: sum('kept'), 'rolled-back': sum('rolled-back'), expired: sum('expired') };
  }
}

/** @param strategies those that there are */
export function trialMetrics(
  counts: TrialCounts,
  strategies: () => Iterable<Optimization>,
  underWay: () => number,
): readonly MetricRow[] {
  return [
    {
      type: 'counter',
      name: 'optimization_trials',
      unit: '',
      labels: ['strategy', 'verdict'],
      step: 1,
      help: 'Changes of the tuning that were tried, by what became of them: kept, rolled-back, expired.',
      read: function* (): Iterable<Reading<number>> {
        for (const type of strategies())
          for (const verdict of VERDICTS) yield [[type, verdict], counts.of(type, verdict)];
      },
    },
    {
      type: 'gauge',
      name: 'optimization_trials_under_way',
      unit: '',
      labels: [],
      step: 1,
      mqtt: false,
      help: 'Changes of the tuning that are being tried now.',
      read: () => single(underWay()),
    },
  ];
}
